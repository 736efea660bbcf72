"""The metrics that a run logs and reports, known before it starts."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.config.metrics import LEARNING_RATE, Direction, loss_name
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.training import TrainingConfig
from nnlab.config.vocabulary.metrics import Metric

if TYPE_CHECKING:
    from nnlab.config.schema.experiment import Experiment


def logged_metric_names(experiment: Experiment) -> list[str]:
    """Return the names of the metrics that an epoch logs."""
    outputs, validated = experiment.model.output_names, experiment.data.has_validation
    return logged_names(outputs, experiment.training, validated=validated)


def logged_names(outputs: Sequence[str], training: TrainingConfig, *, validated: bool) -> list[str]:
    """Return the names that an epoch logs for a model with these outputs."""
    names = ["loss", *(f"{output}_loss" for output in outputs if len(outputs) > 1)]
    names += [name for name, _ in _named_metrics(outputs, training)]
    if validated:
        names += [f"val_{name}" for name in names]
    return [*names, LEARNING_RATE]


def _named_metrics(
    outputs: Sequence[str], training: TrainingConfig
) -> Iterator[tuple[str, Metric]]:
    """Yield the metrics with their names in logs; one of several outputs is a prefix."""
    if not isinstance(training.metrics, dict):
        yield from ((metric.logged_name, metric) for metric in training.metrics)
        return
    for output, metrics in training.metrics.items():
        prefix = f"{output}_" if len(outputs) > 1 and output in outputs else ""
        yield from ((f"{prefix}{metric.logged_name}", metric) for metric in metrics)


def has_test_rows(data: DataConfig) -> bool:
    """Return whether there are test rows, split off or part of the data."""
    if data.test_split is not None:
        return True
    if data.dataset is not None:
        return data.dataset.source == "download"
    file = Path(data.file or "")
    if file.suffix.lower() == ".npz":
        with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(file) as arrays:
            return any(name.startswith("x_test.") for name in arrays.namelist())
    return False


def reported_metrics(experiment: Experiment) -> list[str]:
    """Return the names of all metrics that a run reports and that have a direction."""
    names = [name for name in logged_metric_names(experiment) if name != LEARNING_RATE]
    if not has_test_rows(experiment.data):
        return names
    return [*names, *(f"test_{name}" for name in names if not name.startswith("val_"))]


def default_metric(experiment: Experiment) -> str:
    """Return the metric to compare experiments by: the first, on rows not used for training."""
    names = reported_metrics(experiment)
    training = [name for name in names if not name.startswith(("val_", "test_"))]
    plain = next((name for name in training if not name.endswith("loss")), training[0])
    return next(name for name in (f"test_{plain}", f"val_{plain}", plain) if name in names)


def metric_directions(experiment: Experiment) -> dict[str, Direction]:
    """Return the direction of each metric by its name without `val_` and `test_`."""
    names = logged_metric_names(experiment)
    losses = sorted({name for name in names if loss_name(name) == name})
    by_name: dict[str, Direction] = dict.fromkeys(losses, "min")
    named = _named_metrics(experiment.model.output_names, experiment.training)
    by_name |= {name: metric.direction for name, metric in named}
    return {
        name: direction
        for name, direction in by_name.items()
        if name != LEARNING_RATE and not name.startswith("val_")
    }
