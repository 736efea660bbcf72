"""Recording of epochs, and the end of a diverged training."""

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


class BestEpochs(SilentProgress):
    """Progress that remembers which epochs were reported as the best."""

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


def make_recorder(progress: SilentProgress | None = None) -> tuple[Recorder, list[int]]:
    rows: list[int] = []
    recorder = Recorder(
        lambda epoch, _: rows.append(epoch), progress or BestEpochs(), lambda: 2, Interruption()
    )
    recorder.set_model(compiled())
    return recorder, rows


@pytest.mark.parametrize("name", ["loss", "val_loss"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_infinite_or_nan_loss_ends_the_training(name: str, value: float) -> None:
    callback = TerminateOnNaN(terminate_on_nan=True)
    callback.set_model(compiled())
    with pytest.raises(Diverged, match="diverged at epoch 3"):
        callback.on_epoch_end(2, {"loss": 1.0, name: value})


def test_nan_is_allowed_if_the_config_says_so() -> None:
    callback, logs = TerminateOnNaN(terminate_on_nan=False), {"loss": math.nan}
    callback.set_model(compiled())
    callback.on_epoch_end(0, logs)
    assert "learning_rate" in logs


def test_long_epoch_is_checked_before_its_end() -> None:
    callback = TerminateOnNaN(terminate_on_nan=True)
    callback.on_epoch_begin(4)
    callback.on_train_batch_end(0, {"loss": math.nan})
    callback._next_check_s = 0.0
    with pytest.raises(Diverged, match="epoch 5"):
        callback.on_train_batch_end(1, {"loss": math.nan})


def test_learning_rate_comes_from_the_schedule() -> None:
    callback, logs = TerminateOnNaN(terminate_on_nan=True), {"loss": 1.0}
    callback.set_model(compiled())
    callback.on_epoch_end(0, logs)
    assert logs["learning_rate"] == 0.5


def test_each_epoch_is_recorded_and_the_best_one_reported() -> None:
    progress = BestEpochs()
    recorder, rows = make_recorder(progress)
    for epoch in range(3):
        recorder.on_epoch_begin(epoch)
        recorder.on_epoch_end(epoch, {"loss": 1.0 - epoch})
    assert rows == [1, 2, 3]
    assert progress.best == [False, True, False]
    assert [logs["loss"] for logs in recorder.history] == [1, 0, -1]


def test_interruption_is_checked_at_every_step_and_epoch() -> None:
    interruption = Interruption()
    recorder = Recorder(lambda *_: None, SilentProgress(), lambda: None, interruption)
    interruption._count_signal(2, None)
    calls: list[Callable[[], None]] = [
        lambda: recorder.on_epoch_begin(0),
        lambda: recorder.on_train_batch_end(0, {}),
        lambda: recorder.on_test_batch_end(0, {}),
    ]
    for call in calls:
        with pytest.raises(RunInterrupted):
            call()


def test_compile_time_is_the_excess_of_the_first_epoch() -> None:
    recorder, _ = make_recorder()
    recorder.seconds = [1.5, 0.5, 0.25, 0.5]
    assert recorder.epoch_s() == 0.5
    assert recorder.compile_s(steps_per_epoch=4) == 1.0
    recorder.seconds = [0.4, 0.5]
    assert recorder.compile_s(steps_per_epoch=4) == 0


def test_compile_time_of_a_single_epoch_is_the_excess_of_its_first_step() -> None:
    recorder, _ = make_recorder()
    recorder.seconds, recorder.first_step_s = [1.3], 1.0
    assert recorder.compile_s(steps_per_epoch=4) == pytest.approx(0.9)
    assert recorder.epoch_s() == 1.3


def test_metrics_keep_the_order_of_keras_with_validation_last() -> None:
    names: list[list[str]] = []

    class Names(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            del epoch
            names.append(list(logs or {}))

    callbacks = RunCallbacks([Names()], [], compiled(), epochs=1, steps=1)
    callbacks.on_train_begin()
    callbacks.on_epoch_end(0, {"loss": 1, "auc": 2, "val_auc": 3, "val_loss": 4})
    assert names == [["loss", "auc", "val_loss", "val_auc"]]
