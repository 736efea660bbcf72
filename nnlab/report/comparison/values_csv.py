"""values.csv: a row for each run of a comparison."""

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


def write_values(files: ComparisonFiles, table: VariantTable) -> None:
    """Write `values.csv` into the folder of a comparison."""
    records = {}
    for row in table.rows:
        for seed in table.seeds:
            try:
                records[row.name, seed] = read_run(files.run(row.name, seed)).record
            except RunNotFoundError:
                continue
    with translate_os_errors(files.values_csv):
        atomic_write(files.values_csv, values_csv(records))


def values_csv(records: Mapping[tuple[str, int], RunRecord]) -> str:
    """Return the text of `values.csv`, given the records by variant and seed.

    All final metrics with all digits, test metrics first; empty if a run lacks a metric.

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
        metrics = (record.metrics.get(name) for name in names)
        rows.writerow([*facts, record.timing.get("fit_s"), *metrics, record.error])
    return text.getvalue()
