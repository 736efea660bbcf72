"""A live area: the last lines of a terminal, rendered again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

# Terminals echo Ctrl-C, perhaps twice. If this makes a line longer than the terminal is wide, the
# line wraps, and its old version remains visible above.
_ECHO_WIDTH = len("^C^C")

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live


class LiveArea:
    """Lines that are rendered again and again, with messages above them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    @property
    def width(self) -> int:
        """The maximum length of a line."""
        return max(1, self._console.width - _ECHO_WIDTH)

    def open(
        self,
        render: Callable[[], RenderableType],
        *,
        per_second: float | None = None,
        transient: bool = False,
    ) -> None:
        """Start rendering.

        Args:
            render: Returns the current content.
            per_second: How often a thread of Rich renders it. Defaults to None: only `refresh`
                does, as a process must not be forked while another thread holds a lock.
            transient: Whether the area is cleared when it is closed. Defaults to False.
        """
        from rich.constrain import Constrain
        from rich.live import Live

        self._live = Live(
            console=self._console,
            refresh_per_second=per_second or 1,
            auto_refresh=per_second is not None,
            get_renderable=lambda: Constrain(render(), self.width),
            transient=transient,
            # Standard output may be a JSON document.
            redirect_stdout=False,
        )
        self._live.start()

    def refresh(self) -> None:
        """Render the current content."""
        if self._live is not None:
            self._live.refresh()

    def message(self, text: str) -> None:
        """Print a permanent line above the area."""
        from rich.text import Text

        self._console.print(Text(text))

    def close(self, outcome: str = "") -> None:
        """Stop rendering, and print the outcome; a second call does nothing."""
        if self._live is None:
            return
        live, self._live = self._live, None
        live.stop()
        if outcome:
            self.message(outcome)


def progress_bar(title: str, completed: float, total: float, *times: str) -> RenderableType:
    """Return a line with a title, a bar and times; empty times are left out."""
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
            total=max(total, 1), completed=completed, complete_style="cyan", finished_style="green"
        ),
        Text("  ".join(filter(None, times))),
    )
    return line
