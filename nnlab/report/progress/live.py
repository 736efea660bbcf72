"""The progress of a run as a live bar in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.report.progress.events import Logs, StartInfo, format_logs
from nnlab.report.progress.live_area import LiveArea, progress_bar
from nnlab.report.progress.state import RunState
from nnlab.report.text.numbers import format_seconds

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_REFRESH_PER_SECOND = 10


class RichProgress:
    """A bar for the whole run, with the last and the best values below.

    Events only store numbers; a thread of Rich renders them ten times a second.
    """

    def __init__(self, console: Console) -> None:
        self._area = LiveArea(console)
        self._state: RunState | None = None

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        self.stop()
        self._state = state = RunState(info)
        self.message(info.headline())
        self._area.open(lambda: _render(state), per_second=_REFRESH_PER_SECOND)

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


def _render(state: RunState) -> RenderableType:
    """Render the bar and the current values."""
    from rich.console import Group
    from rich.text import Text

    info = state.info
    total = f"{info.epochs:,}"
    current = min(state.epochs_done + 1, info.epochs) if state.step else state.epochs_done
    title = f"epoch {current:>{len(total)},}/{total}"
    times = (format_seconds(state.elapsed_s()), state.format_remaining())
    values = Text(format_logs(state.latest_logs()), no_wrap=True, overflow="ellipsis")
    best = state.format_best()
    if best:
        values.append(f"  {best}", style="green")
    return Group(progress_bar(title, state.completed_epochs(), info.epochs, *times), values)
