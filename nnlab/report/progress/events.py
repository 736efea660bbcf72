"""What training tells about its progress, and who listens to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, SupportsFloat

from nnlab.report.text.numbers import format_metric
from nnlab.text import plural

Logs = Mapping[str, SupportsFloat]


@dataclass(frozen=True)
class StartInfo:
    """What is known of a run before its first epoch.

    Args:
        name: The experiment's name.
        device: The device that does the work.
        engine: The training engine that does the work.
        epochs: Epochs at most.
        steps_per_epoch: Updates an epoch.
        rows: Training rows.
        params: Weights of the model.
        monitor: The metric that says which epoch is the best; None where none does.
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
        """All of it on one line."""
        size = f"{plural(self.params, 'parameter')}, {plural(self.rows, 'row')}"
        length = f"{plural(self.epochs, 'epoch')} of {plural(self.steps_per_epoch, 'step')}"
        return f"{self.name}: {size}, {length}, on {self.device} with {self.engine}"


class Progress(Protocol):
    """Listens to a run. Each event must cost next to nothing: an epoch may take a millisecond.

    `stop` must be called however the run ends, or a terminal is left without its cursor.
    """

    def start(self, info: StartInfo) -> None:
        """Training begins.

        Args:
            info: What is known of the run.
        """

    def batch(self, epoch: int, step: int, logs: Logs) -> None:
        """An update was made. Only engines that come back to Python between updates tell it.

        Args:
            epoch: The epoch, from 1.
            step: The update within the epoch, from 1.
            logs: Running values by name. They are read only when they are shown, if at all.
        """

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """An epoch ended.

        Args:
            epoch: The epoch, from 1.
            logs: Its values by name.
            best: Whether it is the best so far by the monitored metric.
            seconds: How long it took.
        """

    def message(self, text: str) -> None:
        """Something is worth a line of its own.

        Args:
            text: The line.
        """

    def stop(self, outcome: str = "") -> None:
        """The run is over. A second call does nothing.

        Args:
            outcome: How it ended, in a few words; may be empty.
        """


class SilentProgress:
    """Shows nothing: for `--json`, for trials of a search."""

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


def logs_text(logs: Logs) -> str:
    """Values by name on one line.

    Args:
        logs: The values.

    Returns:
        The line.

    Example:
        >>> logs_text({"loss": 0.09512, "accuracy": 0.98312})
        'loss 0.0951  accuracy 0.9831'
    """
    return "  ".join(f"{name} {format_metric(float(value))}" for name, value in logs.items())
