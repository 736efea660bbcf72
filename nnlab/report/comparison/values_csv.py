"""values.csv: one row for each run of a comparison, for a spreadsheet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from nnlab.analysis.runs import metric_rows
from nnlab.analysis.variants import VariantTable
from nnlab.errors import RunNotFoundError
from nnlab.runs import RunRecord, atomic_write, read_run, translate_os_errors
from nnlab.runs.records.comparison import ComparisonFiles

_FACTS = ("variant", "seed", "status", "epochs", "best_epoch", "fit_s")


def read_records(files: ComparisonFiles, table: VariantTable) -> dict[tuple[str, int], RunRecord]:
    """The runs of a comparison that there are.

    Args:
        files: Its folder.
        table: Its variants.

    Returns:
        Records by variant and seed, in the order of the variants.

    Raises:
        DataError: A record cannot be read.
    """
    found = {}
    for row in table.rows:
        for seed in table.seeds:
            try:
                found[row.name, seed] = read_run(files.run(row.name, seed)).record
            except RunNotFoundError:
                continue
    return found


def write_values(files: ComparisonFiles, table: VariantTable) -> None:
    """Writes `values.csv`.

    Args:
        files: The comparison's folder, with its runs in it.
        table: Its variants.

    Raises:
        DataError: A record cannot be read.
        RunFailedError: The disk refused.
    """
    with translate_os_errors(files.values_csv):
        atomic_write(files.values_csv, values_csv(read_records(files, table)))


def values_csv(records: Mapping[tuple[str, int], RunRecord]) -> str:
    r"""The text of `values.csv`.

    Args:
        records: The runs by variant and seed.

    Returns:
        CSV: what became of each run, all its final metrics to the last digit, those of the test
        first, and why it failed; nothing where a run has no such metric.

    Example:
        >>> values_csv({("small", 1): RunRecord("1", "a", metrics={"loss": 0.25})}).splitlines()
        ['variant,seed,status,epochs,best_epoch,fit_s,loss,error', 'small,1,running,0,,,0.25,']
    """
    names = [row.name for row in metric_rows(list(records.values()))]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*_FACTS, *names, "error"])
    for (variant, seed), record in records.items():
        facts = variant, seed, record.status.value, record.epochs_run, record.best_epoch
        figures = (record.metrics.get(name) for name in names)
        rows.writerow([*facts, record.timing.get("fit_s"), *figures, record.error])
    return text.getvalue()
