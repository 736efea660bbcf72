"""The layout of a run folder: the paths in it, and the kinds of folders."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class RunKind(StrEnum):
    """The kind of a folder in the runs folder.

    Each kind is recognized by a file. A folder with the files of several kinds has the first of
    them: a search also has a run's record, and so does a trial with a single training.
    """

    SEARCH = "search"
    """A search, with its trials."""

    COMPARISON = "comparison"
    """A comparison of variants, with its runs."""

    BENCHMARK = "benchmark"
    """A comparison of devices."""

    RUN = "run"
    """One training."""

    TRIAL = "trial"
    """A trial of a search with several trainings, or with none."""

    @property
    def file(self) -> str:
        """The name of the file that identifies the kind."""
        return "record.json" if self is RunKind.RUN else f"{self.value}.json"

    @property
    def command(self) -> str:
        """The command that creates a folder of this kind."""
        return _COMMANDS[self]


_COMMANDS = {
    RunKind.SEARCH: "nnlab tune CONFIG",
    RunKind.COMPARISON: "nnlab compare variants COMPARISON.yaml",
    RunKind.BENCHMARK: "nnlab compare cpu-vs-gpu",
    RunKind.RUN: "nnlab train CONFIG",
    RunKind.TRIAL: "nnlab tune CONFIG",
}


def kind_of(path: Path) -> RunKind | None:
    """Return the kind of a folder, or None if it contains no run."""
    return next((kind for kind in RunKind if (path / kind.file).is_file()), None)


class RunFiles:
    """The paths in a run folder; the files need not exist.

    Args:
        path: The run's folder.

    Example:
        >>> from pathlib import Path
        >>> RunFiles(Path("runs/mnist")).metrics_csv.as_posix()
        'runs/mnist/metrics.csv'
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def config_yaml(self) -> Path:
        """The resolved config; training it repeats the run."""
        return self.path / "config.yaml"

    @property
    def record_json(self) -> Path:
        """The run's record, see `RunRecord`."""
        return self.path / "record.json"

    @property
    def metrics_csv(self) -> Path:
        """The metrics, one row per epoch."""
        return self.path / "metrics.csv"

    @property
    def model_keras(self) -> Path:
        """The model with the reported weights, preprocessing included."""
        return self.path / "model.keras"

    @property
    def tensorboard(self) -> Path:
        """The folder of TensorBoard's logs, with `train` and `validation`."""
        return self.path / "tensorboard"

    @property
    def summary_json(self) -> Path:
        """The layers of the model: shapes, parameters, inputs."""
        return self.path / "summary.json"

    @property
    def plot_data_json(self) -> Path:
        """The data behind the plots."""
        return self.path / "plot_data.json"

    @property
    def plots(self) -> Path:
        """The folder of the plots (PNG)."""
        return self.path / "plots"
