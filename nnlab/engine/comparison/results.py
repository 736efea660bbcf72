"""The finished runs of a comparison, and their results."""

from __future__ import annotations

from nnlab.analysis.comparability import metric_spec
from nnlab.analysis.variants import VariantRuns, VariantTable, variant_table
from nnlab.config.comparison.loader import Comparison, Variant
from nnlab.engine.comparison.resume import has_diverged
from nnlab.report.comparison.files import run_counts
from nnlab.runs import RunRecord, RunStatus
from nnlab.text import plural


class ComparisonResults:
    """The finished runs of a comparison."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._metric_spec = metric_spec(comparison)
        self._records: dict[tuple[str, int], RunRecord] = {}

    def add(self, variant: Variant, seed: int, record: RunRecord) -> None:
        """Add a finished run."""
        self._records[variant.name, seed] = record

    def table(self) -> VariantTable:
        """Return the variants, compared by their finished runs."""
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
            comparison.metric, comparison.baseline, comparison.seeds, variants, self._metric_spec
        )

    def final_status(self, *, interrupted: bool) -> tuple[RunStatus, str | None]:
        """Return the final status of the comparison, and the error."""
        counts, metric = run_counts(self.table()), self._comparison.metric
        if interrupted:
            finished = counts["complete"] + counts["failed"]
            runs = plural(self._comparison.runs, "run")
            return RunStatus.INTERRUPTED, f"Interrupted after {finished} of {runs}."
        failed = [run for run in self._records.values() if run.status is RunStatus.FAILED]
        # Divergence is a result: a repetition would diverge, too.
        broken = [record for record in failed if not has_diverged(record)]
        reasons = (record.error for record in broken or failed if record.error)
        first = next(reasons, f"It does not report {metric}.")
        if not counts["complete"]:
            return RunStatus.FAILED, f"No run completed. First error: {first}"
        if broken:
            runs = plural(len(broken), "run")
            return RunStatus.FAILED, f"{runs} did not complete. First error: {first}"
        return RunStatus.COMPLETE, None
