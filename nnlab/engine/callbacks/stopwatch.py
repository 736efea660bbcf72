"""Step timing for benchmarks, which ends the training after enough samples."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from nnlab.engine.callbacks.epoch_state import EpochStateCallback

# Reading the loss takes about as long as a short step; a sample is about a hundred times that.
_SAMPLE_S = 0.1
_WARM_UP_S = 0.5
# Upper limit of a sample and of the warm-up: a quarter of the time available for them.
_SHARES = 4


class Stopwatch(EpochStateCallback):
    """Time samples of an endless training, then stop it.

    A sample is a number of consecutive steps, and ends when the loss of the last one can be read.
    The first sample includes tracing and compiling; those of the following warm-up are discarded.
    Callbacks of epochs that ran in a group come later: then the durations that the loop reports
    replace the clock.

    Args:
        steps_per_epoch: Steps per epoch.
        seconds: Minimum timing duration after the warm-up.
        min_samples: Minimum number of samples.

    Attributes:
        first_call_s: Seconds until the first loss.
        first_steps: Steps of the first sample.
        samples_s: Seconds per step of each sample.
        epochs_s: Seconds of each whole epoch after the warm-up.
        losses: The training loss by number of steps: after the first sample, and at the end of the
            epochs 1, 2, 4, 8, ...
    """

    def __init__(self, steps_per_epoch: int, seconds: float, min_samples: int) -> None:
        super().__init__()
        self.first_call_s = 0.0
        self.first_steps = 0
        self.samples_s: list[float] = []
        self.epochs_s: list[float] = []
        self.losses: dict[int, float] = {}
        self._steps_per_epoch = steps_per_epoch
        self._seconds = seconds
        self._min_samples = min_samples
        self._sample_s = min(_SAMPLE_S, seconds / min_samples / _SHARES)
        self._warm_up_s = min(_WARM_UP_S, seconds / _SHARES)
        self._replayed_s: float | None = None
        self._epoch = 0
        self._steps = 0
        self._start_s: float | None = None
        self._warm_s: float | None = None
        self._sample_start: tuple[float, int] | None = None
        self._epoch_start_s: float | None = None

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._epoch = epoch
        epoch_s = self.epoch_state.seconds_before
        if self._start_s is None:
            self._replayed_s = 0.0 if epoch_s else None
            self._start_s = self._now()
        if self._replayed_s is not None:
            self._replayed_s += epoch_s

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        self._steps = self._epoch * self._steps_per_epoch + batch + 1
        metrics = logs or {}
        if self._warm_s is None:
            self.losses[self._steps] = float(metrics["loss"])
            now = self._now()
            self.first_call_s, self.first_steps = now - (self._start_s or 0.0), self._steps
            self._warm_s = now + self._warm_up_s
            return
        start = self._sample_start
        if self._now() < (self._warm_s if start is None else start[0] + self._sample_s):
            return
        # Reading the loss waits for the end of the step.
        float(metrics["loss"])
        now = self._now()
        if start is not None:
            self.samples_s.append((now - start[0]) / (self._steps - start[1]))
        self._sample_start = (now, self._steps)
        is_long_enough = now - (self._warm_s or now) >= self._seconds
        if is_long_enough and len(self.samples_s) >= self._min_samples:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        if self._steps != (epoch + 1) * self._steps_per_epoch:
            return
        now, number = self._now(), epoch + 1
        if number & (number - 1) == 0:
            self.losses[self._steps] = float((logs or {})["loss"])
        if self._epoch_start_s is not None:
            self.epochs_s.append(now - self._epoch_start_s)
        if self._warm_s is not None and now >= self._warm_s:
            self._epoch_start_s = now

    def _now(self) -> float:
        """Return the clock's time, or the total duration of the replayed epochs."""
        return time.perf_counter() if self._replayed_s is None else self._replayed_s
