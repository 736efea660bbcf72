"""What happens in a training, told to the run's folder and to whoever watches."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from nnlab.config.schema.cross_checks import LEARNING_RATE
from nnlab.engine.callbacks.epoch_state import EpochStateCallback
from nnlab.engine.runtime.signals import Interruption
from nnlab.report.progress import Progress

# Reading a figure of a step under way waits for the step.
_LOOK_S = 1.0


class Diverged(Exception):  # noqa: N818 - names what happened, not what is wrong with nnlab
    """The loss is no longer a finite number.

    Args:
        epoch: The epoch in which that was seen, from 1.
    """

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        super().__init__(f"diverged at epoch {epoch}")


class TerminateOnNaN(EpochStateCallback):
    """The first to see an epoch's end: adds the learning rate, and ends what has diverged.

    Args:
        terminate_on_nan: Whether a loss that is not finite ends the training.
    """

    def __init__(self, *, terminate_on_nan: bool) -> None:
        super().__init__()
        self._terminates = terminate_on_nan
        self._epoch = 0
        self._due = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._epoch = epoch + 1
        self._due = time.monotonic() + _LOOK_S

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Look at the loss of a long epoch now and then: it never turns finite again."""
        del batch
        if self._terminates and logs and time.monotonic() >= self._due:
            self._due = time.monotonic() + _LOOK_S
            if not math.isfinite(float(logs["loss"])):
                raise Diverged(self._epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        values = {} if logs is None else logs
        losses = [values[name] for name in ("loss", "val_loss") if name in values]
        if self._terminates and not all(map(math.isfinite, losses)):
            raise Diverged(epoch + 1)
        values[LEARNING_RATE] = self.end.learning_rate


class Recorder(EpochStateCallback):
    """The last to see an epoch's end: records it, shows it, and heeds the user's wish to stop.

    Args:
        log_epoch: Takes an epoch, from 1, and its values: the run's `metrics.csv`.
        progress: Shows how it goes.
        best_epoch: Tells the best epoch so far, from 1; None where there is none.
        interruption: Whether the user wants to stop.

    Attributes:
        history: Each epoch's values by name.
        seconds: How long each epoch took.
        first_step_s: How long the first step took, which holds tracing and compiling.
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
        self._start = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._interruption.check()
        self._epoch = epoch + 1
        self._start = time.perf_counter() - self.end.seconds_before

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        self._interruption.check()
        if self.first_step_s is None:
            self.first_step_s = time.perf_counter() - self._start
        self._progress.batch(self._epoch, batch + 1, logs or {})

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del batch, logs
        self._interruption.check()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        values = dict(logs or {})
        seconds = time.perf_counter() - self._start
        self.history.append(values)
        self.seconds.append(seconds)
        self._log_epoch(epoch + 1, values)
        is_best = self._best_epoch() == epoch + 1
        self._progress.epoch(epoch + 1, values, best=is_best, seconds=seconds)

    def epoch_s(self) -> float | None:
        """Seconds of an epoch: the median of those after the first, which holds the compiling.

        Returns:
            None where no epoch was over.
        """
        return statistics.median(self.seconds[1:] or self.seconds) if self.seconds else None

    def compile_s(self, steps_per_epoch: int) -> float:
        """Seconds of tracing and compiling, as far as they can be told from work.

        Args:
            steps_per_epoch: Updates an epoch.

        Returns:
            What the first epoch took longer than the others; with no other, what its first step
            took longer than its others.
        """
        if len(self.seconds) > 1:
            return max(0.0, self.seconds[0] - statistics.median(self.seconds[1:]))
        if self.first_step_s is None:
            return 0.0
        if not self.seconds or steps_per_epoch == 1:
            return self.first_step_s
        of_others = (self.seconds[0] - self.first_step_s) / (steps_per_epoch - 1)
        return max(0.0, self.first_step_s - of_others)
