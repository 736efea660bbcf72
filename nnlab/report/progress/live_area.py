"""The last lines of a terminal, painted anew while the work goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

# What terminals write where Ctrl-C is typed twice: a line that it makes longer than the terminal is
# wide becomes two, and what was painted before stays above.
_TYPED = len("^C^C")

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live


class LiveArea:
    """Lines that are painted again and again; messages stand above them.

    Args:
        console: The console on the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is something to paint."""
        return self._live is not None

    @property
    def width(self) -> int:
        """How long a line can be."""
        return max(1, self._console.width - _TYPED)

    def open(
        self,
        paint: Callable[[], RenderableType],
        *,
        per_second: float | None = None,
        vanishes: bool = False,
    ) -> None:
        """Paint from now on.

        Args:
            paint: Gives what is to be seen now.
            per_second: How often a thread of Rich's paints; None: only `refresh` does. A process
                that is forked while another thread paints inherits its locks, closed.
            vanishes: Whether nothing of it stays when it is closed.
        """
        from rich.constrain import Constrain
        from rich.live import Live

        self._live = Live(
            console=self._console,
            refresh_per_second=per_second or 1,
            auto_refresh=per_second is not None,
            get_renderable=lambda: Constrain(paint(), self.width),
            transient=vanishes,
            # Standard output may be one JSON document: nothing of it may come here.
            redirect_stdout=False,
        )
        self._live.start()

    def refresh(self) -> None:
        """Paint now."""
        if self._live is not None:
            self._live.refresh()

    def message(self, text: str) -> None:
        """Write a line that stays.

        Args:
            text: The line.
        """
        from rich.text import Text

        self._console.print(Text(text))

    def close(self, outcome: str = "") -> None:
        """Paint no more. A second call does nothing.

        Args:
            outcome: How the work ended, in a few words; may be empty.
        """
        if self._live is None:
            return
        live, self._live = self._live, None
        live.stop()
        if outcome:
            self.message(outcome)


def bar(title: str, done: float, total: float, *times: str) -> RenderableType:
    """A line with a bar: how much is done.

    Args:
        title: What stands before it.
        done: How much is done.
        total: Of how much.
        *times: What stands behind it; empty ones are left out.

    Returns:
        The line, as wide as the terminal.
    """
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(no_wrap=True, justify="right")
    line.add_row(
        Text(title, style="bold"),
        ProgressBar(
            total=max(total, 1), completed=done, complete_style="cyan", finished_style="green"
        ),
        Text("  ".join(filter(None, times))),
    )
    return line
