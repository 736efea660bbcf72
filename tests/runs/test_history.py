"""metrics.csv reads back as it was written."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from nnlab.errors import DataError
from nnlab.runs.history import read_history
from nnlab.runs.metrics_log import MetricsLog


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
