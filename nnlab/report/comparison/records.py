"""The results of a comparison as recorded in `comparison.json`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nnlab.analysis.variants import VariantTable, read_variants
from nnlab.report.comparison.verdict import comparison_verdict, variant_verdict
from nnlab.runs.records.comparison import ComparisonRecord, read_comparison_record

if TYPE_CHECKING:
    from pathlib import Path


def variant_records(table: VariantTable) -> tuple[dict[str, Any], ...]:
    """Return the recorded results of each variant, with its verdict if it is not the baseline."""
    return tuple(
        row.to_dict()
        | {
            "verdict": variant_verdict(table, row)
            if row.name != table.baseline and row.finished_runs
            else None
        }
        for row in table.rows
    )


def run_counts(table: VariantTable) -> dict[str, int]:
    """Return the numbers of `complete`, `failed` and `remaining` runs."""
    return {
        "complete": sum(len(row.values) for row in table.rows),
        "failed": sum(len(row.failures) for row in table.rows),
        "remaining": table.remaining_runs,
    }


def read_comparison_results(path: Path) -> tuple[ComparisonRecord, VariantTable]:
    """Read a comparison from its folder: the record, updated by the runs, and the variants.

    The update matters if the comparison's process was killed before it could write the record.
    """
    record, table = read_comparison_record(path), read_variants(path)
    if record.status == "complete":
        return record, table
    reused = {key: count for key, count in record.runs.items() if key == "reused"}
    updated = replace(
        record,
        variants=variant_records(table),
        direction=table.direction,
        verdict=comparison_verdict(table),
        runs=run_counts(table) | reused,
    )
    return updated, table
