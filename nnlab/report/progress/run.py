"""The progress of a run: its events, and listeners that show them live, as lines, or not at all."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, SupportsFloat, TextIO

from nnlab.report.progress.live_area import LiveArea, progress_bar
from nnlab.report.text.console import BrokenPipeSafeStream
from nnlab.report.text.formatting import format_metric, format_seconds
from nnlab.text import plural

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Logs = Mapping[str, SupportsFloat]

_REFRESH_PER_SECOND = 10
_PACE_EPOCHS = 20


@dataclass(frozen=True)
class StartInfo:
    """What is known about a run before its first epoch.

    Args:
        name: The experiment's name.
        device: The device.
        engine: The training engine.
        epochs: The maximum number of epochs.
        steps_per_epoch: Updates per epoch.
        rows: Training rows.
        params: The number of the model's parameters.
        monitor: The metric that selects the best epoch, if any.
    """

    name: str
    device: str
    engine: str
    epochs: int
    steps_per_epoch: int
    rows: int
    params: int
    monitor: str | None = None

    def headline(self) -> str:
        """Return a summary on one line."""
        size = f"{plural(self.params, 'parameter')}, {plural(self.rows, 'row')}"
        length = f"{plural(self.epochs, 'epoch')} of {plural(self.steps_per_epoch, 'step')}"
        return f"{self.name}: {size}, {length}, on {self.device} with {self.engine}"


class Progress(Protocol):
    """A listener to a run. Events must be cheap, as an epoch may take a millisecond.

    `stop` must be called at the end of every run, to restore the terminal's cursor.
    """

    def start(self, info: StartInfo) -> None:
        """Handle the start of training."""

    def batch(self, epoch: int, step: int, logs: Logs) -> None:
        """Handle an update, by the epoch and the step within it, both from 1.

        Only engines that return to Python between updates call it. The logs are converted to
        numbers only if they are shown.
        """

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """Handle the end of an epoch (from 1), and whether it is the best so far."""

    def message(self, text: str) -> None:
        """Show a message on a separate line."""

    def stop(self, outcome: str = "") -> None:
        """Handle the end of the run; a second call does nothing."""


class SilentProgress:
    """Progress that shows nothing, for `--json` and the trials of a search."""

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""

    def batch(self, epoch: int, step: int, logs: Logs) -> None:
        """See `Progress.batch`."""

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """See `Progress.epoch`."""

    def message(self, text: str) -> None:
        """See `Progress.message`."""

    def stop(self, outcome: str = "") -> None:
        """See `Progress.stop`."""


class PlainProgress:
    """A line per epoch, but at most one per interval; always the first and the last.

    Args:
        stream: Where to write.
        interval_s: The minimum number of seconds between two lines. Defaults to 1.
    """

    def __init__(self, stream: TextIO, interval_s: float = 1.0) -> None:
        self._stream = BrokenPipeSafeStream(stream)
        self._interval_s = interval_s
        self._state: _State | None = None
        self._printed_epoch = 0
        self._next_line_at = 0.0

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        self._state = _State(info)
        self._printed_epoch = 0
        self._next_line_at = 0.0
        self.message(info.headline())

    def batch(self, epoch: int, step: int, logs: Logs) -> None:  # noqa: ARG002 - the epoch is known
        """See `Progress.batch`."""
        if self._state is not None:
            self._state.batch(step, logs)

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """See `Progress.epoch`."""
        if self._state is None:
            return
        self._state.epoch(epoch, logs, best=best, seconds=seconds)
        now = time.monotonic()
        if now >= self._next_line_at:
            self._next_line_at = now + self._interval_s
            self._print_epoch(self._state)

    def message(self, text: str) -> None:
        """See `Progress.message`."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def stop(self, outcome: str = "") -> None:
        """See `Progress.stop`."""
        if self._state is None:
            return
        if self._state.epochs_done > self._printed_epoch:
            self._print_epoch(self._state)
        if outcome:
            self.message(outcome)
        self._state = None

    def _print_epoch(self, state: _State) -> None:
        """Print the line of the last epoch."""
        self._printed_epoch = state.epochs_done
        total = str(state.info.epochs)
        parts = [
            f"epoch {state.epochs_done:>{len(total)}}/{total}",
            format_logs(state.logs),
            state.format_best(),
            format_seconds(state.seconds),
            state.format_remaining(),
        ]
        self.message("  ".join(filter(None, parts)))


class RichProgress:
    """A bar for the whole run, with the last and the best values below.

    Events only store numbers; a thread of Rich renders them ten times a second.
    """

    def __init__(self, console: Console) -> None:
        self._area = LiveArea(console)
        self._state: _State | None = None

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        self.stop()
        self._state = state = _State(info)
        self.message(info.headline())
        self._area.open(state.render, per_second=_REFRESH_PER_SECOND)

    def batch(self, epoch: int, step: int, logs: Logs) -> None:  # noqa: ARG002 - the epoch is known
        """See `Progress.batch`."""
        if self._state is not None:
            self._state.batch(step, logs)

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """See `Progress.epoch`."""
        if self._state is not None:
            self._state.epoch(epoch, logs, best=best, seconds=seconds)

    def message(self, text: str) -> None:
        """See `Progress.message`."""
        self._area.message(text)

    def stop(self, outcome: str = "") -> None:
        """See `Progress.stop`."""
        self._state = None
        self._area.close(outcome)


class _State:
    """The numbers shown by the progress of a run. An update takes about a microsecond."""

    def __init__(self, info: StartInfo) -> None:
        self.info = info
        self.epochs_done = 0
        self.logs: Logs = {}
        self.seconds = 0.0
        self._step = 0
        self._partial_logs: Logs = {}
        self._best: tuple[int, Logs] | None = None
        self._updates = 0
        self._recent_s: deque[float] = deque(maxlen=_PACE_EPOCHS)
        self._first_step: tuple[int, float] | None = None
        self._started = self._epoch_started = self._last_step_at = time.monotonic()

    def batch(self, step: int, logs: Logs) -> None:
        """Update the current epoch."""
        self._step, self._partial_logs, self._last_step_at = step, logs, time.monotonic()
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
        self.epochs_done, self._step, self.seconds = epoch, 0, seconds
        self.logs, self._partial_logs = logs, {}
        self._epoch_started = time.monotonic()
        if best:
            self._best = (epoch, logs)

    def _steps_s(self, steps: int) -> float | None:
        """Return the seconds of steps at the pace after the first one, which includes compiling."""
        if self._first_step is None or self._step <= self._first_step[0]:
            return None
        first, started = self._first_step
        return (self._last_step_at - started) / (self._step - first) * steps

    def format_best(self) -> str:
        """Format the best epoch and its monitored value; empty if there is none."""
        monitor = self.info.monitor
        if self._best is None or monitor is None or monitor not in self._best[1]:
            return ""
        epoch, logs = self._best
        return f"best {monitor} {format_metric(float(logs[monitor]))} (epoch {epoch:,})"

    def format_remaining(self) -> str:
        """Format the remaining time at the recent pace; empty if unknown."""
        epochs = self.info.epochs - self.epochs_done
        if epochs <= 0:
            return ""
        if self._recent_s:
            epoch_s = sum(self._recent_s) / len(self._recent_s)
            spent_s = min(time.monotonic() - self._epoch_started, epoch_s)
            return f"{format_seconds(max(epoch_s * epochs - spent_s, 0.0))} left"
        seconds = self._steps_s(epochs * self.info.steps_per_epoch - self._step)
        return "" if seconds is None else f"{format_seconds(seconds)} left"

    def render(self) -> RenderableType:
        """Render a bar and the current values, for a terminal."""
        from rich.console import Group
        from rich.text import Text

        epochs, steps = self.info.epochs, self.info.steps_per_epoch
        current = min(self.epochs_done + 1, epochs) if self._step else self.epochs_done
        title = f"epoch {current:>{len(f'{epochs:,}')},}/{epochs:,}"
        completed = self.epochs_done + (min(self._step / steps, 1.0) if steps else 0.0)
        times = format_seconds(time.monotonic() - self._started), self.format_remaining()
        logs = format_logs({**self.logs, **self._partial_logs})
        values = Text(logs, no_wrap=True, overflow="ellipsis")
        if best := self.format_best():
            values.append(f"  {best}", style="green")
        return Group(progress_bar(title, completed, epochs, *times), values)


def format_logs(logs: Logs) -> str:
    """Format values by name on one line.

    Example:
        >>> format_logs({"loss": 0.09512, "accuracy": 0.98312})
        'loss 0.0951  accuracy 0.9831'
    """
    return "  ".join(f"{name} {format_metric(float(value))}" for name, value in logs.items())
