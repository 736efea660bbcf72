"""The progress events of a run, and the progress that shows none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, SupportsFloat

from nnlab.report.text.numbers import format_metric
from nnlab.text import plural

Logs = Mapping[str, SupportsFloat]


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


def format_logs(logs: Logs) -> str:
    """Format values by name on one line.

    Example:
        >>> format_logs({"loss": 0.09512, "accuracy": 0.98312})
        'loss 0.0951  accuracy 0.9831'
    """
    return "  ".join(f"{name} {format_metric(float(value))}" for name, value in logs.items())
