"""Callbacks work with epochs on the device as with `fit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.config.schema.training import EarlyStopping as EarlyStoppingConfig
from nnlab.config.schema.training import ReduceLROnPlateau as PlateauConfig
from nnlab.data import PreparedData
from nnlab.engine.callbacks import (
    AveragedWeights,
    BestWeights,
    Diverged,
    EarlyStopping,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from nnlab.engine.callbacks.monitor import Monitor
from nnlab.engine.loops import Loop
from nnlab.engine.loops.compiled import CompiledEpochs
from nnlab.engine.loops.epoch_pass import NO_JIT, JitCompile
from nnlab.engine.loops.loop import KerasFit
from nnlab.errors import RunInterrupted

pytestmark = pytest.mark.slow

Run = Callable[..., Any]
GRAPH = CompiledEpochs(NO_JIT)
COMPILED = CompiledEpochs(JitCompile(full_batches=True, last_batch=True))
GROUPED = CompiledEpochs(NO_JIT, grouped=True)

RNG = np.random.default_rng(4)
X = RNG.normal(size=(38, 4)).astype(np.float32)
Y = X[:, :1] + 1


def experiment_of(*layers: Any, **training: Any) -> Experiment:
    settings = {"optimizer": {"SGD": 0.05}, "loss": "mse", "batch_size": 8, "epochs": 3}
    return Experiment.model_validate(
        {
            "seed": 3,
            "data": {"dataset": "xor"},
            "model": {"layers": [*layers, {"Dense": 1}]},
            "training": settings | training,
        }
    )


@pytest.fixture
def data(prepared: Callable[..., PreparedData]) -> PreparedData:
    return prepared({"output": Y}, {"input": X})


@pytest.mark.parametrize("loop", [GRAPH, COMPILED, GROUPED])
def test_hooks_are_called_as_by_fit(loop: Loop, run: Run, data: PreparedData) -> None:
    expected = run(KerasFit(), experiment_of(), data)
    outcome = run(loop, experiment_of(), data)
    assert outcome.log.calls == expected.log.calls
    assert outcome.log.last_batches[-1] == expected.log.last_batches[-1] == 3


def early_stopping() -> EarlyStopping:
    config = EarlyStoppingConfig(min_delta=0.1, patience=2)
    return EarlyStopping(config, Monitor("val_loss", "min"))


@pytest.mark.parametrize("loop", [COMPILED, GROUPED])
def test_early_stopping_stops_at_the_epoch_of_fit(loop: Loop, run: Run, data: PreparedData) -> None:
    experiment = experiment_of(epochs=60)
    expected = run(KerasFit(), experiment, data, [early_stopping()])
    outcome = run(loop, experiment, data, [early_stopping()])
    assert len(outcome.log.epochs) == len(expected.log.epochs) < 60
    for weights, reference in zip(outcome.weights, expected.weights, strict=True):
        np.testing.assert_allclose(weights, reference, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loop", [COMPILED, GROUPED])
def test_learning_rate_changed_between_epochs_is_used(
    loop: Loop, run: Run, data: PreparedData
) -> None:
    def plateau() -> ReduceLROnPlateau:
        config = PlateauConfig(min_delta=0.2, patience=1, factor=0.3)
        return ReduceLROnPlateau(config, Monitor("loss", "min"))

    experiment = experiment_of(epochs=8)
    expected = run(KerasFit(), experiment, data, [plateau()])
    outcome = run(loop, experiment, data, [plateau()])
    rate = float(outcome.model.optimizer.learning_rate)
    assert rate == float(expected.model.optimizer.learning_rate) < 0.05
    for epoch, reference in zip(outcome.log.epochs, expected.log.epochs, strict=True):
        assert epoch == pytest.approx(reference, rel=1e-5)


def test_averaged_weights_are_used_in_validation_and_kept(run: Run, data: PreparedData) -> None:
    experiment = experiment_of(
        optimizer={"SGD": {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8}}
    )
    expected = run(KerasFit(), experiment, data, [AveragedWeights()])
    outcome = run(COMPILED, experiment, data, [AveragedWeights()])
    for epoch, reference in zip(outcome.log.epochs, expected.log.epochs, strict=True):
        assert epoch == pytest.approx(reference, rel=1e-5)
    for weights, reference in zip(outcome.weights, expected.weights, strict=True):
        np.testing.assert_allclose(weights, reference, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loop", [GRAPH, COMPILED, GROUPED])
def test_divergence_is_detected(loop: Loop, run: Run, data: PreparedData) -> None:
    experiment = experiment_of(optimizer={"SGD": 1e12}, epochs=20)
    with pytest.raises(Diverged):
        run(loop, experiment, data, [TerminateOnNaN(terminate_on_nan=True)])


def test_grouped_epochs_are_bit_identical_to_single_ones(run: Run, data: PreparedData) -> None:
    experiment = experiment_of({"Dropout": 0.3}, "BatchNormalization", optimizer="adam", epochs=21)
    expected, outcome = (run(loop, experiment, data) for loop in (GRAPH, GROUPED))
    assert outcome.log.epochs == expected.log.epochs
    for values, reference in zip(
        outcome.weights + outcome.slots, expected.weights + expected.slots, strict=True
    ):
        np.testing.assert_array_equal(values, reference)


def test_weights_of_an_epoch_within_a_group_are_available(run: Run, data: PreparedData) -> None:
    def third_epoch_as_best() -> BestWeights:
        epochs: list[Any] = []

        def improves(logs: Mapping[str, float]) -> bool:
            epochs.append(logs)
            return len(epochs) == 3

        return BestWeights(improves, lambda: None)

    experiment = experiment_of(epochs=12)
    weights = []
    for loop in (GRAPH, GROUPED):
        best = third_epoch_as_best()
        model = run(loop, experiment, data, [best]).model
        best.restore()
        weights.append(model.get_weights())
    for values, reference in zip(*weights, strict=True):
        np.testing.assert_array_equal(values, reference)


class InterruptSecondEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Interrupt the training in its second epoch."""

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        del logs
        if epoch == 1:
            raise RunInterrupted


def test_exception_of_a_callback_ends_the_training(run: Run, data: PreparedData) -> None:
    with pytest.raises(RunInterrupted):
        run(GRAPH, experiment_of(), data, [InterruptSecondEpoch()])


RANDOM_LAYERS = [
    {"Dropout": 0.5},
    {"GaussianNoise": 0.7},
    {"GaussianDropout": 0.4},
    {"AlphaDropout": 0.3},
]


@pytest.mark.parametrize("layer", RANDOM_LAYERS, ids=lambda layer: next(iter(layer)))
def test_random_layers_repeat_with_the_seed_and_are_distributed_as_in_fit(
    layer: Any, run: Run, prepared: Callable[..., PreparedData]
) -> None:
    rows = np.random.default_rng(6).normal(size=(27 + 1, 200)).astype(np.float32)
    data = prepared({"output": np.zeros((28, 1), np.float32)}, {"input": rows})
    # The weights hardly change: the losses of the epochs are samples of the noise.
    experiment = experiment_of(layer, optimizer={"SGD": 1e-9}, epochs=40, batch_size=9)
    first, second = (run(COMPILED, experiment, data).log.epochs for _ in range(2))
    assert first == second
    expected = [epoch["loss"] for epoch in run(KerasFit(), experiment, data).log.epochs]
    losses = [epoch["loss"] for epoch in first]
    assert len(set(losses)) > 30
    standard_error = np.std(expected) / np.sqrt(len(expected))
    assert abs(np.mean(losses) - np.mean(expected)) < 5 * standard_error
    assert 0.5 < np.std(losses) / np.std(expected) < 2
