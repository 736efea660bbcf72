"""Progress as a live bar in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.report.progress.events import Logs, StartInfo, logs_text
from nnlab.report.progress.live_area import LiveArea, bar
from nnlab.report.progress.state import RunState
from nnlab.report.text.numbers import format_seconds

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_REFRESH_PER_SECOND = 10


class RichProgress:
    """One bar for the whole run, and below it the last values and the best ones.

    An event only stores numbers. A thread of Rich's paints them ten times a second, so that epochs
    of a millisecond cost nothing.

    Args:
        console: The console on the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._area = LiveArea(console)
        self._state: RunState | None = None

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        self.stop()
        self._state = state = RunState(info)
        self.message(info.headline())
        self._area.open(lambda: _painted(state), per_second=_REFRESH_PER_SECOND)

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


def _painted(state: RunState) -> RenderableType:
    """The bar and the values as they stand now."""
    from rich.console import Group
    from rich.text import Text

    info = state.info
    total = f"{info.epochs:,}"
    current = min(state.epochs_done + 1, info.epochs) if state.step else state.epochs_done
    title = f"epoch {current:>{len(total)},}/{total}"
    times = (format_seconds(state.elapsed_s()), state.left_text())
    values = Text(logs_text(state.latest()), no_wrap=True, overflow="ellipsis")
    best = state.best_text()
    if best:
        values.append(f"  {best}", style="green")
    return Group(bar(title, state.done(), info.epochs, *times), values)
