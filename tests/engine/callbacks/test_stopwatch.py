"""The stopwatch: what of a training counts, and when it is enough."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from nnlab.engine.callbacks import stopwatch
from nnlab.engine.callbacks.stopwatch import Stopwatch


class Clock:
    """A clock that a test moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        monkeypatch.setattr(stopwatch, "time", SimpleNamespace(perf_counter=lambda: self.now_s))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def started(seconds: float = 2.0, pieces: int = 2) -> Stopwatch:
    watch = Stopwatch(10, seconds, pieces)
    watch.set_model(SimpleNamespace(stop_training=False))
    return watch


def test_first_call_and_warm_up_do_not_count(clock: Clock) -> None:
    watch = started()
    watch.on_epoch_begin(0)
    for batch, later_s in ((3, 5.0), (7, 9.0), (9, 0.2)):
        clock.now_s += later_s
        watch.on_train_batch_end(batch, {"loss": 1.0})
    assert (watch.first_call_s, watch.first_steps) == (5.0, 4)
    assert watch.samples_s == pytest.approx([0.1])
    assert watch.losses == {4: 1.0}


def test_pieces_are_long_enough_to_be_timed_and_the_training_ends_with_the_last(
    clock: Clock,
) -> None:
    watch = started(seconds=1.0)
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


def test_epochs_told_of_afterwards_count_by_their_own_seconds(clock: Clock) -> None:
    watch = started(seconds=0.4, pieces=2)
    for epoch in range(40):
        clock.now_s += 7.0
        watch.end.seconds_before = 0.5 if epoch == 0 else 0.02
        watch.on_epoch_begin(epoch)
        watch.on_train_batch_end(9, {"loss": 1.0})
        watch.on_epoch_end(epoch, {"loss": 1.0})
    assert watch.first_call_s == pytest.approx(0.5)
    assert watch.samples_s == pytest.approx([0.002] * len(watch.samples_s))
    assert watch.epochs_s == pytest.approx([0.02] * len(watch.epochs_s))
    assert watch.model.stop_training


def test_epoch_that_was_cut_off_does_not_count(clock: Clock) -> None:
    watch = started()
    for epoch in range(2):
        watch.on_epoch_begin(epoch)
        for batch in (4, 9) if epoch == 0 else (4,):
            clock.now_s += 1.0
            watch.on_train_batch_end(batch, {"loss": 1.0})
        watch.on_epoch_end(epoch, {"loss": 0.5})
    assert watch.losses == {5: 1.0, 10: 0.5}
    assert watch.epochs_s == []
