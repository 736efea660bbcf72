"""Trainings from config to run folder: their files, records and errors."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import yaml

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.loops.compiled import CompiledEpochs
from nnlab.engine.training.context import TrainingOptions
from nnlab.engine.training.train import train
from nnlab.errors import (
    ConfigError,
    DataError,
    DeviceError,
    NnlabError,
    RequestError,
    RunFailedError,
)
from nnlab.report.progress import SilentProgress
from nnlab.runs import RunFiles, RunRecord, RunStatus, list_runs
from tests.disks import mounted

Moons = Callable[..., Experiment]

# Plots take half of the time of a small run.
WITHOUT_PLOTS, WITH_PLOTS = TrainingOptions(plots=False), TrainingOptions()


def run(
    experiment: Experiment, runs: Path, options: TrainingOptions = WITHOUT_PLOTS, **arguments: Any
) -> tuple[RunRecord, RunFiles]:
    progress = SilentProgress()
    record = train(experiment, runs_dir=runs, progress=progress, options=options, **arguments)
    return record, RunFiles(runs / record.id)


def failed_run(
    experiment: Experiment, runs: Path, options: TrainingOptions = WITHOUT_PLOTS
) -> tuple[str, RunRecord, RunFiles]:
    with pytest.raises(RunFailedError) as raised:
        train(experiment, runs_dir=runs, progress=SilentProgress(), options=options)
    (record,) = list_runs(runs)
    assert record.status is RunStatus.FAILED
    return str(raised.value), record, RunFiles(runs / record.id)


@pytest.fixture(params=["size=64k", "size=160k", "ro"])
def failing_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Mount a disk that is full soon, one that is full later, and a read-only one."""
    disk = tmp_path / "disk"
    with mounted(disk, request.param):
        yield disk


def rows_of(files: RunFiles) -> list[dict[str, str]]:
    with files.metrics_csv.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def finished(
    moons: Moons, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Experiment, RunRecord, RunFiles]:
    experiment = moons(tensorboard={})
    command = ["nnlab", "train", "moons.yaml"]
    runs = tmp_path_factory.mktemp("runs")
    return experiment, *run(experiment, runs, WITH_PLOTS, command=command)


@pytest.mark.slow
def test_run_folder_has_all_files(finished: tuple[Experiment, RunRecord, RunFiles]) -> None:
    _, _, files = finished
    assert sorted(path.name for path in files.path.iterdir()) == [
        "config.yaml",
        "metrics.csv",
        "model.keras",
        "plot_data.json",
        "plots",
        "record.json",
        "summary.json",
        "tensorboard",
    ]
    assert sorted(path.name for path in files.plots.iterdir()) == [
        "accuracy.png",
        "confusion_matrix.png",
        "decision_regions.png",
        "loss.png",
        "weights.png",
    ]
    assert {"train", "validation"} <= {path.name for path in files.tensorboard.iterdir()}


def test_record_describes_the_run(finished: tuple[Experiment, RunRecord, RunFiles]) -> None:
    _, record, files = finished
    assert RunRecord.from_json(files.record_json.read_text()) == record
    assert (record.status, record.error) == (RunStatus.COMPLETE, None)
    assert (record.name, record.seed, record.device) == ("moons", 42, "cpu")
    assert record.engine == "compiled"
    assert record.params == 2 * 8 + 8 + 8 + 1
    assert record.epochs_run == 4
    assert record.directions == {"loss": "min", "accuracy": "max"}
    assert record.training == {
        "rows": {"train": 20, "validation": 10, "test": 10},
        "batch_size": 8,
        "steps_per_epoch": 3,
        "monitor": "val_loss",
        "tensorboard": True,
        "loop_reason": "no_per_batch_callbacks",
        "jit_compile": False,
        "jit_requested": False,
        "jit_estimate": record.training["jit_estimate"],
        "jit_failed": False,
        "chunk_reason": None,
        "chunk_rows": None,
        "stopped_by": "epochs",
    }
    assert record.training["jit_estimate"].keys() == {"compile_s", "saved_s"}
    assert record.environment["command"] == ["nnlab", "train", "moons.yaml"]
    assert record.environment["determinism"]["op_determinism"] is True


def test_timings_are_consistent(finished: tuple[Experiment, RunRecord, RunFiles]) -> None:
    timing = finished[1].timing
    assert set(timing) == {"total_s", "load_s", "build_s", "compile_s", "fit_s", "epoch_s"}
    assert all(seconds > 0 for seconds in timing.values())
    assert timing["load_s"] + timing["build_s"] + timing["fit_s"] < timing["total_s"]
    assert timing["compile_s"] + 4 * timing["epoch_s"] < 1.5 * timing["fit_s"]


def test_metrics_csv_has_one_row_per_epoch_without_times(
    finished: tuple[Experiment, RunRecord, RunFiles],
) -> None:
    rows = rows_of(finished[2])
    assert list(rows[0]) == [
        "epoch",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "learning_rate",
    ]
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]


def test_metrics_are_those_of_the_best_epoch(
    finished: tuple[Experiment, RunRecord, RunFiles],
) -> None:
    _, record, files = finished
    rows = rows_of(files)
    best = min(rows, key=lambda row: float(row["val_loss"]))
    assert str(record.best_epoch) == best["epoch"]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert record.metrics[name] == float(best[name])


def test_saved_model_has_the_metrics_of_the_record(
    finished: tuple[Experiment, RunRecord, RunFiles],
) -> None:
    experiment, record, files = finished
    model, data = keras.models.load_model(files.model_keras), prepare(experiment)
    for rows, prefix in ((data.validation, "val"), (data.test, "test")):
        assert rows is not None
        logs = model.evaluate(
            rows.inputs["input"], rows.targets["output"], verbose=0, return_dict=True
        )
        assert record.metrics[f"{prefix}_loss"] == pytest.approx(logs["loss"], abs=1e-6)
        assert record.metrics[f"{prefix}_accuracy"] == pytest.approx(logs["accuracy"])


@pytest.mark.slow
def test_config_of_the_run_reproduces_it_exactly(
    finished: tuple[Experiment, RunRecord, RunFiles], tmp_path: Path
) -> None:
    experiment, record, files = finished
    reread = Experiment.model_validate(yaml.safe_load(files.config_yaml.read_text()))
    assert reread == experiment
    repeated, repeated_files = run(reread, tmp_path)
    assert repeated_files.metrics_csv.read_bytes() == files.metrics_csv.read_bytes()
    assert repeated_files.model_keras.read_bytes() == files.model_keras.read_bytes()
    assert repeated.metrics == record.metrics
    assert repeated.config_hash == record.config_hash


@pytest.mark.slow
def test_different_seed_has_different_results(
    finished: tuple[Experiment, RunRecord, RunFiles], moons: Moons, tmp_path: Path
) -> None:
    record, _ = run(moons(seed=43), tmp_path)
    assert record.metrics["loss"] != finished[1].metrics["loss"]


def test_functional_model_has_the_losses_of_the_equal_sequential_model(
    finished: tuple[Experiment, RunRecord, RunFiles], moons: Moons, tmp_path: Path
) -> None:
    graph = {
        "layers": {
            "hidden": {"Dense": {"units": 8, "activation": "relu"}, "from": "plane"},
            "dropped": {"Dropout": 0.2, "from": "hidden"},
            "side": {"Dense": {"units": 1, "activation": "sigmoid"}, "from": "dropped"},
        },
        "inputs": {"plane": {"shape": [2]}},
        "outputs": ["side"],
    }
    record, files = run(moons(model=graph), tmp_path)
    assert rows_of(files) == rows_of(finished[2])
    assert record.metrics == finished[1].metrics


@pytest.mark.slow
def test_early_stopping_restores_the_best_epochs_weights(moons: Moons, tmp_path: Path) -> None:
    # With a high learning rate, the validation loss soon rises.
    experiment = moons(
        training={
            "optimizer": {"SGD": 3.0},
            "epochs": 60,
            "early_stopping": {"patience": 3, "restore_best_weights": True, "min_delta": 1e-4},
        }
    )
    record, files = run(experiment, tmp_path)
    rows = rows_of(files)
    assert record.training["stopped_by"] == "early_stopping"
    assert len(rows) == record.epochs_run < 60
    assert record.best_epoch == record.epochs_run - 3
    assert record.metrics["val_loss"] == float(rows[record.best_epoch - 1]["val_loss"])
    validation = prepare(experiment).validation
    assert validation is not None
    loss, _ = keras.models.load_model(files.model_keras).evaluate(
        validation.inputs["input"], validation.targets["output"], verbose=0
    )
    assert loss == pytest.approx(record.metrics["val_loss"], abs=1e-6)


def test_early_stopping_without_restoring_keeps_the_last_weights(
    moons: Moons, tmp_path: Path
) -> None:
    record, _ = run(moons(training={"early_stopping": {"patience": 9}}), tmp_path)
    assert record.best_epoch == record.epochs_run == 4
    assert record.training["monitor"] is None


@pytest.mark.slow
def test_best_epoch_is_that_of_the_training_loss_without_validation_rows(
    moons: Moons, tmp_path: Path
) -> None:
    experiment = moons(data={"validation_split": None, "test_split": None})
    record, files = run(experiment, tmp_path)
    losses = [float(row["loss"]) for row in rows_of(files)]
    assert record.best_epoch == losses.index(min(losses)) + 1
    assert list(record.metrics) == ["loss", "accuracy", "learning_rate"]
    assert record.metrics["loss"] == min(losses)


def test_checkpoint_without_save_best_only_keeps_the_last_weights(
    moons: Moons, tmp_path: Path
) -> None:
    record, _ = run(moons(training={"checkpoint": {"save_best_only": False}}), tmp_path)
    assert record.best_epoch == 4
    assert record.training["monitor"] is None


def test_diverged_run_fails_with_hints(moons: Moons, tmp_path: Path) -> None:
    layers = [{"Dense": {"units": 4, "activation": "relu"}}, {"Dense": 1}]
    experiment = moons(
        model={"layers": layers},
        training={"optimizer": {"SGD": 1e20}, "loss": "mse", "metrics": ["mae"]},
    )
    message, record, files = failed_run(experiment, tmp_path)
    assert record.error is not None
    assert record.error.startswith("diverged at epoch 1: ")
    assert "training.optimizer.SGD.learning_rate=0.001" in record.error
    assert "training.optimizer.SGD.clipnorm=1.0" in record.error
    assert record.error in message
    assert math.isnan(record.metrics["loss"])
    assert record.training["stopped_by"] == "divergence"
    assert "epoch_s" not in record.timing
    assert not files.model_keras.exists()


@pytest.mark.slow
def test_run_that_diverges_later_keeps_its_best_weights(moons: Moons, tmp_path: Path) -> None:
    # The learning rate becomes huge after the second epoch of three steps.
    rate = {"PiecewiseConstantDecay": {"boundaries": [6], "values": [0.01, 1e25]}}
    experiment = moons(
        model={"layers": [{"Dense": 1}]},
        training={"optimizer": {"SGD": {"learning_rate": rate}}, "loss": "mse", "metrics": []},
    )
    _, record, files = failed_run(experiment, tmp_path, WITH_PLOTS)
    assert (record.epochs_run, record.best_epoch) == (2, 2)
    assert str(record.error).startswith("diverged at epoch 3")
    weights = keras.models.load_model(files.model_keras).get_weights()
    assert all(np.isfinite(values).all() for values in weights)
    assert (files.plots / "loss.png").exists()


def test_invalid_weights_after_the_last_step_are_a_divergence(moons: Moons, tmp_path: Path) -> None:
    # One step, one epoch, no validation: no loss is ever computed with the new weights.
    experiment = moons(
        data={"validation_split": None, "test_split": None},
        model={"layers": [{"Dense": 1}]},
        training={
            "optimizer": {"SGD": 1e38},
            "loss": {"MeanSquaredError": {"reduction": "sum"}},
            "metrics": [],
            "batch_size": "full",
            "epochs": 1,
        },
    )
    _, record, _ = failed_run(experiment, tmp_path)
    assert str(record.error).startswith("diverged at epoch 1")


def test_training_continues_after_nan_if_configured(moons: Moons, tmp_path: Path) -> None:
    experiment = moons(
        model={"layers": [{"Dense": 1}]},
        training={
            "optimizer": {"SGD": 1e30},
            "loss": "mse",
            "metrics": [],
            "terminate_on_nan": False,
        },
    )
    record, files = run(experiment, tmp_path)
    assert record.status is RunStatus.COMPLETE
    assert len(rows_of(files)) == record.best_epoch == 4


def test_missing_gpu_is_an_error_before_the_folder_is_created(moons: Moons, tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="gpu:99"):
        train(
            moons(training={"device": "gpu:99"}),
            runs_dir=tmp_path / "runs",
            progress=SilentProgress(),
        )
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("sections", "error"),
    [
        ({"data": {"dataset": None, "file": "/nowhere/rows.csv", "target": "y"}}, DataError),
        ({"training": {"class_weight": {7: 1.0}}}, ConfigError),
        (
            {"model": {"layers": [{"Reshape": [3]}, {"Dense": 1}]}},
            ConfigError,
        ),
    ],
)
def test_errors_of_config_and_data_are_raised_before_the_folder_is_created(
    moons: Moons, tmp_path: Path, sections: dict[str, Any], error: type[NnlabError]
) -> None:
    with pytest.raises(error):
        train(moons(**sections), runs_dir=tmp_path / "runs", progress=SilentProgress())
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_config_of_the_run_has_the_requested_device(moons: Moons, tmp_path: Path) -> None:
    _, files = run(moons(training={"device": "cpu"}), tmp_path)
    assert yaml.safe_load(files.config_yaml.read_text())["training"]["device"] == "cpu"


def test_unwritable_folder_is_an_error(moons: Moons, tmp_path: Path) -> None:
    blocked = tmp_path / "runs"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(RequestError, match="Expected to be able to write"):
        train(moons(), runs_dir=blocked, progress=SilentProgress())


@pytest.mark.slow
def test_record_has_a_failure_of_xla(
    moons: Moons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # XLA supports every layer of the vocabulary, so the failure is simulated.
    monkeypatch.setattr(CompiledEpochs, "jit_failed", True)
    experiment = moons(training={"jit_compile": True, "engine": "compiled", "epochs": 1})
    record = train(experiment, runs_dir=tmp_path, progress=SilentProgress())
    assert record.training["loop_reason"] == "requested_by_config"
    assert (record.training["jit_compile"], record.training["jit_failed"]) == (False, True)
    assert record.environment["determinism"]["jit_compile"] is False
    assert record.environment["determinism"]["op_determinism"] is True


@pytest.mark.slow
def test_several_outputs_are_weighted_and_tested(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    numbers = np.random.default_rng(0).normal(size=(40, 3))
    lines = [f"{a},{b},{2 * a - b},{'yes' if c > 0 else 'no'}" for a, b, c in numbers]
    rows.write_text("a,b,size,kind\n" + "\n".join(lines) + "\n")
    experiment = Experiment.model_validate(
        {
            "data": {
                "file": str(rows),
                "target": {"amount": "size", "kind_class": "kind"},
                "inputs": {"left": ["a"], "right": ["b"]},
                "validation_split": 0.25,
                "test_split": 0.25,
            },
            "model": {
                "inputs": {"left": {"shape": [1]}, "right": {"shape": [1]}},
                "layers": {
                    "both": {"Concatenate": {}, "from": ["left", "right"]},
                    "hidden": {"Dense": {"units": 4, "activation": "relu"}, "from": "both"},
                    "amount": {"Dense": {"units": 1}, "from": "hidden"},
                    "kind_class": {
                        "Dense": {"units": 1, "activation": "sigmoid"},
                        "from": "hidden",
                    },
                },
                "outputs": ["amount", "kind_class"],
            },
            "training": {
                "optimizer": "adam",
                "loss": {"amount": "mse", "kind_class": "bce"},
                "metrics": {"kind_class": ["accuracy"]},
                "loss_weights": {"amount": 1.0, "kind_class": 0.2},
                "batch_size": 10,
                "epochs": 2,
            },
        }
    )
    record, files = run(experiment, tmp_path / "runs", WITH_PLOTS)
    metrics = record.metrics
    assert metrics["loss"] == pytest.approx(
        metrics["amount_loss"] + 0.2 * metrics["kind_class_loss"], rel=1e-5
    )
    assert {
        "test_loss",
        "test_amount_loss",
        "test_kind_class_loss",
        "test_kind_class_accuracy",
    } <= set(metrics)
    names = {path.name for path in files.plots.iterdir()}
    assert {"confusion_matrix_kind_class.png", "residuals_amount.png"} <= names


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["float64", "mixed_float16"])
def test_penalties_work_in_every_precision(policy: str, moons: Moons, tmp_path: Path) -> None:
    penalties = {"kernel_regularizer": "L2", "activity_regularizer": "L1"}
    layers = [{"Dense": {"units": 4, **penalties}}, {"Dense": {"units": 1, "dtype": "float32"}}]
    training = {"dtype_policy": policy, "loss": "mse", "metrics": ["mse"], "epochs": 1}
    record, files = run(moons(model={"layers": layers}, training=training), tmp_path)
    assert record.metrics["test_loss"] > record.metrics["test_mse"]
    model = keras.models.load_model(files.model_keras)
    assert model.layers[-2].variable_dtype == ("float64" if policy == "float64" else "float32")
    assert (keras.config.floatx(), keras.config.dtype_policy().name) == ("float32", "float32")


@pytest.mark.slow
def test_class_weights_change_training_but_not_metrics(
    finished: tuple[Experiment, RunRecord, RunFiles], moons: Moons, tmp_path: Path
) -> None:
    weights = {0: 1.0, 1: 1.0}
    equal, _ = run(moons(training={"class_weight": weights}), tmp_path)
    assert equal.metrics["val_loss"] == pytest.approx(finished[1].metrics["val_loss"], abs=1e-6)
    unequal, _ = run(moons(training={"class_weight": weights | {1: 9.0}}), tmp_path)
    assert unequal.metrics["loss"] > 2 * equal.metrics["loss"]


@pytest.mark.slow
def test_saved_weights_are_the_averaged_ones(moons: Moons, tmp_path: Path) -> None:
    experiment = moons(training={"optimizer": {"Adam": {"learning_rate": 0.05, "use_ema": True}}})
    record, files = run(experiment, tmp_path)
    validation = prepare(experiment).validation
    assert validation is not None
    loss, _ = keras.models.load_model(files.model_keras).evaluate(
        validation.inputs["input"], validation.targets["output"], verbose=0
    )
    assert loss == pytest.approx(record.metrics["val_loss"], abs=1e-6)


@pytest.mark.slow
def test_failing_disk_fails_the_run_with_a_hint(moons: Moons, failing_disk: Path) -> None:
    experiment = moons(tensorboard={"histogram_freq": 1})
    # A read-only disk is an error of the request.
    with pytest.raises((RunFailedError, RequestError), match="--runs-dir"):
        train(experiment, runs_dir=failing_disk, progress=SilentProgress())
    for record in list_runs(failing_disk):
        assert record.status is RunStatus.FAILED
        assert "No space left on device" in str(record.error)
        folder = failing_disk / record.id
        assert not [path for path in folder.rglob("*") if path.name.startswith(".")]
