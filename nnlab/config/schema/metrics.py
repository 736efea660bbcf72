"""The figures that a run of an experiment will report, known before it starts."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

from nnlab.config.direction import Direction
from nnlab.config.schema.cross_checks import LEARNING_RATE, metric_names
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.losses import loss_name

_VALIDATION = "val_"


def has_test_rows(data: DataConfig) -> bool:
    """Whether rows will be kept for the test, or come with the data."""
    if data.test_split is not None:
        return True
    if data.dataset is not None:
        return data.dataset.source == "download"
    file = Path(data.file or "")
    if file.suffix.lower() == ".npz":
        with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(file) as arrays:
            return any(name.startswith("x_test.") for name in arrays.namelist())
    return False


def figure_names(experiment: Experiment) -> list[str]:
    """The names of what a run reports, of which one can be better than another."""
    names = [
        name
        for name in metric_names(experiment.data, experiment.model, experiment.training)
        if name != LEARNING_RATE
    ]
    trained = [name for name in names if not name.startswith("val_")]
    return [*names, *(f"test_{name}" for name in trained if has_test_rows(experiment.data))]


def default_figure(experiment: Experiment) -> str:
    """What to judge an experiment by: its first metric, on rows that it was not trained on."""
    names = figure_names(experiment)
    trained = [name for name in names if not name.startswith(("val_", "test_"))]
    plain = next((name for name in trained if not name.endswith("loss")), trained[0])
    return next(name for name in (f"test_{plain}", f"val_{plain}", plain) if name in names)


def directions(experiment: Experiment) -> dict[str, Direction]:
    """Which way each figure of a training is better, by its name without `val_` and `test_`."""
    model, training = experiment.model, experiment.training
    logged = metric_names(experiment.data, model, training)
    losses = sorted({name for name in logged if loss_name(name) == name})
    found: dict[str, Direction] = dict.fromkeys(losses, "min")
    several = len(model.output_names) > 1
    if isinstance(training.metrics, dict):
        metrics = training.metrics
    else:
        metrics = dict.fromkeys(model.output_names, training.metrics)
    for output, components in metrics.items():
        prefix = f"{output}_" if several else ""
        found |= {
            f"{prefix}{component.logged_name}": component.direction for component in components
        }
    return {
        name: way
        for name, way in found.items()
        if name != LEARNING_RATE and not name.startswith(_VALIDATION)
    }
