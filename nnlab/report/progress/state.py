"""What a listener remembers of a run: the last epoch, the best one, and the pace."""

from __future__ import annotations

import time
from collections import deque

from nnlab.report.progress.events import Logs, StartInfo
from nnlab.report.text.numbers import format_metric, format_seconds

_RECENT = 20


class RunState:
    """The numbers behind the progress that is shown. Taking one in costs about a microsecond.

    Args:
        info: What is known of the run.
    """

    def __init__(self, info: StartInfo) -> None:
        self.info = info
        self.started = time.monotonic()
        self.epochs_done = 0
        self.step = 0
        self.logs: Logs = {}
        self.running: Logs = {}
        self.seconds = 0.0
        self._best: tuple[int, Logs] | None = None
        self._told = 0
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._epoch_began = self.started
        self._first_step: tuple[int, float] | None = None
        self._stepped = self.started

    def batch(self, step: int, logs: Logs) -> None:
        """Takes in an update of the epoch under way."""
        self.step, self.running, self._stepped = step, logs, time.monotonic()
        if self._first_step is None:
            self._first_step = (step, self._stepped)

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """Takes in an epoch that ended."""
        if self._told == 1:
            self._recent.clear()
        # The first epoch holds tracing and compiling: of it counts the pace of its later steps.
        pace = seconds if self._told else self._by_steps(self.info.steps_per_epoch)
        if pace is not None:
            self._recent.append(pace)
        self._told += 1
        self._first_step = None
        self.epochs_done, self.step, self.seconds = epoch, 0, seconds
        self.logs, self.running = logs, {}
        self._epoch_began = time.monotonic()
        if best:
            self._best = (epoch, logs)

    def latest(self) -> Logs:
        """The last epoch's values, those in their place that the epoch under way has already."""
        return {**self.logs, **self.running}

    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def done(self) -> float:
        """How much of the run is done, in epochs and parts of one."""
        steps = self.info.steps_per_epoch
        return self.epochs_done + (min(self.step / steps, 1.0) if steps else 0.0)

    def left_s(self) -> float | None:
        """Seconds that are left at the recent pace; None before there is any."""
        to_go = self.info.epochs - self.epochs_done
        if self._recent:
            pace = sum(self._recent) / len(self._recent)
            spent = min(time.monotonic() - self._epoch_began, pace) if to_go else 0.0
            return max(pace * to_go - spent, 0.0)
        return self._by_steps(to_go * self.info.steps_per_epoch - self.step)

    def _by_steps(self, steps: int) -> float | None:
        """Seconds that steps take at the pace behind the epoch's first; None before there is any.

        What comes before holds tracing and compiling.
        """
        if self._first_step is None or self.step <= self._first_step[0]:
            return None
        first, began = self._first_step
        return (self._stepped - began) / (self.step - first) * steps

    def best_text(self) -> str:
        """The best epoch so far and its monitored value; empty where there is none."""
        monitor = self.info.monitor
        if self._best is None or monitor is None or monitor not in self._best[1]:
            return ""
        epoch, logs = self._best
        return f"best {monitor} {format_metric(float(logs[monitor]))} (epoch {epoch:,})"

    def left_text(self) -> str:
        """The time that is left, in words; empty where nobody can tell."""
        left = self.left_s()
        return (
            ""
            if left is None or self.epochs_done >= self.info.epochs
            else f"{format_seconds(left)} left"
        )
