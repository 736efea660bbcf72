"""Each built-in config shows its lesson; configs with the full MNIST are skipped without it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nnlab.config import load_config
from nnlab.config.loader import read_search_config
from nnlab.config.yaml.builtin_configs import find_builtin_config, list_builtin_configs
from nnlab.data import prepare
from nnlab.errors import RunFailedError
from nnlab.report.progress import SilentProgress
from nnlab.runs import RunRecord

pytestmark = pytest.mark.slow

KERAS_HOME = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
FULL_MNIST = KERAS_HOME / "datasets" / "mnist.npz"


@dataclass(frozen=True)
class Result:
    """A run of a built-in config."""

    record: RunRecord
    folder: Path

    def column(self, name: str) -> list[float]:
        """Return a metric by epoch."""
        with (self.folder / "metrics.csv").open() as rows:
            return [float(row[name]) for row in csv.DictReader(rows)]

    def __getitem__(self, metric: str) -> float:
        return self.record.metrics[metric]


Train = Callable[..., Result]


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Train a built-in config; with plots, unless values are overridden."""
    from nnlab.engine.training.context import TrainingOptions
    from nnlab.engine.training.train import train as run

    def train_builtin(name: str, *changes: str) -> Result:
        overrides = (*changes, "tensorboard=false")
        experiment = load_config(find_builtin_config(name), overrides)
        options = TrainingOptions(plots=not changes)
        record = run(experiment, runs_dir=tmp_path, progress=SilentProgress(), options=options)
        return Result(record, tmp_path / record.id)

    return train_builtin


@pytest.mark.parametrize("config", list_builtin_configs(), ids=lambda config: config.name)
def test_header_has_purpose_command_and_expected_result(config: object) -> None:
    text = config.path.read_text()  # type: ignore[attr-defined]
    header = [line for line in text.splitlines() if line.startswith("#")]
    assert header[0] == "# yaml-language-server: $schema=nnlab.schema.json"
    command = "tune" if "tune:" in text else "train"
    assert any(f"nnlab {command} {config.name}" in line for line in header)  # type: ignore[attr-defined]
    assert any(line.startswith("# Expected: ") for line in header)
    assert any(" s" in line for line in header if "Time" in line)


def test_perceptron_never_solves_xor(train: Train) -> None:
    assert max(train("perceptron_xor").column("accuracy")) <= 0.75


def test_hidden_layer_solves_xor(train: Train) -> None:
    assert train("mlp_xor")["accuracy"] == 1.0


def test_mnist_model_has_the_parameters_of_the_lesson(train: Train) -> None:
    result = train("mnist_5k", "training.epochs=5")
    assert result.record.params == 269_322
    assert result["test_accuracy"] > 0.85


@pytest.mark.parametrize("name", ["mnist_5k", "mnist_5k_dropout"])
def test_functional_model_has_the_same_losses_to_the_last_digit(train: Train, name: str) -> None:
    graph = """{
      name: simple_model, inputs: {pixels: {shape: [784]}}, outputs: [digit],
      layers: {
        one: {Dense: {units: 256, activation: relu}, from: pixels},
        one_dropped: {Dropout: 0.3, from: one},
        two: {Dense: {units: 256, activation: relu}, from: one_dropped},
        two_dropped: {Dropout: 0.3, from: two},
        digit: {Dense: {units: 10, activation: softmax}, from: two_dropped}}}"""
    quick = ("training.epochs=2",)
    sequential = train(name, *quick)
    if name == "mnist_5k":
        functional = train("mnist_5k_functional", *quick)
    else:
        functional = train(name, f"model={graph}".replace("\n", " "), *quick)
    assert functional.column("loss") == sequential.column("loss")


def test_dropout_narrows_the_gap_between_training_and_test(train: Train) -> None:
    plain = train("mnist_5k", "training.epochs=15")
    dropped = train("mnist_5k_dropout", "training.epochs=15")
    assert (
        dropped["accuracy"] - dropped["test_accuracy"] < plain["accuracy"] - plain["test_accuracy"]
    )


def test_batch_normalization_makes_more_progress_per_epoch(train: Train) -> None:
    quick = ("training.epochs=2",)
    normalized = train("mnist_5k_batch_normalization", *quick)
    assert normalized.column("loss")[0] < train("mnist_5k", *quick).column("loss")[0]


def test_tiny_model_with_batch_normalization_learns_moons(train: Train) -> None:
    assert train("batch_normalization")["test_accuracy"] >= 0.95


def test_deep_sigmoid_model_stalls_and_its_fix_learns(train: Train) -> None:
    stalled = train("vanishing_gradients", "training.epochs=15").column("loss")
    assert abs(stalled[-1] - np.log(2)) < 0.03
    assert min(train("vanishing_gradients_cured").column("loss")) < 0.45


def test_exploding_gradients_are_reported_and_clipping_prevents_them(train: Train) -> None:
    with pytest.raises(RunFailedError, match="diverged at epoch 1"):
        train("exploding_gradients")
    clipped = train("exploding_gradients_clipped").column("loss")
    assert clipped[-1] < clipped[0] / 4


@pytest.mark.parametrize(("batch_size", "steps"), [("full", 1), ("32", 10), ("1", 320)])
def test_batch_size_determines_the_updates_per_epoch(
    train: Train, batch_size: str, steps: int
) -> None:
    result = train("gradient_descent", f"training.batch_size={batch_size}", "training.epochs=3")
    assert result.record.training["steps_per_epoch"] == steps
    assert result["val_accuracy"] > 0.4


def test_early_stopping_stops_and_keeps_the_best_epoch(train: Train) -> None:
    result = train("early_stopping")
    losses = result.column("val_loss")
    assert 20 < result.record.epochs_run < 3500
    assert result.record.best_epoch is not None
    assert result.record.best_epoch < result.record.epochs_run
    assert result["val_loss"] == losses[result.record.best_epoch - 1]


def test_l2_shrinks_the_weights(train: Train) -> None:
    import keras

    def largest(result: Result) -> float:
        model = keras.models.load_model(result.folder / "model.keras")
        return float(np.abs(model.get_weights()[0]).max())

    last = ("training.checkpoint.save_best_only=false", "training.epochs=120")
    free = train("l2_penalty", "model.layers.0.Dense.kernel_regularizer=null", *last)
    assert largest(train("l2_penalty", *last)) < 0.7 * largest(free)


@pytest.mark.parametrize(("name", "metric"), [("dropout", "loss"), ("dropout_regression", "loss")])
def test_dropout_prevents_a_small_model_from_fitting_the_noise(
    train: Train, name: str, metric: str
) -> None:
    last = "training.checkpoint.save_best_only=false"
    free = (last, "model.layers.1.Dropout=0", "model.layers.3.Dropout=0")
    assert train(name, last)[metric] > train(name, *free)[metric]


def test_huber_is_robust_to_outliers_and_squared_error_is_not(train: Train) -> None:
    import keras

    def distance(result: Result) -> float:
        model = keras.models.load_model(result.folder / "model.keras")
        kernel, bias = model.get_weights()
        return float(abs(kernel[0, 0] - 2) + abs(bias[0] - 1))

    squared = distance(train("losses", "training.loss=mse"))
    assert distance(train("losses")) < squared / 3
    assert distance(train("losses", "training.loss=mae")) < squared / 3


def test_sparse_and_one_hot_crossentropy_give_equal_losses(train: Train) -> None:
    sparse = train("losses_classes", "training.epochs=5")
    one_hot = train("losses_classes", "training.epochs=5", "training.loss=categorical_crossentropy")
    assert np.allclose(sparse.column("loss"), one_hot.column("loss"), rtol=1e-5)


def test_linear_model_fails_where_leaky_relu_learns(train: Train) -> None:
    linear = (f"model.layers.{layer}={{Activation: linear}}" for layer in (1, 3))
    assert train("activations", "training.epochs=60")["val_accuracy"] > 0.95
    assert train("activations", "training.epochs=60", *linear)["val_accuracy"] < 0.8


def test_cosine_schedule_brings_the_learning_rate_to_zero(train: Train) -> None:
    result = train("optimizers")
    assert result.column("learning_rate")[-1] < 1e-3
    assert result["val_accuracy"] > 0.95


def test_unscaled_features_stall(train: Train) -> None:
    assert train("scaling")["test_accuracy"] > 0.9
    assert train("scaling", "data.scaling=none")["test_accuracy"] < 0.8


def test_search_of_layers_has_the_space_of_the_lesson() -> None:
    config = read_search_config(find_builtin_config("search_layers"))
    assert len(config.experiment.data.features or ()) == 8
    first, times, *repeated, optimizer = config.hyperparameters
    assert (first.min_value, first.max_value, first.step) == (8, 128, 8)
    assert (times.min_value, times.max_value) == (0, 10)
    assert len(repeated) == 20
    for number, (units, dropout) in enumerate(zip(repeated[::2], repeated[1::2], strict=True), 1):
        assert (units.min_value, units.max_value, units.step) == (8, 128, 8)
        assert dropout.values == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
        assert [condition.values for condition in units.conditions] == [tuple(range(number, 11))]
    assert optimizer.values == ("adam", "sgd", "rmsprop", "adadelta")


def test_search_of_everything_searches_every_part_of_the_config() -> None:
    names = {
        one.name
        for one in read_search_config(find_builtin_config("search_everything")).hyperparameters
    }
    for part in (
        "data.scaling",
        "kernel_initializer",
        "kernel_regularizer",
        "activation",
        "units",
        "Repeat.times",
        "Repeat[3].layers.1",
        "Dropout",
        "SGD.momentum",
        "Adam.learning_rate",
        "training.batch_size",
        "training.epochs",
    ):
        assert any(name.endswith(part) for name in names), part


@pytest.mark.parametrize("name", ["search_layers", "search_everything"])
def test_short_search_writes_a_best_config_that_loads(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nnlab", "tune", name, "--trials", "4", "--json"]
    options = ["--set", "training.epochs=1", "--runs-dir", str(tmp_path)]
    done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["trial_counts"]["complete"] == 4
    (best,) = tmp_path.glob("*/best.yaml")
    assert load_config(best).training.epochs == 1
    assert {path.name for path in (best.parent / "plots").iterdir()} >= {"slices.png"}


def test_two_heads_report_their_losses_and_the_weighted_sum(train: Train) -> None:
    result = train("two_inputs_two_outputs")
    parts = result["cultivar_loss"] + 0.2 * result["alcohol_loss"]
    # Keras weights the last, smaller batch in the total but not in its parts.
    assert result["loss"] == pytest.approx(parts, rel=0.05)
    assert result["test_cultivar_accuracy"] > 0.8


@pytest.mark.skipif(not FULL_MNIST.is_file(), reason=f"the full MNIST is not at {FULL_MNIST}")
@pytest.mark.parametrize(
    "name", ["mnist", "mnist_functional", "mnist_dropout", "mnist_batch_normalization"]
)
def test_full_mnist_learns_in_one_epoch(train: Train, name: str) -> None:
    assert len(prepare(load_config(find_builtin_config(name))).train) == 60_000
    assert train(name, "training.epochs=1")["test_accuracy"] > 0.94
