"""Progress of a search as a live view in a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nnlab.report.numbers import metric_text, seconds_text
from nnlab.report.progress.events import Logs, logs_text
from nnlab.report.progress.search_events import SearchInfo
from nnlab.report.progress.search_state import SearchState, values_text
from nnlab.runs.trial import TrialRecord

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

_INTERVAL_S = 0.1


class LiveSearchProgress:
    """A bar for the search, a line for each trial at work, the best so far with its values.

    It is painted where the search says that time has passed, not by a thread of Rich's: a process
    with threads should not fork.

    Args:
        console: The console on the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._state: SearchState | None = None
        self._live: Live | None = None
        self._logs: dict[int, Logs] = {}
        self._due = 0.0

    def start(self, info: SearchInfo, trials: list[TrialRecord]) -> None:
        """See `SearchProgress.start`."""
        from rich.live import Live

        self.stop()
        self._state = SearchState(info, trials)
        self.message(info.headline())
        self._live = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            # Standard output may be one JSON document: nothing of it may come here.
            redirect_stdout=False,
        )
        self._live.start()

    def trial_began(self, trial: TrialRecord) -> None:
        """See `SearchProgress.trial_began`."""
        if self._state is not None:
            self._state.began(trial)

    def epoch(self, number: int, epoch: int, epochs: int, logs: Logs) -> None:
        """See `SearchProgress.epoch`."""
        if self._state is not None:
            self._state.epoch(number, epoch, epochs)
            self._logs[number] = logs

    def trial_ended(self, trial: TrialRecord) -> None:
        """See `SearchProgress.trial_ended`."""
        if self._state is None:
            return
        self._logs.pop(trial.number, None)
        is_best = self._state.ended(trial)
        if trial.score is None:
            self.message(f"Trial {trial.number} failed: {trial.error}")
        elif is_best:
            score = f"{self._state.info.objective} {metric_text(trial.score)}"
            self.message(f"Trial {trial.number} is the best so far: {score}")

    def tick(self) -> None:
        """See `SearchProgress.tick`."""
        now = time.monotonic()
        if self._live is not None and self._state is not None and now >= self._due:
            self._due = now + _INTERVAL_S
            self._live.update(self._painted(self._state), refresh=True)

    def message(self, text: str) -> None:
        """See `SearchProgress.message`."""
        from rich.text import Text

        self._console.print(Text(text))

    def stop(self, outcome: str = "") -> None:
        """See `SearchProgress.stop`."""
        if self._live is None:
            return
        live, self._live = self._live, None
        live.stop()
        self._state = None
        if outcome:
            self.message(outcome)

    def _painted(self, state: SearchState) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        most = state.info.max_trials
        bar = Table.grid(padding=(0, 1), expand=True)
        bar.add_column(no_wrap=True)
        bar.add_column(ratio=1)
        bar.add_column(no_wrap=True, justify="right")
        bar.add_row(
            Text(f"trials {state.over}/{most}", style="bold"),
            ProgressBar(
                total=max(most, 1),
                completed=state.done(),
                complete_style="cyan",
                finished_style="green",
            ),
            Text("  ".join(filter(None, (seconds_text(state.elapsed_s()), state.left_text())))),
        )
        lines: list[RenderableType] = [bar, Text(state.counts_text())]
        for number, trial in state.running.items():
            at = f"epoch {trial.epoch}/{trial.epochs}" if trial.epochs else "starting"
            text = f"trial {number}  {at}  {logs_text(self._logs.get(number, {}))}"
            lines.append(Text(text.rstrip(), style="dim", no_wrap=True, overflow="ellipsis"))
        if state.best is not None:
            text = f"{state.best_text()}  {values_text(state.best)}"
            lines.append(Text(text, style="green", no_wrap=True, overflow="ellipsis"))
        return Group(*lines)
