"""Whether a run and its reproduction are bitwise equal; if not, what differs."""

from __future__ import annotations

import hashlib
import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nnlab.analysis.differences import Difference
from nnlab.analysis.runs import environment_differences
from nnlab.errors import DataError
from nnlab.runs import RunStatus, StoredRun
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.query.keys import read_config_tree

_WEIGHTS = "model.weights.h5"


@dataclass(frozen=True)
class MetricDifference:
    """A metric that differs.

    Args:
        name: The metric, such as `val_loss`; or `epochs`, with their numbers as integers.
        original: The value of the original run; None if it is missing.
        reproduced: The value of the reproduction; None if it is missing.
        epoch: The epoch, from 1; None for a final metric.
    """

    name: str
    original: float | None
    reproduced: float | None
    epoch: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the difference for JSON, which has no NaN."""
        return {
            "name": self.name,
            "epoch": self.epoch,
            "original": _json_value(self.original),
            "reproduced": _json_value(self.reproduced),
        }


@dataclass(frozen=True)
class Equality:
    """The comparison of a run with its reproduction.

    Args:
        epochs: The number of epochs that were compared.
        first_difference: The first value in metrics.csv that differs, if any.
        metrics: The number of final metrics that were compared.
        metric_differences: The final metrics that differ.
        weights_equal: Whether the weights are equal; None if they were not compared.
        largest_weight_difference: None if the weights were not compared, or have other shapes.
        environment: The differences of the environments that may affect the results.
        notes: Sentences about what else may have changed.
        weights_skipped: The reason why the weights were not compared; empty if they were.
        failures: The error of the original run and of its reproduction; None if it did not fail.
        epochs_skipped: The reason why the epochs were not compared; empty if they were.
    """

    epochs: int
    first_difference: MetricDifference | None
    metrics: int
    metric_differences: tuple[MetricDifference, ...]
    weights_equal: bool | None
    largest_weight_difference: float | None
    environment: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    weights_skipped: str = ""
    failures: tuple[str | None, str | None] = (None, None)
    epochs_skipped: str = ""

    @property
    def failure(self) -> str | None:
        """The common error, if both runs failed with the same error."""
        return self.failures[0] if self.failures[0] == self.failures[1] else None

    @property
    def has_results(self) -> bool:
        """Whether anything was compared, including errors."""
        compared_values = self.epochs > 0 or self.metrics > 0 or self.weights_equal is not None
        return compared_values or self.failures != (None, None)

    @property
    def is_equal(self) -> bool:
        """Whether something was compared, and nothing differs."""
        return (
            self.has_results
            and self.first_difference is None
            and not self.metric_differences
            and self.weights_equal is not False
            and self.failures[0] == self.failures[1]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison for JSON."""
        first = self.first_difference
        return {
            "equal": self.is_equal,
            "epochs": self.epochs,
            "epochs_skipped": self.epochs_skipped,
            "first_difference": None if first is None else first.to_dict(),
            "metric_differences": [metric.to_dict() for metric in self.metric_differences],
            "weights_equal": self.weights_equal,
            "largest_weight_difference": self.largest_weight_difference,
            "weights_skipped": self.weights_skipped,
            "failures": list(self.failures),
            "environment": [difference.to_dict() for difference in self.environment],
            "notes": list(self.notes),
        }


def compare_bits(original: StoredRun, reproduced: StoredRun) -> Equality:
    """Compare a run with its reproduction, bit by bit.

    Of an interrupted run, only the epochs that it has are compared.

    Args:
        original: The run.
        reproduced: Its reproduction.

    Returns:
        What is equal and what is not.
    """
    runs, records = (original, reproduced), (original.record, reproduced.record)
    is_partial = original.record.status is RunStatus.INTERRUPTED
    epochs_skipped = _missing_file(original.metrics_csv.name, runs)
    histories: list[Mapping[str, Sequence[float]]] = [{}, {}]
    try:
        histories = [read_history(run.metrics_csv) for run in runs]
    except DataError as error:
        epochs_skipped = epochs_skipped or str(error)
    logged, trained = len(histories[0].get("epoch", ())), original.record.epochs_run
    if not epochs_skipped and logged < trained:
        changed = f"{original.metrics_csv.name} of {original.full_id} was changed after the run"
        epochs_skipped = f"{changed}: it has {logged} epochs of {trained}"
    epochs, first_difference = (
        (0, None) if epochs_skipped else _first_difference(*histories, is_partial=is_partial)
    )
    weights_skipped = (
        f"{original.full_id} was interrupted"
        if is_partial
        else _missing_file(original.model_keras.name, runs)
    )
    weights_equal, largest = (
        (None, None)
        if weights_skipped
        else _compare_weights(original.model_keras, reproduced.model_keras)
    )
    left, right = ({} if is_partial else record.metrics for record in records)
    pairs = {name: (left.get(name), right.get(name)) for name in {**left, **right}}
    return Equality(
        epochs,
        first_difference,
        len(left),
        tuple(
            MetricDifference(name, *pair) for name, pair in pairs.items() if not _are_equal(*pair)
        ),
        weights_equal,
        largest,
        tuple(environment_differences(records)),
        tuple(_notes(original)),
        weights_skipped,
        (_failure(original), _failure(reproduced)),
        epochs_skipped,
    )


def _missing_file(name: str, runs: Sequence[StoredRun]) -> str:
    """Return which of the runs lack a file of their folders; empty if none does."""
    missing = [run.full_id for run in runs if not (run.path / name).is_file()]
    verb = "has" if len(missing) == 1 else "have"
    return f"{' and '.join(missing)} {verb} no {name}" if missing else ""


def _failure(run: StoredRun) -> str | None:
    """Return a run's error, without the path of its folder, to compare it to another's."""
    if run.record.status is not RunStatus.FAILED:
        return None
    return (run.record.error or "").replace(str(run.path), "its folder")


def _first_difference(
    original: Mapping[str, Sequence[float]],
    reproduced: Mapping[str, Sequence[float]],
    *,
    is_partial: bool,
) -> tuple[int, MetricDifference | None]:
    """Return the number of common epochs, and the first value that differs."""
    names = [name for name in {**original, **reproduced} if name != "epoch"]
    lengths = len(original.get("epoch", ())), len(reproduced.get("epoch", ()))
    common = min(lengths)
    for i in range(common):
        for name in names:
            left, right = (
                history[name][i] if name in history else None for history in (original, reproduced)
            )
            if not _are_equal(left, right):
                return common, MetricDifference(name, left, right, i + 1)
    is_equal = lengths[0] == lengths[1] or (is_partial and lengths[0] < lengths[1])
    return common, None if is_equal else MetricDifference("epochs", *lengths)


def _are_equal(left: float | None, right: float | None) -> bool:
    """Return whether two values are equal; NaN equals NaN, and 0.0 equals -0.0."""
    if left is None or right is None:
        return left is right
    return left == right or (math.isnan(left) and math.isnan(right))


def _compare_weights(original: Path, reproduced: Path) -> tuple[bool, float | None]:
    """Return whether the weights of two saved models are equal, and their largest difference."""
    if original.read_bytes() == reproduced.read_bytes():
        return True, 0.0
    left, right = _read_weights(original), _read_weights(reproduced)
    shapes = [{name: array.shape for name, array in weights.items()} for weights in (left, right)]
    if shapes[0] != shapes[1]:
        return False, None
    import numpy as np

    is_equal = all(array.tobytes() == right[name].tobytes() for name, array in left.items())
    largest = max(
        (
            float(np.max(np.abs(array.astype(float) - right[name].astype(float)), initial=0.0))
            for name, array in left.items()
        ),
        default=0.0,
    )
    return is_equal, largest


def _read_weights(model: Path) -> dict[str, Any]:
    """Read the weights of a saved model by name, without the optimizer's state."""
    import h5py

    weights: dict[str, Any] = {}

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and not name.startswith("optimizer"):
            weights[name] = item[()]

    with zipfile.ZipFile(model) as saved, h5py.File(io.BytesIO(saved.read(_WEIGHTS)), "r") as file:
        file.visititems(visit)
    return weights


def _notes(run: StoredRun) -> list[str]:
    """Return whether the config or the data file has changed since the run."""
    notes = []
    config = run.config_yaml.read_bytes()
    if run.record.config_hash not in {"", hashlib.sha256(config).hexdigest()}:
        changed = f"{run.config_yaml.name} of {run.full_id} was changed after the run"
        notes.append(f"{changed}: the reproduction used another config.")
    file = (read_config_tree(run).get("data") or {}).get("file")
    if file is None:
        return notes
    try:
        changed_at = Path(file).stat().st_mtime
    except OSError:
        return [*notes, f"The data file no longer exists: {file}."]
    if changed_at > datetime.fromisoformat(run.record.created).timestamp():
        notes.append(f"The data file was changed after the run: {file}.")
    return notes


def _json_value(value: float | None) -> float | str | None:
    return value if value is None or math.isfinite(value) else str(value)
