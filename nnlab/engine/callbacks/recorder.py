"""Record the epochs of a training in the run folder and report them to the progress display."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from nnlab.config.metrics import LEARNING_RATE
from nnlab.engine.callbacks.epoch_state import EpochStateCallback
from nnlab.engine.runtime.signals import Interruption
from nnlab.report.progress import Progress

# Reading a metric of a running step waits for the step.
_CHECK_INTERVAL_S = 1.0


class Diverged(Exception):  # noqa: N818 - a result of the training, not an error of nnlab
    """The loss is not finite any more; seen in `epoch`, from 1."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        super().__init__(f"diverged at epoch {epoch}")


class TerminateOnNaN(EpochStateCallback):
    """Add the learning rate to the logs, and end training when the loss is not finite.

    It must be the first callback.

    Args:
        terminate_on_nan: Whether a loss that is not finite ends the training.
    """

    def __init__(self, *, terminate_on_nan: bool) -> None:
        super().__init__()
        self._terminates = terminate_on_nan
        self._epoch = 0
        self._next_check_s = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._epoch = epoch + 1
        self._next_check_s = time.monotonic() + _CHECK_INTERVAL_S

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Check the loss of a long epoch periodically: it never becomes finite again."""
        del batch
        if self._terminates and logs and time.monotonic() >= self._next_check_s:
            self._next_check_s = time.monotonic() + _CHECK_INTERVAL_S
            if not math.isfinite(float(logs["loss"])):
                raise Diverged(self._epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        values = {} if logs is None else logs
        losses = [values[name] for name in ("loss", "val_loss") if name in values]
        if self._terminates and not all(map(math.isfinite, losses)):
            raise Diverged(epoch + 1)
        values[LEARNING_RATE] = self.epoch_state.learning_rate


class Recorder(EpochStateCallback):
    """Record and display each epoch, and stop when the user interrupts the run.

    It must be the last callback.

    Args:
        log_epoch: Writes an epoch, from 1, and its metrics to the run's `metrics.csv`.
        progress: The progress display.
        best_epoch: Returns the best epoch so far, from 1, or None.
        interruption: The user's stop signals.

    Attributes:
        history: Metrics of each epoch by name.
        seconds: Duration of each epoch.
        first_step_s: Duration of the first step, including tracing and compiling.
    """

    def __init__(
        self,
        log_epoch: Callable[[int, Mapping[str, float]], None],
        progress: Progress,
        best_epoch: Callable[[], int | None],
        interruption: Interruption,
    ) -> None:
        super().__init__()
        self.history: list[dict[str, float]] = []
        self.seconds: list[float] = []
        self.first_step_s: float | None = None
        self._log_epoch = log_epoch
        self._progress = progress
        self._best_epoch = best_epoch
        self._interruption = interruption
        self._epoch = 0
        self._start_s = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._interruption.check()
        self._epoch = epoch + 1
        self._start_s = time.perf_counter() - self.epoch_state.seconds_before

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        self._interruption.check()
        if self.first_step_s is None:
            self.first_step_s = time.perf_counter() - self._start_s
        self._progress.batch(self._epoch, batch + 1, logs or {})

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del batch, logs
        self._interruption.check()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        values = dict(logs or {})
        seconds = time.perf_counter() - self._start_s
        self.history.append(values)
        self.seconds.append(seconds)
        self._log_epoch(epoch + 1, values)
        is_best = self._best_epoch() == epoch + 1
        self._progress.epoch(epoch + 1, values, best=is_best, seconds=seconds)

    def epoch_s(self) -> float | None:
        """Return the median duration of the epochs after the first, which includes compiling.

        None before the first epoch ends.
        """
        return statistics.median(self.seconds[1:] or self.seconds) if self.seconds else None

    def compile_s(self, steps_per_epoch: int) -> float:
        """Estimate the seconds of tracing and compiling.

        This is the excess of the first epoch over the median of the others; with a single epoch,
        the excess of its first step over its other steps.
        """
        if len(self.seconds) > 1:
            return max(0.0, self.seconds[0] - statistics.median(self.seconds[1:]))
        if self.first_step_s is None:
            return 0.0
        if not self.seconds or steps_per_epoch == 1:
            return self.first_step_s
        step_s = (self.seconds[0] - self.first_step_s) / (steps_per_epoch - 1)
        return max(0.0, self.first_step_s - step_s)
