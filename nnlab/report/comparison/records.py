"""What `comparison.json` says of the variants, and a comparison as it lies in its folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nnlab.analysis.variants import VariantRow, VariantTable, read_variants
from nnlab.report.comparison.verdict import headline, verdict
from nnlab.runs.records.comparison import ComparisonRecord, read_comparison_record

if TYPE_CHECKING:
    from pathlib import Path


def variant_records(table: VariantTable) -> tuple[dict[str, Any], ...]:
    """What `comparison.json` says of each variant.

    Args:
        table: The comparison.
    """
    return tuple(
        row.to_dict() | {"verdict": verdict(table, row) if _is_told(table, row) else None}
        for row in table.rows
    )


def run_counts(table: VariantTable) -> dict[str, int]:
    """How many runs are `complete` or `failed`, and how many are `left`.

    Args:
        table: The comparison.
    """
    return {
        "complete": sum(len(row.values) for row in table.rows),
        "failed": sum(len(row.failures) for row in table.rows),
        "left": table.left,
    }


def overall(table: VariantTable) -> str:
    """What the whole comparison came to; empty before a run is complete.

    Args:
        table: The comparison.
    """
    return headline(table) if any(row.values for row in table.rows) else ""


def read_compared(path: Path) -> tuple[ComparisonRecord, VariantTable]:
    """A comparison by what lies in its folder, also where its process could not write the end.

    Args:
        path: The comparison's folder.

    Returns:
        The record, up to date with the runs; and the variants.

    Raises:
        RunNotFoundError: The folder holds no comparison.
        DataError: Its record, or that of a run, cannot be read.
    """
    record, table = read_comparison_record(path), read_variants(path)
    if record.status == "complete":
        return record, table
    reused = {key: count for key, count in record.runs.items() if key == "reused"}
    found = replace(
        record,
        variants=variant_records(table),
        direction=table.direction,
        verdict=overall(table),
        runs=run_counts(table) | reused,
    )
    return found, table


def _is_told(table: VariantTable, row: VariantRow) -> bool:
    """Whether there is something to say of a variant against the baseline."""
    return row.name != table.baseline and row.ended > 0
