"""A training from its config to its run: what is left behind, and how it ends."""

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
from nnlab.engine.training.options import TrainingOptions
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

# Pictures take as long as all the rest of a small run.
PLAIN, DRAWN = TrainingOptions(plots=False), TrainingOptions()


def run_of(
    experiment: Experiment, runs: Path, options: TrainingOptions = PLAIN, **arguments: Any
) -> tuple[RunRecord, RunFiles]:
    silent = SilentProgress()
    record = train(experiment, runs_dir=runs, progress=silent, options=options, **arguments)
    return record, RunFiles(runs / record.id)


def failed_run(
    experiment: Experiment, runs: Path, options: TrainingOptions = PLAIN
) -> tuple[str, RunRecord, RunFiles]:
    with pytest.raises(RunFailedError) as caught:
        train(experiment, runs_dir=runs, progress=SilentProgress(), options=options)
    (record,) = list_runs(runs)
    assert record.status is RunStatus.FAILED
    return str(caught.value), record, RunFiles(runs / record.id)


@pytest.fixture(params=["size=64k", "size=160k", "ro"])
def refusing_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk that is soon full, one that is full later, and one that cannot be written."""
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
    return experiment, *run_of(experiment, runs, DRAWN, command=command)


def test_run_leaves_all_its_files(finished: tuple[Experiment, RunRecord, RunFiles]) -> None:
    _, _, files = finished
    assert sorted(path.name for path in files.path.iterdir()) == [
        "config.yaml",
        "plot_data.json",
        "metrics.csv",
        "model.keras",
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


def test_record_tells_what_happened(finished: tuple[Experiment, RunRecord, RunFiles]) -> None:
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


def test_timing_adds_up(finished: tuple[Experiment, RunRecord, RunFiles]) -> None:
    timing = finished[1].timing
    assert set(timing) == {"total_s", "load_s", "build_s", "compile_s", "fit_s", "epoch_s"}
    assert all(seconds > 0 for seconds in timing.values())
    assert timing["load_s"] + timing["build_s"] + timing["fit_s"] < timing["total_s"]
    assert timing["compile_s"] + 4 * timing["epoch_s"] < 1.5 * timing["fit_s"]


def test_metrics_hold_an_epoch_a_row_and_no_times(
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


def test_record_reports_the_best_epoch(
    finished: tuple[Experiment, RunRecord, RunFiles],
) -> None:
    _, record, files = finished
    rows = rows_of(files)
    best = min(rows, key=lambda row: float(row["val_loss"]))
    assert str(record.best_epoch) == best["epoch"]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert record.metrics[name] == float(best[name])


def test_saved_model_has_the_weights_that_the_record_reports_on(
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


def test_kept_config_repeats_the_run_bit_for_bit(
    finished: tuple[Experiment, RunRecord, RunFiles], tmp_path: Path
) -> None:
    experiment, record, files = finished
    again = Experiment.model_validate(yaml.safe_load(files.config_yaml.read_text()))
    assert again == experiment
    repeated, others = run_of(again, tmp_path)
    assert others.metrics_csv.read_bytes() == files.metrics_csv.read_bytes()
    assert others.model_keras.read_bytes() == files.model_keras.read_bytes()
    assert repeated.metrics == record.metrics
    assert repeated.config_hash == record.config_hash


def test_another_seed_gives_another_run(
    finished: tuple[Experiment, RunRecord, RunFiles], moons: Moons, tmp_path: Path
) -> None:
    record, _ = run_of(moons(seed=43), tmp_path)
    assert record.metrics["loss"] != finished[1].metrics["loss"]


def test_functional_model_of_the_same_layers_has_the_same_losses(
    finished: tuple[Experiment, RunRecord, RunFiles], moons: Moons, tmp_path: Path
) -> None:
    graph = {
        "layers": {
            "hidden": {"Dense": {"units": 8, "activation": "relu"}, "from": "plane"},
            "thinned": {"Dropout": 0.2, "from": "hidden"},
            "side": {"Dense": {"units": 1, "activation": "sigmoid"}, "from": "thinned"},
        },
        "inputs": {"plane": {"shape": [2]}},
        "outputs": ["side"],
    }
    record, files = run_of(moons(model=graph), tmp_path)
    assert rows_of(files) == rows_of(finished[2])
    assert record.metrics == finished[1].metrics


def test_early_stopping_restores_the_best_epochs_weights(moons: Moons, tmp_path: Path) -> None:
    # A large step: the validation loss soon goes up.
    experiment = moons(
        training={
            "optimizer": {"SGD": 3.0},
            "epochs": 60,
            "early_stopping": {"patience": 3, "restore_best_weights": True, "min_delta": 1e-4},
        }
    )
    record, files = run_of(experiment, tmp_path)
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


def test_early_stopping_that_restores_nothing_keeps_the_last_weights(
    moons: Moons, tmp_path: Path
) -> None:
    record, _ = run_of(moons(training={"early_stopping": {"patience": 9}}), tmp_path)
    assert record.best_epoch == record.epochs_run == 4
    assert record.training["monitor"] is None


def test_without_validation_rows_the_training_loss_chooses_the_weights(
    moons: Moons, tmp_path: Path
) -> None:
    experiment = moons(data={"validation_split": None, "test_split": None})
    record, files = run_of(experiment, tmp_path)
    losses = [float(row["loss"]) for row in rows_of(files)]
    assert record.best_epoch == losses.index(min(losses)) + 1
    assert list(record.metrics) == ["loss", "accuracy", "learning_rate"]
    assert record.metrics["loss"] == min(losses)


def test_last_weights_are_kept_where_the_checkpoint_says_so(moons: Moons, tmp_path: Path) -> None:
    record, _ = run_of(moons(training={"checkpoint": {"save_best_only": False}}), tmp_path)
    assert record.best_epoch == 4
    assert record.training["monitor"] is None


def test_diverged_run_fails_with_what_to_try(moons: Moons, tmp_path: Path) -> None:
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


def test_run_that_diverges_late_keeps_what_was_good(moons: Moons, tmp_path: Path) -> None:
    # The learning rate explodes after the second epoch of three steps.
    rate = {"PiecewiseConstantDecay": {"boundaries": [6], "values": [0.01, 1e25]}}
    experiment = moons(
        model={"layers": [{"Dense": 1}]},
        training={"optimizer": {"SGD": {"learning_rate": rate}}, "loss": "mse", "metrics": []},
    )
    _, record, files = failed_run(experiment, tmp_path, DRAWN)
    assert (record.epochs_run, record.best_epoch) == (2, 2)
    assert str(record.error).startswith("diverged at epoch 3")
    weights = keras.models.load_model(files.model_keras).get_weights()
    assert all(np.isfinite(values).all() for values in weights)
    assert (files.plots / "loss.png").exists()


def test_weights_that_the_last_step_ruined_count_as_diverged(moons: Moons, tmp_path: Path) -> None:
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


def test_training_goes_on_after_nan_where_the_config_says_so(moons: Moons, tmp_path: Path) -> None:
    experiment = moons(
        model={"layers": [{"Dense": 1}]},
        training={
            "optimizer": {"SGD": 1e30},
            "loss": "mse",
            "metrics": [],
            "terminate_on_nan": False,
        },
    )
    record, files = run_of(experiment, tmp_path)
    assert record.status is RunStatus.COMPLETE
    assert len(rows_of(files)) == record.best_epoch == 4


def test_gpu_that_is_not_there_is_refused_before_anything_is_made(
    moons: Moons, tmp_path: Path
) -> None:
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
def test_fault_of_config_or_data_is_told_before_anything_is_made(
    moons: Moons, tmp_path: Path, sections: dict[str, Any], error: type[NnlabError]
) -> None:
    with pytest.raises(error):
        train(moons(**sections), runs_dir=tmp_path / "runs", progress=SilentProgress())
    assert not (tmp_path / "runs").exists()


def test_device_that_is_asked_for_is_written_into_the_config(moons: Moons, tmp_path: Path) -> None:
    _, files = run_of(moons(training={"device": "cpu"}), tmp_path)
    assert yaml.safe_load(files.config_yaml.read_text())["training"]["device"] == "cpu"


def test_folder_that_cannot_be_written_is_an_error_that_says_so(
    moons: Moons, tmp_path: Path
) -> None:
    blocked = tmp_path / "runs"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(RequestError, match="Expected to be able to write"):
        train(moons(), runs_dir=blocked, progress=SilentProgress())


def test_record_tells_where_xla_could_not_compile(
    moons: Moons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No word of the vocabulary lacks a form in XLA.
    monkeypatch.setattr(CompiledEpochs, "jit_failed", True)
    experiment = moons(training={"jit_compile": True, "engine": "compiled", "epochs": 1})
    record = train(experiment, runs_dir=tmp_path, progress=SilentProgress())
    assert record.training["loop_reason"] == "requested_by_config"
    assert (record.training["jit_compile"], record.training["jit_failed"]) == (False, True)
    assert record.environment["determinism"]["jit_compile"] is False
    assert record.environment["determinism"]["op_determinism"] is True


def test_several_outputs_are_trained_weighted_and_tested(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    numbers = np.random.default_rng(0).normal(size=(40, 3))
    lines = [f"{a},{b},{2 * a - b},{'yes' if c > 0 else 'no'}" for a, b, c in numbers]
    rows.write_text("a,b,size,kind\n" + "\n".join(lines) + "\n")
    experiment = Experiment.model_validate(
        {
            "data": {
                "file": str(rows),
                "target": {"how_much": "size", "which": "kind"},
                "inputs": {"left": ["a"], "right": ["b"]},
                "validation_split": 0.25,
                "test_split": 0.25,
            },
            "model": {
                "inputs": {"left": {"shape": [1]}, "right": {"shape": [1]}},
                "layers": {
                    "both": {"Concatenate": {}, "from": ["left", "right"]},
                    "hidden": {"Dense": {"units": 4, "activation": "relu"}, "from": "both"},
                    "how_much": {"Dense": {"units": 1}, "from": "hidden"},
                    "which": {"Dense": {"units": 1, "activation": "sigmoid"}, "from": "hidden"},
                },
                "outputs": ["how_much", "which"],
            },
            "training": {
                "optimizer": "adam",
                "loss": {"how_much": "mse", "which": "bce"},
                "metrics": {"which": ["accuracy"]},
                "loss_weights": {"how_much": 1.0, "which": 0.2},
                "batch_size": 10,
                "epochs": 2,
            },
        }
    )
    record, files = run_of(experiment, tmp_path / "runs", DRAWN)
    metrics = record.metrics
    assert metrics["loss"] == pytest.approx(
        metrics["how_much_loss"] + 0.2 * metrics["which_loss"], rel=1e-5
    )
    assert {"test_loss", "test_how_much_loss", "test_which_loss", "test_which_accuracy"} <= set(
        metrics
    )
    names = {path.name for path in files.plots.iterdir()}
    assert {"confusion_matrix_which.png", "residuals_how_much.png"} <= names


@pytest.mark.parametrize("policy", ["float64", "mixed_float16"])
def test_penalties_are_learnt_in_every_precision(policy: str, moons: Moons, tmp_path: Path) -> None:
    penalties = {"kernel_regularizer": "L2", "activity_regularizer": "L1"}
    layers = [{"Dense": {"units": 4, **penalties}}, {"Dense": {"units": 1, "dtype": "float32"}}]
    training = {"dtype_policy": policy, "loss": "mse", "metrics": ["mse"], "epochs": 1}
    record, files = run_of(moons(model={"layers": layers}, training=training), tmp_path)
    assert record.metrics["test_loss"] > record.metrics["test_mse"]
    model = keras.models.load_model(files.model_keras)
    assert model.layers[-2].variable_dtype == ("float64" if policy == "float64" else "float32")
    assert (keras.config.floatx(), keras.config.dtype_policy().name) == ("float32", "float32")


def test_class_weights_change_what_is_learnt_but_not_what_is_measured(
    finished: tuple[Experiment, RunRecord, RunFiles], moons: Moons, tmp_path: Path
) -> None:
    weights = {0: 1.0, 1: 1.0}
    same, _ = run_of(moons(training={"class_weight": weights}), tmp_path)
    assert same.metrics["val_loss"] == pytest.approx(finished[1].metrics["val_loss"], abs=1e-6)
    other, _ = run_of(moons(training={"class_weight": weights | {1: 9.0}}), tmp_path)
    assert other.metrics["loss"] > 2 * same.metrics["loss"]


def test_averaged_weights_are_those_that_are_saved(moons: Moons, tmp_path: Path) -> None:
    experiment = moons(training={"optimizer": {"Adam": {"learning_rate": 0.05, "use_ema": True}}})
    record, files = run_of(experiment, tmp_path)
    validation = prepare(experiment).validation
    assert validation is not None
    loss, _ = keras.models.load_model(files.model_keras).evaluate(
        validation.inputs["input"], validation.targets["output"], verbose=0
    )
    assert loss == pytest.approx(record.metrics["val_loss"], abs=1e-6)


def test_disk_that_refuses_fails_the_run_and_says_what_to_do(
    moons: Moons, refusing_disk: Path
) -> None:
    experiment = moons(tensorboard={"histogram_freq": 1})
    # One that cannot be written is a wrong request.
    with pytest.raises((RunFailedError, RequestError), match="--runs-dir"):
        train(experiment, runs_dir=refusing_disk, progress=SilentProgress())
    for record in list_runs(refusing_disk):
        assert record.status is RunStatus.FAILED
        assert "No space left on device" in str(record.error)
        folder = refusing_disk / record.id
        assert not [path for path in folder.rglob("*") if path.name.startswith(".")]
