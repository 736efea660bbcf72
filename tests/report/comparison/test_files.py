"""values.csv has all final metrics of all runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from nnlab.report.comparison.files import values_csv, write_values
from nnlab.runs import RunRecord, RunStatus, atomic_write
from nnlab.runs.records.comparison import ComparisonFiles
from tests.report.comparison.test_verdict import table


def test_each_run_has_a_row_with_all_digits_of_its_metrics() -> None:
    done = RunRecord("1", "a", RunStatus.COMPLETE, epochs_run=3, timing={"fit_s": 0.5})
    done.metrics.update({"loss": 0.1 + 0.2, "test_loss": 0.5})
    failed = RunRecord("2", "a", RunStatus.FAILED, error="diverged, at once")
    rows = list(csv.DictReader(io.StringIO(values_csv({("a", 1): done, ("a", 2): failed}))))
    assert list(rows[0])[-3:] == ["test_loss", "loss", "error"]
    assert float(rows[0]["loss"]) == 0.1 + 0.2
    assert (rows[0]["variant"], rows[0]["seed"], rows[0]["fit_s"]) == ("a", "1", "0.5")
    assert (rows[1]["status"], rows[1]["loss"]) == ("failed", "")
    assert rows[1]["error"] == "diverged, at once"


def test_missing_runs_are_left_out(tmp_path: Path) -> None:
    variants = table(a=[0.5, 0.6, 0.4])
    files = ComparisonFiles(tmp_path)
    for seed in variants.seeds:
        record = RunRecord(str(seed), "a", RunStatus.COMPLETE, metrics={"loss": 0.5})
        run = files.run("a", seed)
        atomic_write(run / "metrics.csv", "epoch,loss\n1,0.5\n")
        if seed != variants.seeds[-1]:
            atomic_write(run / "record.json", record.to_json())
    write_values(files, variants)
    assert len(files.values_csv.read_text().splitlines()) == len(variants.seeds)
