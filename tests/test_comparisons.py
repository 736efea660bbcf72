"""Each built-in comparison shows its lesson, in a small version: fewer seeds and epochs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.config import load_config
from nnlab.config.comparison.loader import read_comparison
from nnlab.config.lint.check import check_config
from nnlab.config.yaml.builtin_configs import (
    find_builtin_comparison,
    list_builtin_comparisons,
    list_builtin_configs,
)
from nnlab.config.yaml.extends import is_comparison_file
from nnlab.runs.io.metrics_csv import read_history
from tests.comparisons import CompareProcess, FinishedComparison

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "compare.md"

# The process of the fixture imports TensorFlow.
pytestmark = pytest.mark.slow

Compare = Callable[..., FinishedComparison]


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compare]:
    """Run a built-in comparison with few seeds and overrides."""
    with CompareProcess(tmp_path_factory.mktemp("lessons")) as process:

        def small(name: str, *changes: str, seeds: int = 1) -> FinishedComparison:
            return process.compare(
                find_builtin_comparison(name), *changes, "tensorboard=false", seeds=seeds
            )

        yield small


def folder(comparison: FinishedComparison, variant: str) -> Path:
    """Return the run folder of a variant's first seed."""
    return comparison.path / variant / str(comparison.record["seeds"][0])


def column(comparison: FinishedComparison, variant: str, name: str) -> list[float]:
    """Return a metric of a variant's first run by epoch."""
    return read_history(folder(comparison, variant) / "metrics.csv")[name]


def weights(comparison: FinishedComparison, variant: str) -> list[NDArray[np.float32]]:
    """Return the saved weights of a variant's first run."""
    import keras

    return list(keras.models.load_model(folder(comparison, variant) / "model.keras").get_weights())


def first_weights(comparison: FinishedComparison, variant: str) -> list[NDArray[np.float32]]:
    """Return the initial weights of a variant's first run."""
    from nnlab.data import prepare
    from nnlab.engine.models.builder import build_model

    experiment = load_config(folder(comparison, variant) / "config.yaml")
    return list(build_model(experiment, prepare(experiment).inputs).get_weights())


@pytest.mark.parametrize("config", list_builtin_comparisons(), ids=lambda config: config.name)
def test_header_has_purpose_command_result_and_time(config: object) -> None:
    lines = config.path.read_text().splitlines()  # type: ignore[attr-defined]
    header = [line for line in lines if line.startswith("#")]
    name = config.path.stem  # type: ignore[attr-defined]
    assert re.fullmatch(r"# [A-Z].*\.", header[0])
    assert f"#     nnlab compare variants {name}" in header
    assert any(line.startswith("# Result: ") for line in header)
    assert any(re.match(r"# Time: \d+ s ", line) for line in header)
    assert all(len(line) <= 110 for line in lines)


@pytest.mark.parametrize("config", list_builtin_comparisons(), ids=lambda config: config.name)
def test_comparison_is_valid_outside_its_folder(config: object, tmp_path: Path) -> None:
    """Its base is a built-in config, so `nnlab init` writes a single file."""
    path = tmp_path / "copy.yaml"
    path.write_text(config.path.read_text())  # type: ignore[attr-defined]
    assert check_config(path).errors == ()
    assert len(read_comparison(path).seeds) >= 5


def test_no_comparison_is_listed_as_a_config() -> None:
    assert not [config.name for config in list_builtin_configs() if is_comparison_file(config.path)]


def test_comparisons_of_the_page_are_valid(tmp_path: Path) -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        (tmp_path / "example.yaml").write_text(example)
        assert check_config(tmp_path / "example.yaml").errors == ()


def test_zeros_and_a_constant_stay_at_chance_and_scaled_weights_learn(compare: Compare) -> None:
    comparison = compare("initializers", "training.epochs=3")
    accuracy = {row["name"]: row["mean"] for row in comparison.record["variants"]}
    for stuck in ("zeros", "constant", "small_random"):
        assert accuracy.pop(stuck) < 0.2
    large = accuracy.pop("large_random")
    assert min(accuracy.values()) > large + 0.1
    # With a constant, the units of a layer stay identical.
    identical, diverse = (weights(comparison, name)[0] for name in ("constant", "he_normal"))
    assert np.ptp(identical, axis=1).max() < 1e-6
    assert np.ptp(diverse, axis=1).max() > 0.1


def test_first_layer_of_a_deep_sigmoid_model_does_not_change_and_the_fixes_change_it(
    compare: Compare,
) -> None:
    comparison = compare("vanishing_gradients", "training.epochs=1")
    change = {
        name: float(np.abs(weights(comparison, name)[0] - first_weights(comparison, name)[0]).max())
        for name in ("sigmoid", "relu_he", "batch_normalization", "fewer_layers")
    }
    assert change.pop("sigmoid") < 1e-4
    assert min(change.values()) > 1e-2


def test_more_sigmoid_layers_learn_less_and_more_relu_layers_do_not(compare: Compare) -> None:
    comparison = compare("depth")
    assert comparison.row("sigmoid,times=9")["mean"] == 0.5
    assert comparison.row("sigmoid,times=1")["mean"] > 0.75
    assert comparison.row("relu,times=9")["mean"] > 0.9


def test_every_way_of_clipping_prevents_divergence(compare: Compare) -> None:
    comparison = compare("clipping", "training.epochs=30")
    (failure,) = comparison.row("unclipped")["failures"].values()
    assert failure.startswith("diverged at epoch 1")
    for clipping in ("clipnorm", "clipvalue", "global_clipnorm"):
        losses = column(comparison, clipping, "loss")
        assert losses[-1] < losses[0] / 2


def test_batch_size_determines_the_updates_per_epoch(compare: Compare) -> None:
    comparison = compare("batch_size", "training.epochs=4")
    for size, steps in (("full", 1), ("32", 10), ("1", 320)):
        name = f"batch_size={size}"
        record = (folder(comparison, name) / "record.json").read_text()
        assert f'"steps_per_epoch": {steps},' in record
    first = [column(comparison, f"batch_size={size}", "loss")[-1] for size in ("full", "32", "1")]
    assert first[0] > first[1] > first[2]


def test_stopping_early_saves_epochs_and_keeps_the_best(compare: Compare) -> None:
    comparison = compare("early_stopping")
    assert comparison.row("to_the_end")["epochs"] == 3500
    patient, impatient = comparison.row("patience_20"), comparison.row("patience_5")
    assert impatient["epochs"] < patient["epochs"] < 1000
    losses = column(comparison, "patience_20", "val_loss")
    assert patient["best_epoch"] == 1 + int(np.argmin(losses))
    assert comparison.row("last_weights")["best_epoch"] == comparison.row("last_weights")["epochs"]
    assert comparison.row("baseline_unmet")["epochs"] < patient["epochs"]
    assert patient["mean"] < comparison.row("to_the_end")["mean"]


def test_penalties_shrink_weights_and_l1_nearly_to_zero(compare: Compare) -> None:
    comparison = compare("penalties")
    kernels = {
        name: np.abs(weights(comparison, name)[0]) for name in ("plain", "l1", "l2", "l1_l2")
    }
    for name in ("l1", "l2", "l1_l2"):
        assert kernels[name].mean() < 0.6 * kernels["plain"].mean()
    small = {name: float((kernel < 1e-2).mean()) for name, kernel in kernels.items()}
    assert small["l1"] > 0.5
    assert small["plain"] < 0.2


@pytest.mark.parametrize("name", ["dropout", "dropout_regression"])
def test_dropout_prevents_fitting_the_noise_and_too_much_underfits(
    compare: Compare, name: str
) -> None:
    comparison = compare(name)
    last = {
        row["name"]: column(comparison, row["name"], "loss")[-1]
        for row in comparison.record["variants"]
    }
    assert last["rate_0"] < last["rate_0.3"] < last["rate_0.9"]


def test_absolute_and_huber_loss_are_robust_to_outliers(compare: Compare) -> None:
    comparison = compare("losses")

    def distance(variant: str) -> float:
        kernel, bias = weights(comparison, variant)
        return float(abs(kernel[0, 0] - 2) + abs(bias[0] - 1))

    squared = distance("mse")
    for robust in ("mae", "huber", "log_cosh"):
        assert distance(robust) < squared / 3
        assert comparison.row(robust)["mean"] < comparison.row("mse")["mean"]


def test_sparse_and_one_hot_losses_are_equal(compare: Compare) -> None:
    comparison = compare("losses_classes", "training.epochs=5", seeds=2)
    assert comparison.record["verdict"] == "one_hot and sparse are equal with each of 2 seeds"


def test_linear_activations_make_a_linear_model(compare: Compare) -> None:
    comparison = compare("activations", "training.epochs=60")
    accuracy = {row["name"]: row["mean"] for row in comparison.record["variants"]}
    assert accuracy["linear"] < 0.85
    for rectified in ("relu", "leaky_relu", "prelu", "elu", "selu"):
        assert accuracy[rectified] > 0.9


def test_narrow_relu_layers_die_and_leaky_ones_do_not(compare: Compare) -> None:
    import keras

    from nnlab.data import prepare

    comparison = compare("dying_relu", "training.epochs=30")

    def dead(variant: str) -> int:
        """Return the number of units with the same output for every row."""
        run = folder(comparison, variant)
        rows = prepare(load_config(run / "config.yaml")).train.inputs
        model = keras.models.load_model(run / "model.keras")
        layers = [layer.output for layer in model.layers if "re_lu" in layer.name]
        (values,) = rows.values()
        activations = keras.Model(model.inputs, layers).predict(values, verbose=0)
        return sum(int((np.ptp(layer, axis=0) == 0).sum()) for layer in activations)

    assert dead("relu") >= 3
    assert dead("leaky_relu") == 0


def test_momentum_and_adaptive_rates_learn_faster_than_plain_descent(compare: Compare) -> None:
    comparison = compare("optimizers", "training.epochs=3")
    loss = {row["name"]: row["mean"] for row in comparison.record["variants"]}
    plain, slowest = loss.pop("sgd"), loss.pop("adadelta")
    assert max(loss.values()) < plain < slowest


def test_schedules_lower_the_learning_rate(compare: Compare) -> None:
    comparison = compare("schedules")
    rates = {
        name: column(comparison, name, "learning_rate")
        for name in ("constant", "exponential", "cosine", "steps", "on_plateau")
    }
    assert rates.pop("constant") == pytest.approx([0.1] * 10)
    assert rates["cosine"][-1] < 1e-4
    assert rates["steps"][-1] == pytest.approx(0.004)
    for falling in rates.values():
        assert falling[-1] < falling[0]
        assert all(later <= earlier for earlier, later in pairwise(falling))


def test_raw_features_stall_and_both_scalings_fix_it(compare: Compare) -> None:
    comparison = compare("scaling", "training.epochs=30")
    raw = comparison.row("scaling=none")["mean"]
    for scaling in ("minmax", "standard"):
        assert comparison.row(f"scaling={scaling}")["mean"] > raw + 0.3


def test_batch_normalization_learns_faster_and_tolerates_bad_starts(compare: Compare) -> None:
    comparison = compare("batch_normalization", "training.epochs=5", seeds=3)
    accuracy = {row["name"]: row["mean"] for row in comparison.record["variants"]}
    assert accuracy["normalized_large"] > accuracy["plain_large"] + 0.1
    starts = ("", "_slow", "_large")
    plain, normalized = (
        sum(accuracy[f"{model}{start}"] for start in starts) / len(starts)
        for model in ("plain", "normalized")
    )
    assert normalized > plain + 0.05


def test_batch_normalization_tolerates_far_too_large_weights(compare: Compare) -> None:
    comparison = compare("batch_normalization_mnist", "training.epochs=2")
    accuracy = {row["name"]: row["mean"] for row in comparison.record["variants"]}
    assert accuracy["normalized_large"] > accuracy["plain_large"] + 0.04


def test_each_hyperparameter_has_its_effect(compare: Compare) -> None:
    comparison = compare("hyperparameters")
    accuracy = {row["name"]: row["mean"] for row in comparison.record["variants"]}
    start = accuracy["start"]
    for worse in ("units_8", "batch_1000", "epochs_2", "rate_0.0001"):
        assert accuracy[worse] < start - 0.01
    assert accuracy["units_8"] < accuracy["units_256"]
    assert comparison.row("layers_4")["params"] == comparison.row("start")["params"] + 3 * 64 * 65
