"""Workloads in their smallest form; both sides of a pair do the same."""

from __future__ import annotations

import json
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from benchmarks.bench import SOURCES, Bench, BenchmarkError
from benchmarks.digits import ALL, FEW
from benchmarks.engines.workload import SHAPES, Engines
from benchmarks.matrix_products import epoch_of_products
from benchmarks.pairs import Pair
from benchmarks.workloads import WORKLOADS
from nnlab.config import load_config
from nnlab.report.progress import SilentProgress

PAIRS = {item.script: item for item in WORKLOADS if isinstance(item, Pair)}.values()
# Layers that nnlab adds before the first one, to take raw rows.
PREPARATION = {"InputLayer", "Flatten", "Rescaling", "Normalization"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Create a bench whose digits are 256 rows of noise."""
    for config in SOURCES.glob("*/*.yaml"):
        (tmp_path / config.parent.name).mkdir(exist_ok=True)
        shutil.copy(config, tmp_path / config.parent.name)
    random = np.random.default_rng(0)
    rows = {
        f"x_{part}": random.integers(0, 256, (size, 28, 28), np.uint8)
        for part, size in (("train", 256), ("test", 32))
    }
    labels = {f"y_{name[2:]}": np.arange(len(rows[name])) % 10 for name in rows}
    for name in (ALL, FEW):
        np.savez(tmp_path / name, allow_pickle=False, **rows, **labels)
    return Bench(tmp_path, quick=True)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.script.split(".", 1)[1])
def test_script_and_config_train_the_same_model_in_the_same_way(
    pair: Pair, bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    from nnlab.engine.training.context import TrainingOptions
    from nnlab.engine.training.train import train

    config = bench.folder / pair.config
    monkeypatch.chdir(config.parent)
    monkeypatch.setattr(sys, "argv", ["by_hand.py", "--epochs", "2"])
    runpy.run_module(pair.script, run_name="__main__")
    assert len(json.loads(capsys.readouterr().out.splitlines()[-1])["epoch_seconds"]) == 2
    experiment = load_config(config, ["training.epochs=2"])
    plain = TrainingOptions(plots=False)
    record = train(experiment, runs_dir=Path("runs"), progress=SilentProgress(), options=plain)

    by_hand = keras.models.load_model("model.keras")
    ours = keras.models.load_model(Path("runs", record.id, "model.keras"))
    assert layers_of(ours) == layers_of(by_hand)
    assert optimizer(ours) == optimizer(by_hand)
    assert record.epochs_run == 2
    updates = record.training["steps_per_epoch"] * record.epochs_run
    assert int(by_hand.optimizer.iterations) == updates
    written = {path.name for path in Path().glob("*.png")}
    assert written == {f"{name}.png" for name in ("loss", "accuracy")}
    assert load_config(config).training.epochs == max(
        item.epochs for item in WORKLOADS if isinstance(item, Pair) and item.script == pair.script
    )


def layers_of(model: Any) -> list[dict[str, Any]]:
    """Return the configs of the layers, without names and preprocessing layers."""
    return [
        {"class": type(layer).__name__} | {key: config[key] for key in config if key != "name"}
        for layer in model.layers
        if type(layer).__name__ not in PREPARATION
        for config in [without_seeds(layer.get_config())]
    ]


def without_seeds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_seeds(item) for key, item in value.items() if key != "seed"}
    return value


def optimizer(model: Any) -> Any:
    """Return the config of the optimizer, and the name of the loss."""
    config = model.optimizer.get_config()
    # The loss of the script is a name, that of nnlab an object.
    return {key: config[key] for key in config if key != "name"}, getattr(
        model.loss, "name", model.loss
    )


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.title))
def test_shape_overrides_the_config_as_its_title_says(shape: Any) -> None:
    experiment = load_config(SOURCES / "engines" / "config.yaml", shape.changes)
    assert experiment.training.epochs == shape.epochs
    layers = experiment.to_tree()["model"]["layers"]
    assert len(layers) == 1 + len(shape.hidden) * (3 if shape.normalized else 1)


def test_products_are_those_of_a_backward_pass() -> None:
    last = epoch_of_products([3, 4, 2], rows=5, batch=2)()
    random = np.random.default_rng(0)
    inputs = random.random((5, 3), np.float32)[4:]
    first = random.standard_normal((3, 4)).astype(np.float32) / 3**0.5
    second = random.standard_normal((4, 2)).astype(np.float32) / 4**0.5
    hidden = inputs @ first
    gradient = hidden @ second
    expected = [inputs.T @ (gradient @ second.T), hidden.T @ gradient]
    # The gradients of the last full batch come first, then those of the remaining rows.
    for actual, desired in zip(last[2:], expected, strict=True):
        np.testing.assert_allclose(actual, desired, rtol=1e-5)


def test_products_with_adam_update_like_keras() -> None:
    sizes, shapes, rows = [3, 4, 2], [(3, 4), (4, 2)], 4
    gradients = epoch_of_products(sizes, rows, batch=4)()
    updated = epoch_of_products(sizes, rows, batch=4, adam=True)()
    random = np.random.default_rng(0)
    random.random((rows, 3), np.float32)
    for shape, gradient, weights in zip(shapes, gradients, updated[::3], strict=True):
        variable = keras.Variable(
            random.standard_normal(shape).astype(np.float32) / shape[0] ** 0.5
        )
        adam = keras.optimizers.Adam()
        adam.build([variable])
        adam.apply([gradient])
        np.testing.assert_allclose(weights, variable.numpy(), atol=1e-6)


def test_error_of_a_failed_process_has_its_exit_code_and_output(bench: Bench) -> None:
    with pytest.raises(BenchmarkError, match=r"(?s)Exit code 3: -c .*something is amiss"):
        bench.python("-c", "import sys; print('something is amiss'); sys.exit(3)")


@pytest.mark.parametrize("terminal", [True, False])
def test_standard_error_is_a_terminal_on_request(bench: Bench, terminal: bool) -> None:
    code = "import sys; sys.stderr.write('x' * 100_000); print(sys.stderr.isatty())"
    assert bench.python("-c", code, terminal=terminal).output == f"{terminal}\n"


@pytest.mark.slow
def test_silent_training_writes_no_log(bench: Bench) -> None:
    module = "benchmarks.writing.silent"
    record = bench.python("-m", module, "start/config.yaml").last_json()
    written = {path.name for path in (bench.folder / "runs" / record["id"]).iterdir()}
    assert not written & {"metrics.csv", "tensorboard"}
    assert record["timing"]["fit_s"] > 0


@pytest.mark.slow
def test_sweep_times_both_engines(bench: Bench) -> None:
    fit, run = Engines(SHAPES[:1]).measure(bench)
    assert (fit.what, run.what) == ("fit", "run")
    assert 0 < fit.nnlab_s[0] < run.nnlab_s[0]
    assert fit.nnlab_s != fit.other_s
