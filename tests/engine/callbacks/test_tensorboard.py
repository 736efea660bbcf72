"""TensorBoard's files, read back as TensorBoard reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util.tensor_util import make_ndarray

from nnlab.config import Experiment
from nnlab.engine.callbacks.tensorboard import flatten_hyperparameters
from nnlab.engine.training.context import TrainingOptions
from nnlab.engine.training.train import train
from nnlab.report.progress import SilentProgress
from nnlab.runs import RunFiles

Moons = Callable[..., Experiment]


def read_events(folder: Path) -> Any:
    events = EventAccumulator(str(folder), size_guidance={"tensors": 0, "histograms": 0})
    events.Reload()
    return events


def train_with_log(experiment: Experiment, runs: Path) -> Path:
    plain = TrainingOptions(plots=False)
    record = train(experiment, runs_dir=runs, progress=SilentProgress(), options=plain)
    return RunFiles(runs / record.id).tensorboard


def steps(folder: Any, tag: str) -> list[int]:
    return [event.step for event in folder.Tensors(tag)]


@pytest.fixture(scope="module")
def board(moons: Moons, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = {"histogram_freq": 2, "write_images": True}
    return train_with_log(moons(tensorboard=config), tmp_path_factory.mktemp("runs"))


@pytest.mark.slow
def test_metrics_of_every_epoch_are_logged(board: Path) -> None:
    training, validation = read_events(board / "train"), read_events(board / "validation")
    for name in ("epoch_loss", "epoch_accuracy"):
        assert steps(training, name) == steps(validation, name) == [0, 1, 2, 3]
    assert steps(training, "epoch_learning_rate") == [0, 1, 2, 3]
    assert "evaluation_loss_vs_iterations" in validation.Tags()["tensors"]


def test_metrics_equal_those_of_metrics_csv(board: Path) -> None:
    rows = (board.parent / "metrics.csv").read_text().splitlines()[1:]
    events = read_events(board / "train").Tensors("epoch_loss")
    losses = [float(make_ndarray(event.tensor_proto)) for event in events]
    assert losses == pytest.approx([float(row.split(",")[1]) for row in rows])


def test_histograms_and_images_follow_histogram_freq(board: Path) -> None:
    training = read_events(board / "train")
    tags = [tag for tag in training.Tags()["tensors"] if tag.endswith("/histogram")]
    assert len(tags) == 4
    assert steps(training, tags[0]) == [0, 2]
    assert any(tag.endswith("/image") for tag in training.Tags()["tensors"])


def test_op_graph_and_keras_graph_are_logged(board: Path) -> None:
    training = read_events(board / "train")
    assert training.Tags()["graph"]
    operations = {node.op for node in training.Graph().node}
    # Forward pass, gradient and optimizer update.
    assert {"MatMul", "ReluGrad", "AssignSubVariableOp"} <= operations
    assert "keras" in training.Tags()["tensors"]
    (event,) = training.Tensors("keras")
    assert b'"class_name": "Sequential"' in event.tensor_proto.string_val[0]


def test_config_and_model_are_logged_as_text(board: Path) -> None:
    root = read_events(board)
    texts = {
        name: root.Tensors(f"{name}/text_summary" if name not in root.Tags()["tensors"] else name)
        for name in ("config", "model")
    }
    values = {name: events[0].tensor_proto.string_val[0] for name, events in texts.items()}
    assert b"epochs: 4" in values["config"]
    assert b"Dropout" in values["model"]


def test_test_metrics_are_logged(board: Path) -> None:
    assert {"test_loss", "test_accuracy"} <= set(read_events(board).Tags()["tensors"])


def test_hyperparameters_and_status_are_logged(board: Path) -> None:
    metadata = read_events(board).summary_metadata
    tags = {tag for tag in metadata if tag.startswith("_hparams_/")}
    assert tags == {"_hparams_/session_start_info", "_hparams_/session_end_info"}
    content = metadata["_hparams_/session_start_info"].plugin_data.content
    start = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info
    assert start.hparams["training.optimizer.Adam.learning_rate"].number_value == 0.01
    assert start.hparams["training.loss"].string_value == "BinaryCrossentropy"
    assert start.hparams["data.stratify"].bool_value is True
    end = plugin_data_pb2.HParamsPluginData.FromString(
        metadata["_hparams_/session_end_info"].plugin_data.content
    )
    assert end.session_end_info.status == 1


@pytest.mark.slow
@pytest.mark.parametrize("update_freq", ["batch", 2])
def test_update_freq_in_batches_keeps_every_epoch(
    moons: Moons, tmp_path: Path, update_freq: int | str
) -> None:
    # Three steps an epoch: Keras itself drops those whose last step is odd.
    config = {"histogram_freq": 1, "update_freq": update_freq}
    board = train_with_log(moons(tensorboard=config), tmp_path)
    training, validation = read_events(board / "train"), read_events(board / "validation")
    assert steps(training, "epoch_loss") == steps(validation, "epoch_loss") == [0, 1, 2, 3]
    assert len(steps(validation, "evaluation_loss_vs_iterations")) == 4
    histogram = next(tag for tag in training.Tags()["tensors"] if tag.endswith("/histogram"))
    assert steps(training, histogram) == [0, 1, 2, 3]
    every = 1 if update_freq == "batch" else 2
    assert steps(training, "batch_loss") == list(range(every, 13, every))
    assert training.Tags()["graph"]


@pytest.mark.slow
def test_without_tensorboard_nothing_is_written(moons: Moons, tmp_path: Path) -> None:
    assert not train_with_log(moons(), tmp_path).exists()


@pytest.mark.slow
def test_write_graph_false_omits_the_graphs(moons: Moons, tmp_path: Path) -> None:
    training = read_events(
        train_with_log(moons(tensorboard={"write_graph": False}), tmp_path) / "train"
    )
    assert not training.Tags()["graph"]
    assert "keras" not in training.Tags()["tensors"]


def test_flatten_hyperparameters_returns_plain_values_by_dotted_path(moons: Moons) -> None:
    values = flatten_hyperparameters(moons(training={"metrics": ["accuracy", "AUC"]}))
    assert values["model.layers.0.Dense.units"] == 8
    assert values["training.metrics"] == "accuracy, AUC"
    assert values["data.dataset.moons.n_samples"] == 40
    assert not {"name", "tensorboard"} & {path.split(".")[0] for path in values}
    assert all(isinstance(value, bool | int | float | str) for value in values.values())
