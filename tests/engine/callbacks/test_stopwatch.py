"""The stopwatch: its samples, and when it stops the training."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from nnlab.engine.callbacks import stopwatch
from nnlab.engine.callbacks.stopwatch import Stopwatch


class Clock:
    """A clock that a test advances."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        monkeypatch.setattr(stopwatch, "time", SimpleNamespace(perf_counter=lambda: self.now_s))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def make_stopwatch(seconds: float = 2.0, min_samples: int = 2) -> Stopwatch:
    watch = Stopwatch(10, seconds, min_samples)
    watch.set_model(SimpleNamespace(stop_training=False))
    return watch


def test_first_call_and_warm_up_are_discarded(clock: Clock) -> None:
    watch = make_stopwatch()
    watch.on_epoch_begin(0)
    for batch, step_s in ((3, 5.0), (7, 9.0), (9, 0.2)):
        clock.now_s += step_s
        watch.on_train_batch_end(batch, {"loss": 1.0})
    assert (watch.first_call_s, watch.first_steps) == (5.0, 4)
    assert watch.samples_s == pytest.approx([0.1])
    assert watch.losses == {4: 1.0}


def test_samples_have_a_minimum_duration_and_the_last_one_ends_the_training(
    clock: Clock,
) -> None:
    watch = make_stopwatch(seconds=1.0)
    epoch = 0
    while not watch.model.stop_training:
        watch.on_epoch_begin(epoch)
        for batch in range(10):
            clock.now_s += 0.01
            watch.on_train_batch_end(batch, {"loss": 1.0})
        watch.on_epoch_end(epoch, {"loss": 1.0})
        epoch += 1
    assert watch.samples_s == pytest.approx([0.01] * len(watch.samples_s))
    assert 9 <= len(watch.samples_s) <= 10
    assert watch.epochs_s == pytest.approx([0.1] * len(watch.epochs_s))
    assert sorted(watch.losses) == [1, 10, 20, 40, 80]


def test_replayed_epochs_use_their_reported_durations(clock: Clock) -> None:
    watch = make_stopwatch(seconds=0.4, min_samples=2)
    for epoch in range(40):
        clock.now_s += 7.0
        watch.epoch_state.seconds_before = 0.5 if epoch == 0 else 0.02
        watch.on_epoch_begin(epoch)
        watch.on_train_batch_end(9, {"loss": 1.0})
        watch.on_epoch_end(epoch, {"loss": 1.0})
    assert watch.first_call_s == pytest.approx(0.5)
    assert watch.samples_s == pytest.approx([0.002] * len(watch.samples_s))
    assert watch.epochs_s == pytest.approx([0.02] * len(watch.epochs_s))
    assert watch.model.stop_training


def test_unfinished_epoch_is_discarded(clock: Clock) -> None:
    watch = make_stopwatch()
    for epoch in range(2):
        watch.on_epoch_begin(epoch)
        for batch in (4, 9) if epoch == 0 else (4,):
            clock.now_s += 1.0
            watch.on_train_batch_end(batch, {"loss": 1.0})
        watch.on_epoch_end(epoch, {"loss": 0.5})
    assert watch.losses == {5: 1.0, 10: 0.5}
    assert watch.epochs_s == []
