"""Times the steps of a training as it goes, and ends it when that is enough."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from nnlab.engine.callbacks.epoch_state import EpochStateCallback

# A call costs about as long as a short step: what is timed takes a hundred times that.
_PIECE_S = 0.1
_WARM_UP_S = 0.5
_SHARES = 4


class Stopwatch(EpochStateCallback):
    """Times pieces of a training that has no end of its own.

    What is timed is what whoever trains waits for: a piece ends when its loss can be read. After
    the first piece, which holds tracing and compiling, come some to warm up, which do not count.
    Epochs that are run many at once are told of afterwards: their own seconds count, not the
    clock's.

    Args:
        steps_per_epoch: Steps an epoch.
        seconds: How long to time, after the warm-up.
        pieces: Pieces at least.

    Attributes:
        first_call_s: Seconds until the first loss.
        first_steps: Steps of the first piece.
        samples_s: For each piece, in seconds, the time of a step.
        epochs_s: The time of each whole epoch after the warm-up, in seconds.
        losses: The training loss by the number of steps done: of the first piece, and at the end of
            the epochs 1, 2, 4, 8, ...
    """

    def __init__(self, steps_per_epoch: int, seconds: float, pieces: int) -> None:
        super().__init__()
        self.first_call_s = 0.0
        self.first_steps = 0
        self.samples_s: list[float] = []
        self.epochs_s: list[float] = []
        self.losses: dict[int, float] = {}
        self._steps_per_epoch = steps_per_epoch
        self._seconds = seconds
        self._pieces = pieces
        self._piece_s = min(_PIECE_S, seconds / pieces / _SHARES)
        self._warm_up_s = min(_WARM_UP_S, seconds / _SHARES)
        self._told_s: float | None = None
        self._epoch = 0
        self._steps = 0
        self._start_s: float | None = None
        self._warm_s: float | None = None
        self._mark: tuple[float, int] | None = None
        self._epoch_mark_s: float | None = None

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._epoch = epoch
        told_s = self.end.seconds_before
        if self._start_s is None:
            self._told_s = 0.0 if told_s else None
            self._start_s = self._now()
        if self._told_s is not None:
            self._told_s += told_s

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        self._steps = self._epoch * self._steps_per_epoch + batch + 1
        figures = logs or {}
        if self._warm_s is None:
            self._end_first_piece(float(figures["loss"]))
        elif self._now() >= (self._warm_s if self._mark is None else self._mark[0] + self._piece_s):
            # A step is over when its figures can be read.
            float(figures["loss"])
            self._end_piece()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        if self._steps != (epoch + 1) * self._steps_per_epoch:
            return
        now, number = self._now(), epoch + 1
        if number & (number - 1) == 0:
            self.losses[self._steps] = float((logs or {})["loss"])
        if self._epoch_mark_s is not None:
            self.epochs_s.append(now - self._epoch_mark_s)
        if self._warm_s is not None and now >= self._warm_s:
            self._epoch_mark_s = now

    def _end_first_piece(self, loss: float) -> None:
        now = self._now()
        self.first_call_s, self.first_steps = now - (self._start_s or 0.0), self._steps
        self.losses[self._steps] = loss
        self._warm_s = now + self._warm_up_s

    def _end_piece(self) -> None:
        now = self._now()
        if self._mark is not None:
            since, before = self._mark
            self.samples_s.append((now - since) / (self._steps - before))
        self._mark = (now, self._steps)
        is_long_enough = now - (self._warm_s or now) >= self._seconds
        if is_long_enough and len(self.samples_s) >= self._pieces:
            self.model.stop_training = True

    def _now(self) -> float:
        """The clock; where epochs are told of afterwards, the sum of what they took."""
        return time.perf_counter() if self._told_s is None else self._told_s
