"""Writing and reading metrics.csv."""

from __future__ import annotations

import csv
import math
import time
from pathlib import Path
from typing import SupportsFloat

import numpy as np
import pytest

from nnlab.errors import DataError, RunFailedError
from nnlab.runs.io.metrics_csv import MetricsWriter, read_history


def rows(path: Path) -> list[dict[str, str]]:
    """Read the file with the csv module."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_floats_are_written_exactly(tmp_path: Path) -> None:
    values: list[SupportsFloat] = [
        0.1,
        1 / 3,
        1e-300,
        float(np.float32(0.1)),
        np.float32(0.3),
        np.float64(2) / 3,
    ]
    writer = MetricsWriter(tmp_path / "metrics.csv")
    for epoch, value in enumerate(values, 1):
        writer.append({"epoch": epoch, "loss": value})
    writer.flush()
    read = [float(row["loss"]) for row in rows(tmp_path / "metrics.csv")]
    assert read == [float(value) for value in values]


def test_integers_nan_and_infinity_are_readable(tmp_path: Path) -> None:
    writer = MetricsWriter(tmp_path / "metrics.csv")
    writer.append({"epoch": 1, "loss": math.nan})
    writer.append({"epoch": 2, "loss": math.inf})
    writer.flush()
    assert (tmp_path / "metrics.csv").read_text() == "epoch,loss\n1,nan\n2,inf\n"


def test_late_column_is_empty_in_earlier_rows(tmp_path: Path) -> None:
    writer = MetricsWriter(tmp_path / "metrics.csv")
    writer.append({"epoch": 1, "loss": 0.5})
    writer.append({"epoch": 2, "loss": 0.4, "val_loss": 0.6})
    writer.append({"val_loss": 0.7, "epoch": 3})
    writer.flush()
    text = "epoch,loss,val_loss\n1,0.5,\n2,0.4,0.6\n3,,0.7\n"
    assert (tmp_path / "metrics.csv").read_text() == text


def test_first_row_is_written_immediately(tmp_path: Path) -> None:
    MetricsWriter(tmp_path / "metrics.csv").append({"epoch": 1, "loss": 0.5})
    assert len(rows(tmp_path / "metrics.csv")) == 1


def test_fast_epochs_do_not_rewrite_the_file_each_time(tmp_path: Path) -> None:
    writer = MetricsWriter(tmp_path / "metrics.csv", interval_s=60)
    start = time.perf_counter()
    for epoch in range(1, 3_501):
        writer.append({"epoch": epoch, "loss": 1 / epoch, "val_loss": 2 / epoch})
    duration_s = time.perf_counter() - start
    assert len(rows(tmp_path / "metrics.csv")) == 1
    writer.flush()
    assert len(rows(tmp_path / "metrics.csv")) == 3_500
    # 3,500 calls of fsync would take seconds.
    assert duration_s < 1


def test_rows_are_written_after_the_interval(tmp_path: Path) -> None:
    writer = MetricsWriter(tmp_path / "metrics.csv", interval_s=0)
    writer.append({"epoch": 1})
    deadline = time.monotonic() + 10
    epoch = 2
    while len(rows(tmp_path / "metrics.csv")) == 1 and time.monotonic() < deadline:
        writer.append({"epoch": epoch})
        epoch += 1
    assert len(rows(tmp_path / "metrics.csv")) > 1


def test_no_rows_write_no_file(tmp_path: Path) -> None:
    MetricsWriter(tmp_path / "metrics.csv").flush()
    assert not list(tmp_path.iterdir())


def test_rows_are_kept_while_the_disk_is_full(small_disk: Path) -> None:
    blocker = small_disk / "blocker"
    writer = MetricsWriter(small_disk / "metrics.csv", interval_s=60)
    writer.append({"epoch": 1})
    blocker.write_bytes(bytes(56 * 1024))
    for epoch in range(2, 4_000):
        writer.append({"epoch": epoch})
    with pytest.raises(RunFailedError, match="No space left"):
        writer.flush()
    assert len(rows(small_disk / "metrics.csv")) == 1
    blocker.unlink()
    writer.flush()
    assert len(rows(small_disk / "metrics.csv")) == 3_999


def test_history_is_read_exactly(tmp_path: Path) -> None:
    writer = MetricsWriter(tmp_path / "metrics.csv")
    writer.append({"epoch": 1, "loss": 0.1 + 0.2})
    writer.append({"epoch": 2, "loss": math.inf, "val_loss": 1e-30})
    writer.flush()
    history = read_history(tmp_path / "metrics.csv")
    assert history["epoch"] == [1, 2]
    assert history["loss"] == [0.1 + 0.2, math.inf]
    assert math.isnan(history["val_loss"][0])
    assert history["val_loss"][1] == 1e-30


def test_missing_file_has_no_history(tmp_path: Path) -> None:
    assert read_history(tmp_path / "metrics.csv") == {}


def test_file_with_a_header_only_has_no_epochs(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("epoch,loss\n")
    assert read_history(tmp_path / "metrics.csv") == {"epoch": [], "loss": []}


@pytest.mark.parametrize("text", ["", "epoch,loss\n1\n", "epoch,loss\n1,much\n"])
def test_unexpected_content_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=r"metrics\.csv.* one row of numbers per epoch"):
        read_history(path)
