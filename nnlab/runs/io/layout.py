"""Where each thing lies in a run's folder."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class RunFiles:
    """The paths of one run's folder; a file need not be there yet.

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
        """The resolved config: training it repeats the run."""
        return self.path / "config.yaml"

    @property
    def record_json(self) -> Path:
        """The run's record, see `RunRecord`."""
        return self.path / "record.json"

    @property
    def metrics_csv(self) -> Path:
        """One row an epoch."""
        return self.path / "metrics.csv"

    @property
    def model_keras(self) -> Path:
        """The weights that the run reports on, preprocessing included."""
        return self.path / "model.keras"

    @property
    def tensorboard(self) -> Path:
        """TensorBoard's folder, with `train` and `validation` in it."""
        return self.path / "tensorboard"

    @property
    def summary_json(self) -> Path:
        """The layers of the model: shapes, parameters, what each takes its input from."""
        return self.path / "summary.json"

    @property
    def plot_data_json(self) -> Path:
        """The numbers behind the pictures."""
        return self.path / "plot_data.json"

    @property
    def plots(self) -> Path:
        """The folder of the run's pictures, PNG."""
        return self.path / "plots"


class RunKind(StrEnum):
    """The kinds of work that leave a folder, each known by a file of its own.

    Where a folder has the files of several kinds, the first of them counts: a search has a run's
    record as well, and so has a trial that is one training.
    """

    SEARCH = "search"
    """A search, with the trials in it."""

    COMPARISON = "comparison"
    """A comparison of variants, with the runs in it."""

    DEVICES = "devices"
    """A comparison of devices."""

    RUN = "run"
    """One training."""

    TRIAL = "trial"
    """A trial of a search that is made of several trainings, or came to none."""

    @property
    def file(self) -> str:
        """The name of the file that tells the kind."""
        return "record.json" if self is RunKind.RUN else f"{self.value}.json"

    @property
    def words(self) -> str:
        """The kind as a sentence calls it."""
        return "a comparison of devices" if self is RunKind.DEVICES else f"a {self.value}"

    @property
    def command(self) -> str:
        """What starts one."""
        return _COMMANDS[self]


_COMMANDS = {
    RunKind.SEARCH: "nnlab tune CONFIG",
    RunKind.COMPARISON: "nnlab compare variants COMPARISON.yaml",
    RunKind.DEVICES: "nnlab compare cpu-vs-gpu",
    RunKind.RUN: "nnlab train CONFIG",
    RunKind.TRIAL: "nnlab tune CONFIG",
}


def kind_of(path: Path) -> RunKind | None:
    """The kind of work that a folder holds.

    Args:
        path: The folder.

    Returns:
        The kind; None where the folder holds no work.
    """
    return next((kind for kind in RunKind if (path / kind.file).is_file()), None)
