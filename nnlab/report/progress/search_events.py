"""What a search tells about its progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from nnlab.config.direction import Direction
from nnlab.report.progress.events import Logs
from nnlab.report.text.numbers import format_count, format_seconds
from nnlab.runs.records.trial import FrozenTrial
from nnlab.text import plural


@dataclass(frozen=True)
class SearchInfo:
    """What is known of a search before its first trial.

    Args:
        name: The experiment's name.
        algorithm: What proposes.
        objective: The metric that the best trial is best at.
        direction: Whether less or more of it is better.
        jobs: Trials at the same time.
        max_trials: Trials at most.
        space: The names of the hyperparameters.
        max_time: Seconds at most; None: any.
        round: Trials of a whole round of Hyperband; 0 with another algorithm.
        searched_s: Seconds that earlier sittings have searched.
    """

    name: str
    algorithm: str
    objective: str
    direction: Direction
    jobs: int
    max_trials: int
    space: tuple[str, ...]
    max_time: float | None = None
    round: int = 0
    searched_s: float = 0.0

    def headline(self) -> str:
        """All of it on one line."""
        word = "least" if self.direction == "min" else "greatest"
        size = f"{plural(len(self.space), 'hyperparameter')}, {self.algorithm} search"
        limit = f"{plural(self.max_trials, 'trial')} at most"
        if self.round:
            limit += f" ({format_count(self.round)} a round)"
        if self.max_time is not None:
            limit += f", {format_seconds(self.max_time)} at most"
        return f"{self.name}: {size} for the {word} {self.objective}, {limit}, {self.jobs} at once"


class SearchProgress(Protocol):
    """Listens to a search. Nothing here may start a thread: the search forks processes."""

    def start(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        """The search begins.

        Args:
            info: What is known of it.
            trials: Those that an earlier sitting has left.
        """

    def trial_began(self, trial: FrozenTrial) -> None:
        """A trial is at work.

        Args:
            trial: The trial.
        """

    def epoch(self, number: int, epoch: int, epochs: int, logs: Logs) -> None:
        """A trial has come through an epoch; of quick ones only some are told.

        Args:
            number: The trial's number; that of the best where it is trained once more.
            epoch: The epoch, from 1; 0 before the first.
            epochs: Epochs at most.
            logs: Its values by name.
        """

    def trial_ended(self, trial: FrozenTrial) -> None:
        """A trial has ended.

        Args:
            trial: The trial.
        """

    def retraining(self, best: FrozenTrial) -> None:
        """The trials are done; the best is trained once more.

        Args:
            best: The best trial.
        """

    def tick(self) -> None:
        """Time has passed: what is shown may be painted anew."""

    def message(self, text: str) -> None:
        """Something is worth a line of its own.

        Args:
            text: The line.
        """

    def stop(self, outcome: str = "") -> None:
        """The search is over. A second call does nothing.

        Args:
            outcome: How it ended, in a few words; may be empty.
        """
