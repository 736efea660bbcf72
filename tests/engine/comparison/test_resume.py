"""Which runs stay when a comparison goes on, and what is said of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.config.yaml.dump import dump_config
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
    """A run at work."""
    text = dump_config(experiment())
    return RunDirectory.create(tmp_path, "experiment", text, folder="1", environment=NOW)


def test_a_run_that_is_complete_stays(run: RunDirectory) -> None:
    run.finish(RunStatus.COMPLETE)
    kept = check_reusable(run.path, experiment(), NOW)
    assert kept.record is not None
    assert (kept.record.status, kept.changed) == (RunStatus.COMPLETE, "")


def test_what_has_changed_since_is_told(run: RunDirectory) -> None:
    run.finish(RunStatus.COMPLETE)
    longer = check_reusable(run.path, experiment(epochs=5), NOW)
    assert longer == ReusableRun(changed="training.epochs 4 is now 5")
    newer = NOW | {"packages": {"keras": "3.16.0"}, "variables": {"TF_ENABLE_ONEDNN_OPTS": "0"}}
    assert check_reusable(run.path, experiment(), newer).changed == (
        "packages.keras 3.15.1 is now 3.16.0, variables.TF_ENABLE_ONEDNN_OPTS none is now 0"
    )
    louder = NOW | {"variables": {"TF_CPP_MIN_LOG_LEVEL": "3"}}
    assert check_reusable(run.path, experiment(), louder).record is not None


def test_the_same_device_by_another_name_changes_nothing(run: RunDirectory) -> None:
    used = select_device("auto")
    run.finish(RunStatus.COMPLETE, device=used.name)
    for name in (used.kind, used.name):
        assert check_reusable(run.path, experiment(device=name), NOW).record is not None
    run.update(device="gpu:5")
    changed = check_reusable(run.path, experiment(device=used.name), NOW).changed
    assert changed == f"training.device auto is now {used.name}"


def test_of_a_run_that_has_not_ended_nothing_is_said(run: RunDirectory, tmp_path: Path) -> None:
    run.finish(RunStatus.INTERRUPTED)
    assert check_reusable(run.path, experiment(epochs=5), NOW) == ReusableRun()
    assert check_reusable(tmp_path / "none", experiment(), NOW) == ReusableRun()
