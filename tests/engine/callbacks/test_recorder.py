"""What is recorded of an epoch, and what ends a training that has diverged."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import SupportsFloat

import keras
import pytest

from nnlab.engine.callbacks import Diverged, Recorder, RunCallbacks, TerminateOnNaN
from nnlab.engine.runtime.signals import Interruption
from nnlab.errors import RunInterrupted
from nnlab.report.progress import SilentProgress


class Told(SilentProgress):
    """Progress that remembers which epochs it was told to be the best."""

    def __init__(self) -> None:
        self.best: list[bool] = []

    def epoch(
        self, epoch: int, logs: Mapping[str, SupportsFloat], *, best: bool, seconds: float
    ) -> None:
        del epoch, logs, seconds
        self.best.append(best)


def compiled() -> keras.Model:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.9)
    model.compile(keras.optimizers.SGD(schedule), "mse")
    return model


def recorder(progress: SilentProgress | None = None) -> tuple[Recorder, list[int]]:
    rows: list[int] = []
    recording = Recorder(
        lambda epoch, _: rows.append(epoch), progress or Told(), lambda: 2, Interruption()
    )
    recording.set_model(compiled())
    return recording, rows


@pytest.mark.parametrize("name", ["loss", "val_loss"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_loss_that_is_not_finite_ends_the_training(name: str, value: float) -> None:
    watch = TerminateOnNaN(terminate_on_nan=True)
    watch.set_model(compiled())
    with pytest.raises(Diverged, match="diverged at epoch 3"):
        watch.on_epoch_end(2, {"loss": 1.0, name: value})


def test_diverged_loss_is_allowed_where_the_config_says_so() -> None:
    watch, logs = TerminateOnNaN(terminate_on_nan=False), {"loss": math.nan}
    watch.set_model(compiled())
    watch.on_epoch_end(0, logs)
    assert "learning_rate" in logs


def test_long_epoch_is_ended_before_its_end() -> None:
    watch = TerminateOnNaN(terminate_on_nan=True)
    watch.on_epoch_begin(4)
    watch.on_train_batch_end(0, {"loss": math.nan})
    watch._due = 0.0
    with pytest.raises(Diverged, match="epoch 5"):
        watch.on_train_batch_end(1, {"loss": math.nan})


def test_learning_rate_is_that_of_the_schedule() -> None:
    watch, logs = TerminateOnNaN(terminate_on_nan=True), {"loss": 1.0}
    watch.set_model(compiled())
    watch.on_epoch_end(0, logs)
    assert logs["learning_rate"] == 0.5


def test_each_epoch_is_recorded_and_the_best_one_told() -> None:
    progress = Told()
    recording, rows = recorder(progress)
    for epoch in range(3):
        recording.on_epoch_begin(epoch)
        recording.on_epoch_end(epoch, {"loss": 1.0 - epoch})
    assert rows == [1, 2, 3]
    assert progress.best == [False, True, False]
    assert [logs["loss"] for logs in recording.history] == [1, 0, -1]


def test_wish_to_stop_is_heeded_at_every_step_and_epoch() -> None:
    interruption = Interruption()
    recording = Recorder(lambda *_: None, SilentProgress(), lambda: None, interruption)
    interruption._note(2, None)
    calls: list[Callable[[], None]] = [
        lambda: recording.on_epoch_begin(0),
        lambda: recording.on_train_batch_end(0, {}),
        lambda: recording.on_test_batch_end(0, {}),
    ]
    for call in calls:
        with pytest.raises(RunInterrupted):
            call()


def test_compiling_is_what_the_first_epoch_took_longer() -> None:
    recording, _ = recorder()
    recording.seconds = [1.5, 0.5, 0.25, 0.5]
    assert recording.epoch_s() == 0.5
    assert recording.compile_s(steps_per_epoch=4) == 1.0
    recording.seconds = [0.4, 0.5]
    assert recording.compile_s(steps_per_epoch=4) == 0


def test_compiling_within_a_single_epoch_is_what_its_first_step_took_longer() -> None:
    recording, _ = recorder()
    recording.seconds, recording.first_step_s = [1.3], 1.0
    assert recording.compile_s(steps_per_epoch=4) == pytest.approx(0.9)
    assert recording.epoch_s() == 1.3


def test_figures_come_in_keras_order_with_those_of_validation_behind() -> None:
    seen: list[list[str]] = []

    class Seeing(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            del epoch
            seen.append(list(logs or {}))

    callbacks = RunCallbacks([Seeing()], [], compiled(), epochs=1, steps=1)
    callbacks.on_train_begin()
    callbacks.on_epoch_end(0, {"loss": 1, "auc": 2, "val_auc": 3, "val_loss": 4})
    assert seen == [["loss", "auc", "val_loss", "val_auc"]]
