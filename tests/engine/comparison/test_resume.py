"""Which runs a resumed comparison reuses, and why it repeats others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.config.yaml.document import dump_config
from nnlab.engine.comparison.resume import ReusableRun, check_reusable
from nnlab.engine.runtime.devices import select_device
from nnlab.runs import RunDirectory, RunStatus

NOW: dict[str, Any] = {"python": "3.11.7", "packages": {"keras": "3.15.1"}, "variables": {}}


def experiment(epochs: int = 4, device: str = "auto") -> Experiment:
    return Experiment.model_validate(
        {
            "data": {"dataset": "xor"},
            "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
            "training": {"optimizer": "adam", "loss": "bce", "epochs": epochs, "device": device},
        }
    )


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """Create a running run."""
    text = dump_config(experiment())
    return RunDirectory.create(tmp_path, "experiment", text, folder="1", environment=NOW)


def test_complete_run_is_reused(run: RunDirectory) -> None:
    run.finish(RunStatus.COMPLETE)
    reusable = check_reusable(run.path, experiment(), NOW)
    assert reusable.record is not None
    assert (reusable.record.status, reusable.changed) == (RunStatus.COMPLETE, "")


def test_changes_are_described(run: RunDirectory) -> None:
    run.finish(RunStatus.COMPLETE)
    longer = check_reusable(run.path, experiment(epochs=5), NOW)
    assert longer == ReusableRun(changed="training.epochs 4 is now 5")
    newer = NOW | {"packages": {"keras": "3.16.0"}, "variables": {"TF_ENABLE_ONEDNN_OPTS": "0"}}
    assert check_reusable(run.path, experiment(), newer).changed == (
        "packages.keras 3.15.1 is now 3.16.0, variables.TF_ENABLE_ONEDNN_OPTS none is now 0"
    )
    louder = NOW | {"variables": {"TF_CPP_MIN_LOG_LEVEL": "3"}}
    assert check_reusable(run.path, experiment(), louder).record is not None


def test_same_device_with_another_name_is_unchanged(run: RunDirectory) -> None:
    device = select_device("auto")
    run.finish(RunStatus.COMPLETE, device=device.name)
    for name in (device.kind, device.name):
        assert check_reusable(run.path, experiment(device=name), NOW).record is not None
    run.update(device="gpu:5")
    changed = check_reusable(run.path, experiment(device=device.name), NOW).changed
    assert changed == f"training.device auto is now {device.name}"


def test_unfinished_run_has_no_changes(run: RunDirectory, tmp_path: Path) -> None:
    run.finish(RunStatus.INTERRUPTED)
    assert check_reusable(run.path, experiment(epochs=5), NOW) == ReusableRun()
    assert check_reusable(tmp_path / "none", experiment(), NOW) == ReusableRun()
