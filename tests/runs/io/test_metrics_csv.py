"""metrics.csv holds every row exactly, and is cheap to write."""

from __future__ import annotations

import csv
import math
import time
from pathlib import Path
from typing import SupportsFloat

import numpy as np
import pytest

from nnlab.errors import DataError, RunFailedError
from nnlab.runs.io.metrics_csv import MetricsLog, read_history


def rows(path: Path) -> list[dict[str, str]]:
    """The file as a program reads it."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_floats_come_back_to_the_bit(tmp_path: Path) -> None:
    values: list[SupportsFloat] = [
        0.1,
        1 / 3,
        1e-300,
        float(np.float32(0.1)),
        np.float32(0.3),
        np.float64(2) / 3,
    ]
    log = MetricsLog(tmp_path / "metrics.csv")
    for epoch, value in enumerate(values, 1):
        log.append({"epoch": epoch, "loss": value})
    log.flush()
    read = [float(row["loss"]) for row in rows(tmp_path / "metrics.csv")]
    assert read == [float(value) for value in values]


def test_counts_stay_whole_and_a_diverged_loss_is_readable(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.csv")
    log.append({"epoch": 1, "loss": math.nan})
    log.append({"epoch": 2, "loss": math.inf})
    log.flush()
    assert (tmp_path / "metrics.csv").read_text() == "epoch,loss\n1,nan\n2,inf\n"


def test_a_column_that_comes_late_is_empty_before(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.csv")
    log.append({"epoch": 1, "loss": 0.5})
    log.append({"epoch": 2, "loss": 0.4, "val_loss": 0.6})
    log.append({"val_loss": 0.7, "epoch": 3})
    log.flush()
    text = "epoch,loss,val_loss\n1,0.5,\n2,0.4,0.6\n3,,0.7\n"
    assert (tmp_path / "metrics.csv").read_text() == text


def test_the_first_row_is_there_at_once(tmp_path: Path) -> None:
    MetricsLog(tmp_path / "metrics.csv").append({"epoch": 1, "loss": 0.5})
    assert len(rows(tmp_path / "metrics.csv")) == 1


def test_fast_epochs_do_not_write_the_file_each_time(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.csv", interval_s=60)
    start = time.perf_counter()
    for epoch in range(1, 3_501):
        log.append({"epoch": epoch, "loss": 1 / epoch, "val_loss": 2 / epoch})
    spent_s = time.perf_counter() - start
    assert len(rows(tmp_path / "metrics.csv")) == 1
    log.flush()
    assert len(rows(tmp_path / "metrics.csv")) == 3_500
    # 3,500 times fsync would take seconds.
    assert spent_s < 1


def test_rows_follow_after_the_interval(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.csv", interval_s=0)
    log.append({"epoch": 1})
    deadline = time.monotonic() + 10
    epoch = 2
    while len(rows(tmp_path / "metrics.csv")) == 1 and time.monotonic() < deadline:
        log.append({"epoch": epoch})
        epoch += 1
    assert len(rows(tmp_path / "metrics.csv")) > 1


def test_no_rows_leave_no_file(tmp_path: Path) -> None:
    MetricsLog(tmp_path / "metrics.csv").flush()
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_a_failed_run_and_keeps_the_rows(small_disk: Path) -> None:
    blocker = small_disk / "blocker"
    log = MetricsLog(small_disk / "metrics.csv", interval_s=60)
    log.append({"epoch": 1})
    blocker.write_bytes(bytes(56 * 1024))
    for epoch in range(2, 4_000):
        log.append({"epoch": epoch})
    with pytest.raises(RunFailedError, match="No space left"):
        log.flush()
    assert len(rows(small_disk / "metrics.csv")) == 1
    blocker.unlink()
    log.flush()
    assert len(rows(small_disk / "metrics.csv")) == 3_999


def test_what_was_logged_reads_back_to_the_bit(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.csv")
    log.append({"epoch": 1, "loss": 0.1 + 0.2})
    log.append({"epoch": 2, "loss": math.inf, "val_loss": 1e-30})
    log.flush()
    history = read_history(tmp_path / "metrics.csv")
    assert history["epoch"] == [1, 2]
    assert history["loss"] == [0.1 + 0.2, math.inf]
    assert math.isnan(history["val_loss"][0])
    assert history["val_loss"][1] == 1e-30


def test_no_file_is_no_history(tmp_path: Path) -> None:
    assert read_history(tmp_path / "metrics.csv") == {}


def test_a_heading_alone_has_no_epochs(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("epoch,loss\n")
    assert read_history(tmp_path / "metrics.csv") == {"epoch": [], "loss": []}


@pytest.mark.parametrize("text", ["", "epoch,loss\n1\n", "epoch,loss\n1,much\n"])
def test_a_file_of_something_else_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=r"metrics\.csv to hold a row of numbers an epoch"):
        read_history(path)
