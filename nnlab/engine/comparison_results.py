"""The runs of a comparison as they come in, and what they come to."""

from __future__ import annotations

from typing import Any

from nnlab.compare.variants import VariantRow, VariantRuns, VariantTable, variant_table
from nnlab.config.variants import Comparison, Variant
from nnlab.engine.keeping import has_diverged
from nnlab.report.numbers import plural
from nnlab.report.verdicts import verdict
from nnlab.runs import RunRecord, RunStatus


class ComparisonResults:
    """The runs of a comparison that have ended.

    Args:
        comparison: The comparison.
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._records: dict[tuple[str, int], RunRecord] = {}

    def add(self, variant: Variant, seed: int, record: RunRecord) -> None:
        """Take in a run.

        Args:
            variant: Whose it is.
            seed: Its seed.
            record: What came of it.
        """
        self._records[variant.name, seed] = record

    def table(self) -> VariantTable:
        """The variants, compared by the runs that there are."""
        comparison = self._comparison
        variants = [
            VariantRuns(
                variant.name,
                variant.changes,
                {
                    seed: self._records[variant.name, seed]
                    for seed in comparison.seeds
                    if (variant.name, seed) in self._records
                },
                variant.file,
            )
            for variant in comparison.variants
        ]
        return variant_table(comparison.metric, comparison.baseline, comparison.seeds, variants)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """What `comparison.json` says of each variant."""
        table = self.table()
        return tuple(
            row.to_dict() | {"verdict": verdict(table, row) if _is_told(table, row) else None}
            for row in table.rows
        )

    def counts(self) -> dict[str, int]:
        """How many runs are `complete` or `failed`, and how many are `left`."""
        rows = self.table().rows
        complete = sum(len(row.values) for row in rows)
        failed = sum(len(row.failures) for row in rows)
        left = self._comparison.runs - complete - failed
        return {"complete": complete, "failed": failed, "left": left}

    def ending(self, *, interrupted: bool) -> tuple[RunStatus, str | None]:
        """How the comparison ends.

        Args:
            interrupted: Whether the user stopped it.

        Returns:
            Its last status, and why where it did not end well.
        """
        counts, metric = self.counts(), self._comparison.metric
        if interrupted:
            ended = counts["complete"] + counts["failed"]
            runs = plural(self._comparison.runs, "run")
            return RunStatus.INTERRUPTED, f"Interrupted after {ended} of {runs}."
        failed = [one for one in self._records.values() if one.status is RunStatus.FAILED]
        # One that diverged is a result: it would again.
        broken = [record for record in failed if not has_diverged(record)]
        reasons = (record.error for record in broken or failed if record.error)
        first = next(reasons, f"It reports no {metric}.")
        if not counts["complete"]:
            return RunStatus.FAILED, f"No run could be completed. The first: {first}"
        if broken:
            many = plural(len(broken), "run")
            return RunStatus.FAILED, f"{many} could not be completed. The first: {first}"
        return RunStatus.COMPLETE, None


def _is_told(table: VariantTable, row: VariantRow) -> bool:
    """Whether there is something to say of a variant against the baseline."""
    return row.name != table.baseline and row.ended > 0
