"""Where each thing lies in a run's folder."""

from __future__ import annotations

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
    def figures_json(self) -> Path:
        """The numbers behind the pictures."""
        return self.path / "figures.json"

    @property
    def plots(self) -> Path:
        """The folder of the run's pictures, PNG."""
        return self.path / "plots"
