"""Signals to a training process."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import keras
import pytest

from nnlab.config import Experiment
from nnlab.config.yaml.document import dump_config
from nnlab.runs import RunFiles, RunRecord, RunStatus

pytestmark = pytest.mark.slow

if os.name != "posix":
    pytest.skip("signals of POSIX", allow_module_level=True)

SCRIPT = """
import sys
from pathlib import Path
from nnlab.config import load_config
from nnlab.engine.training.train import train
from nnlab.errors import NnlabError
from nnlab.report.progress import PlainProgress

try:
    train(load_config(sys.argv[1]), runs_dir=Path(sys.argv[2]), progress=PlainProgress(sys.stderr))
except NnlabError as error:
    print(type(error).__name__, error)
    sys.exit(error.exit_code)
"""
TIMEOUT_S = 60.0


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def interrupt(
    experiment: Experiment, folder: Path, signals: list[signal.Signals], *, after_epochs: bool
) -> tuple[RunRecord, RunFiles, str]:
    """Train in a process, send signals to it, and return its record, files and output."""
    config, runs = folder / "endless.yaml", folder / "runs"
    config.write_text(dump_config(experiment))
    command = [sys.executable, "-c", SCRIPT, str(config), str(runs)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_until(lambda: list(runs.glob("*/record.json")) or process.poll() is not None)
        if after_epochs:
            wait_until(lambda: list(runs.glob("*/metrics.csv")) or process.poll() is not None)
        for number in signals:
            process.send_signal(number)
        output, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    (path,) = runs.iterdir()
    files = RunFiles(path)
    assert not [file for file in path.rglob("*") if file.name.startswith(".")]
    return RunRecord.from_json(files.record_json.read_text()), files, output


@pytest.fixture
def endless(moons: Callable[..., Experiment]) -> Experiment:
    return moons(training={"epochs": 1_000_000})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_is_saved(
    endless: Experiment, tmp_path: Path, number: signal.Signals
) -> None:
    record, files, output = interrupt(endless, tmp_path, [number], after_epochs=True)
    assert record.status is RunStatus.INTERRUPTED
    assert record.training["stopped_by"] == "user"
    assert "RunInterrupted Interrupted after" in output
    with files.metrics_csv.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == record.epochs_run > 0
    assert record.best_epoch is not None
    assert record.metrics["val_loss"] == float(rows[record.best_epoch - 1]["val_loss"])
    assert "test_loss" not in record.metrics
    assert keras.models.load_model(files.model_keras).count_params() == record.params
    assert {"loss.png", "decision_regions.png"} <= {path.name for path in files.plots.iterdir()}


def test_run_interrupted_before_its_first_epoch_is_saved(
    endless: Experiment, tmp_path: Path
) -> None:
    record, files, _ = interrupt(endless, tmp_path, [signal.SIGINT], after_epochs=False)
    assert record.status is RunStatus.INTERRUPTED
    assert (record.epochs_run, record.best_epoch, record.metrics) == (0, None, {})
    assert files.model_keras.exists()


def test_second_interrupt_skips_plots_and_leaves_complete_files(
    endless: Experiment, tmp_path: Path
) -> None:
    record, files, _ = interrupt(endless, tmp_path, [signal.SIGINT] * 2, after_epochs=True)
    assert record.status is RunStatus.INTERRUPTED
    assert keras.models.load_model(files.model_keras).count_params() == record.params
    assert files.metrics_csv.read_text().endswith("\n")
