"""Whether a run and its repetition came to the same numbers to the bit, and if not, why perhaps."""

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
class Figure:
    """A figure that differs.

    Args:
        name: Its name, `val_loss`.
        then: What the run came to; whole where it counts something.
        now: What its repetition came to; None where it has none.
        epoch: The epoch, from 1; None for a final figure.
    """

    name: str
    then: float | None
    now: float | None
    epoch: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The figure for JSON, which knows no NaN."""
        values = {"then": self.then, "now": self.now}
        plain = {key: _strict(value) for key, value in values.items()}
        return {"name": self.name, "epoch": self.epoch} | plain


@dataclass(frozen=True)
class Equality:
    """What a run and its repetition have in common.

    Args:
        epochs: How many epochs were compared.
        first: The first figure of metrics.csv that differs; None: none does.
        figures: How many final figures were compared.
        final: Those of them that differ.
        weights: Whether the weights are equal; None where they were not compared.
        largest: The largest difference of two weights; None where their shapes differ, too.
        environment: What differs of all that bears on the numbers.
        notes: What else may have changed, a sentence each.
        left_out: Why the weights were not compared.
        failures: Why the run failed, and why its repetition; None where it did not.
        epochs_left_out: Why the epochs were not compared.
    """

    epochs: int
    first: Figure | None
    figures: int
    final: tuple[Figure, ...]
    weights: bool | None
    largest: float | None
    environment: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    left_out: str = ""
    failures: tuple[str | None, str | None] = (None, None)
    epochs_left_out: str = ""

    @property
    def failure(self) -> str | None:
        """Why both failed, where they failed alike."""
        return self.failures[0] if self.failures[0] == self.failures[1] else None

    @property
    def is_something(self) -> bool:
        """Whether there was anything to compare; a failure is something."""
        figures = self.epochs > 0 or self.figures > 0 or self.weights is not None
        return figures or self.failures != (None, None)

    @property
    def is_equal(self) -> bool:
        """Whether nothing that was compared differs, and something was compared."""
        return (
            self.is_something
            and self.first is None
            and not self.final
            and self.weights is not False
            and self.failures[0] == self.failures[1]
        )

    def to_dict(self) -> dict[str, Any]:
        """The comparison for JSON."""
        return {
            "equal": self.is_equal,
            "epochs": self.epochs,
            "epochs_left_out": self.epochs_left_out,
            "first_difference": None if self.first is None else self.first.to_dict(),
            "final": [figure.to_dict() for figure in self.final],
            "weights_equal": self.weights,
            "largest_weight_difference": self.largest,
            "weights_left_out": self.left_out,
            "failures": list(self.failures),
            "environment": [row.to_dict() for row in self.environment],
            "notes": list(self.notes),
        }


def compare_bits(then: StoredRun, now: StoredRun) -> Equality:
    """Compare a run with its repetition.

    Of a run that was interrupted the epochs that it has are compared, nothing else.

    Args:
        then: The run.
        now: Its repetition.

    Returns:
        What is equal and what is not.
    """
    is_part = then.record.status is RunStatus.INTERRUPTED
    epochs_left_out = _lacking(then.metrics_csv.name, then, now)
    before: Mapping[str, Sequence[float]] = {}
    after: Mapping[str, Sequence[float]] = {}
    try:
        before, after = read_history(then.metrics_csv), read_history(now.metrics_csv)
    except DataError as error:
        epochs_left_out = epochs_left_out or str(error)
    there, whole = len(before.get("epoch", ())), then.record.epochs_run
    if not epochs_left_out and there < whole:
        words = f"{then.metrics_csv.name} of {then.full_id} was changed after the run"
        epochs_left_out = f"{words}: it has {there} epochs of {whole}"
    epochs, first = (
        (0, None) if epochs_left_out else _first_difference(before, after, is_part=is_part)
    )
    left_out = (
        f"{then.full_id} was interrupted" if is_part else _lacking(then.model_keras.name, then, now)
    )
    weights, largest = (None, None) if left_out else _weights(then.model_keras, now.model_keras)
    return Equality(
        epochs,
        first,
        0 if is_part else len(then.record.metrics),
        () if is_part else tuple(_final(then.record.metrics, now.record.metrics)),
        weights,
        largest,
        tuple(environment_differences([then.record, now.record])),
        tuple(_notes(then)),
        left_out,
        (_failure(then), _failure(now)),
        epochs_left_out,
    )


def _lacking(name: str, then: StoredRun, now: StoredRun) -> str:
    """Which of two runs lack a file, by its name in their folders; nothing where both have it."""
    lacking = [run.full_id for run in (then, now) if not (run.path / name).is_file()]
    verb = "keeps" if len(lacking) == 1 else "keep"
    return f"{' and '.join(lacking)} {verb} no {name}" if lacking else ""


def _failure(run: StoredRun) -> str | None:
    """Why a run failed, without its own folder, so that two can be held against each other."""
    if run.record.status is not RunStatus.FAILED:
        return None
    return (run.record.error or "").replace(str(run.path), "its folder")


def _first_difference(
    before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]], *, is_part: bool
) -> tuple[int, Figure | None]:
    """How many epochs both have, and the first figure that is not the same."""
    names = [name for name in {**before, **after} if name != "epoch"]
    then, now = len(before.get("epoch", ())), len(after.get("epoch", ()))
    common = min(then, now)
    for i in range(common):
        for name in names:
            left, right = (one[name][i] if name in one else None for one in (before, after))
            if not _same(left, right):
                return common, Figure(name, left, right, i + 1)
    if then != now and not (is_part and then < now):
        return common, Figure("epochs", then, now)
    return common, None


def _final(then: Mapping[str, float], now: Mapping[str, float]) -> list[Figure]:
    pairs = {name: (then.get(name), now.get(name)) for name in {**then, **now}}
    return [Figure(name, *pair) for name, pair in pairs.items() if not _same(*pair)]


def _same(left: float | None, right: float | None) -> bool:
    """Whether two figures are equal; NaN is equal to itself here, and 0.0 to -0.0."""
    if left is None or right is None:
        return left is right
    return left == right or (math.isnan(left) and math.isnan(right))


def _weights(then: Path, now: Path) -> tuple[bool, float | None]:
    """Whether the weights of two saved models are equal, and by how much they differ at most."""
    if then.read_bytes() == now.read_bytes():
        return True, 0.0
    left, right = _arrays(then), _arrays(now)
    if {name: array.shape for name, array in left.items()} != {
        name: array.shape for name, array in right.items()
    }:
        return False, None
    import numpy as np

    equal = all(array.tobytes() == right[name].tobytes() for name, array in left.items())
    largest = max(
        (
            float(np.max(np.abs(array.astype(float) - right[name].astype(float)), initial=0.0))
            for name, array in left.items()
        ),
        default=0.0,
    )
    return equal, largest


def _arrays(model: Path) -> dict[str, Any]:
    """The weights of a saved model by their place in the file, without the optimizer's state."""
    import h5py

    found: dict[str, Any] = {}

    def keep(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and not name.startswith("optimizer"):
            found[name] = item[()]

    with zipfile.ZipFile(model) as saved, h5py.File(io.BytesIO(saved.read(_WEIGHTS)), "r") as file:
        file.visititems(keep)
    return found


def _notes(then: StoredRun) -> list[str]:
    """What no environment tells: that the config, or a file of data, is not that of the run."""
    notes = []
    config = then.config_yaml.read_bytes()
    if then.record.config_hash not in {"", hashlib.sha256(config).hexdigest()}:
        changed = f"{then.config_yaml.name} of {then.full_id} was changed after the run"
        notes.append(f"{changed}: its repetition had another config.")
    file = (read_config_tree(then).get("data") or {}).get("file")
    if file is None:
        return notes
    try:
        changed_at = Path(file).stat().st_mtime
    except OSError:
        return [*notes, f"The file of the data is not there any more: {file}."]
    if changed_at > datetime.fromisoformat(then.record.created).timestamp():
        notes.append(f"The file of the data was changed after the run: {file}.")
    return notes


def _strict(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return value
    return str(value)
