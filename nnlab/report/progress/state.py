"""The state of a run as shown by its progress: the last epoch, the best one, the pace."""

from __future__ import annotations

import time
from collections import deque

from nnlab.report.progress.events import Logs, StartInfo
from nnlab.report.text.numbers import format_metric, format_seconds

_PACE_EPOCHS = 20


class RunState:
    """The numbers shown by the progress of a run. An update takes about a microsecond."""

    def __init__(self, info: StartInfo) -> None:
        self.info = info
        self.started = time.monotonic()
        self.epochs_done = 0
        self.step = 0
        self.logs: Logs = {}
        self.partial_logs: Logs = {}
        self.seconds = 0.0
        self._best: tuple[int, Logs] | None = None
        self._updates = 0
        self._recent_s: deque[float] = deque(maxlen=_PACE_EPOCHS)
        self._epoch_started = self.started
        self._first_step: tuple[int, float] | None = None
        self._last_step_at = self.started

    def batch(self, step: int, logs: Logs) -> None:
        """Update the current epoch."""
        self.step, self.partial_logs, self._last_step_at = step, logs, time.monotonic()
        if self._first_step is None:
            self._first_step = (step, self._last_step_at)

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """Add a finished epoch."""
        if self._updates == 1:
            self._recent_s.clear()
        # The first epoch includes tracing and compiling: only the pace of its later steps counts.
        epoch_s = seconds if self._updates else self._steps_s(self.info.steps_per_epoch)
        if epoch_s is not None:
            self._recent_s.append(epoch_s)
        self._updates += 1
        self._first_step = None
        self.epochs_done, self.step, self.seconds = epoch, 0, seconds
        self.logs, self.partial_logs = logs, {}
        self._epoch_started = time.monotonic()
        if best:
            self._best = (epoch, logs)

    def latest_logs(self) -> Logs:
        """Return the last epoch's values, updated by those of the current epoch."""
        return {**self.logs, **self.partial_logs}

    def elapsed_s(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.started

    def completed_epochs(self) -> float:
        """Return the number of finished epochs, including the fraction of the current one."""
        steps = self.info.steps_per_epoch
        return self.epochs_done + (min(self.step / steps, 1.0) if steps else 0.0)

    def remaining_s(self) -> float | None:
        """Return the remaining seconds at the recent pace, or None if unknown."""
        epochs = self.info.epochs - self.epochs_done
        if self._recent_s:
            epoch_s = sum(self._recent_s) / len(self._recent_s)
            spent_s = min(time.monotonic() - self._epoch_started, epoch_s) if epochs else 0.0
            return max(epoch_s * epochs - spent_s, 0.0)
        return self._steps_s(epochs * self.info.steps_per_epoch - self.step)

    def _steps_s(self, steps: int) -> float | None:
        """Return the seconds of steps at the pace after the first one, which includes compiling."""
        if self._first_step is None or self.step <= self._first_step[0]:
            return None
        first, started = self._first_step
        return (self._last_step_at - started) / (self.step - first) * steps

    def format_best(self) -> str:
        """Format the best epoch and its monitored value; empty if there is none."""
        monitor = self.info.monitor
        if self._best is None or monitor is None or monitor not in self._best[1]:
            return ""
        epoch, logs = self._best
        return f"best {monitor} {format_metric(float(logs[monitor]))} (epoch {epoch:,})"

    def format_remaining(self) -> str:
        """Format the remaining time; empty if unknown."""
        seconds = self.remaining_s()
        is_over = self.epochs_done >= self.info.epochs
        return "" if seconds is None or is_over else f"{format_seconds(seconds)} left"
