"""The runs of a comparison as they come in, and what they come to."""

from __future__ import annotations

from nnlab.analysis.comparability import metric_spec
from nnlab.analysis.variants import VariantRuns, VariantTable, variant_table
from nnlab.config.comparison.variants import Comparison, Variant
from nnlab.engine.comparison.resume import has_diverged
from nnlab.report.comparison.records import run_counts
from nnlab.runs import RunRecord, RunStatus
from nnlab.text import plural


class ComparisonResults:
    """The runs of a comparison that have ended.

    Args:
        comparison: The comparison.
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._meaning = metric_spec(comparison)
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
        return variant_table(
            comparison.metric, comparison.baseline, comparison.seeds, variants, self._meaning
        )

    def ending(self, *, interrupted: bool) -> tuple[RunStatus, str | None]:
        """How the comparison ends.

        Args:
            interrupted: Whether the user stopped it.

        Returns:
            Its last status, and why where it did not end well.
        """
        counts, metric = run_counts(self.table()), self._comparison.metric
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
