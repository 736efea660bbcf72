"""Progress as a live bar in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.report.numbers import seconds_text
from nnlab.report.progress.events import Logs, StartInfo, logs_text
from nnlab.report.progress.state import RunState

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

_REFRESH_PER_SECOND = 10


class RichProgress:
    """One bar for the whole run, and below it the last values and the best ones.

    An event only stores numbers. A thread of Rich's paints them ten times a second, so that epochs
    of a millisecond cost nothing.

    Args:
        console: The console on the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._state: RunState | None = None
        self._live: Live | None = None

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        from rich.live import Live

        self.stop()
        self._state = state = RunState(info)
        self.message(info.headline())
        self._live = Live(
            console=self._console,
            refresh_per_second=_REFRESH_PER_SECOND,
            get_renderable=lambda: _painted(state),
            # Standard output may be one JSON document: nothing of it may come here.
            redirect_stdout=False,
        )
        self._live.start()

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
        from rich.text import Text

        self._console.print(Text(text))

    def stop(self, outcome: str = "") -> None:
        """See `Progress.stop`."""
        if self._live is None:
            return
        live, self._live = self._live, None
        live.stop()
        self._state = None
        if outcome:
            self.message(outcome)


def _painted(state: RunState) -> RenderableType:
    """The bar and the values as they stand now."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    info = state.info
    total = f"{info.epochs:,}"
    current = min(state.epochs_done + 1, info.epochs) if state.step else state.epochs_done
    bar = Table.grid(padding=(0, 1), expand=True)
    bar.add_column(no_wrap=True)
    bar.add_column(ratio=1)
    bar.add_column(no_wrap=True, justify="right")
    bar.add_row(
        Text(f"epoch {current:>{len(total)},}/{total}", style="bold"),
        ProgressBar(
            total=max(info.epochs, 1),
            completed=state.done(),
            complete_style="cyan",
            finished_style="green",
        ),
        Text("  ".join(filter(None, (seconds_text(state.elapsed_s()), state.left_text())))),
    )
    values = Text(logs_text(state.latest()), no_wrap=True, overflow="ellipsis")
    best = state.best_text()
    if best:
        values.append(f"  {best}", style="green")
    return Group(bar, values)
