"""Several runs side by side: what differs between them, and what came of it."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnlab.analysis.comparability import incomparable_reason, use_different_rows
from nnlab.analysis.differences import Difference, differences
from nnlab.config.direction import Direction
from nnlab.errors import DataError, RequestError
from nnlab.runs import RunKind, RunRecord, StoredRun, read_run
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.query.keys import leaves, read_config_tree
from nnlab.runs.records.run import common_direction

LABELS = string.ascii_uppercase + string.ascii_lowercase
"""What runs are called in tables and charts."""

_PARTS = ("test_", "val_", "")
_FACTS = ("epochs_run", "best_epoch", "params")
_TIMES = ("epoch_s", "fit_s", "total_s")
_NONE_IS_BEST = "where that matters, none is marked as the best."
_OTHER_ROWS = (
    "The seeds differ, and with them the rows that were split off: part of the difference is luck. "
    "`nnlab compare variants` takes several seeds."
)


@dataclass(frozen=True)
class MetricRow:
    """A figure of several runs.

    Args:
        name: Its name, `test_accuracy`.
        direction: Whether smaller or larger is better; None where nobody knows.
        values: The value of each run, None where a run has none.
        best: The positions of the best runs; none where there is nothing to choose from.
    """

    name: str
    direction: Direction | None
    values: tuple[float | None, ...]
    best: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The row for JSON, which knows no NaN."""
        values = [None if value is None or math.isnan(value) else value for value in self.values]
        best = list(self.best)
        return {"name": self.name, "direction": self.direction, "values": values, "best": best}


@dataclass(frozen=True)
class RunComparison:
    """Runs side by side; every row has a value for each run, in their order.

    Args:
        runs: The runs.
        config: Keys of the configs whose values differ.
        metrics: All figures of their records.
        facts: Epochs, parameters and seconds.
        environment: What differs of all that bears on the numbers: versions, device, engine,
            determinism.
        histories: The columns of each run's metrics.csv.
        notes: What could not be read, a sentence each.
    """

    runs: tuple[StoredRun, ...]
    config: tuple[Difference, ...]
    metrics: tuple[MetricRow, ...]
    facts: tuple[MetricRow, ...]
    environment: tuple[Difference, ...]
    histories: tuple[Mapping[str, Sequence[float]], ...]
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> str:
        """A letter for each run."""
        return LABELS[: len(self.runs)]

    def curves(self, metric: str) -> dict[str, Sequence[float]]:
        """A metric of each run that logged it, [epochs], by the run's letter.

        Args:
            metric: A column of metrics.csv, `val_loss`.
        """
        pairs = zip(self.labels, self.histories, strict=True)
        return {label: history[metric] for label, history in pairs if metric in history}

    def logged(self) -> list[str]:
        """What was logged epoch by epoch in any of the runs, `epoch` apart."""
        names = dict.fromkeys(name for history in self.histories for name in history)
        return [name for name in names if name != "epoch"]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain data for JSON; the curves by metric and run's id."""
        ids = {label: run.full_id for label, run in zip(self.labels, self.runs, strict=True)}
        return {
            "runs": [
                {
                    "label": label,
                    "id": run.full_id,
                    "name": run.record.name,
                    "status": run.record.status.value,
                    "path": str(run.path),
                }
                for label, run in zip(self.labels, self.runs, strict=True)
            ],
            "config": [row.to_dict() for row in self.config],
            "metrics": [row.to_dict() for row in self.metrics],
            "facts": [row.to_dict() for row in self.facts],
            "environment": [row.to_dict() for row in self.environment],
            "curves": {
                metric: {
                    ids[label]: [value if math.isfinite(value) else None for value in values]
                    for label, values in self.curves(metric).items()
                }
                for metric in self.logged()
            },
            "notes": list(self.notes),
        }

    def rows(self) -> list[dict[str, Any]]:
        """A mapping for each run, all with the same keys: what differs, and all figures."""
        rows: list[dict[str, Any]] = []
        for i, run in enumerate(self.runs):
            record = run.record
            row: dict[str, Any] = {"label": self.labels[i], "id": run.full_id, "name": record.name}
            row |= {"status": record.status.value, "path": str(run.path)}
            row |= {f"config.{one.path}": one.values[i] for one in self.config}
            row |= {f"metrics.{one.name}": one.values[i] for one in self.metrics}
            row |= {one.name: one.values[i] for one in self.facts}
            row |= {f"environment.{one.path}": one.values[i] for one in self.environment}
            rows.append(row)
        return rows


def compare_runs(runs: Sequence[StoredRun]) -> RunComparison:
    """Set runs side by side.

    Args:
        runs: Two or more, all different. For a search stands the run of its best config.

    Returns:
        The comparison. What of a run cannot be read is told in its notes.

    Raises:
        RequestError: There are fewer than two, too many, or one of them twice; or one is a
            comparison, or a search that has not come to a best run.
    """
    runs = [_stands_for(run) for run in runs]
    _check(runs)
    notes: list[str] = []
    trees: list[dict[str, Any]] = []
    histories: list[dict[str, list[float]]] = []
    for run in runs:
        try:
            trees.append(read_config_tree(run))
        except DataError as error:
            notes.append(str(error))
            trees.append({})
        try:
            histories.append(read_history(run.metrics_csv))
        except DataError as error:
            notes.append(str(error))
            histories.append({})
    records = [run.record for run in runs]
    metrics = metric_rows(records)
    configs = [tree.get for tree in trees]
    why = {row.name: incomparable_reason(row.name, configs) for row in metrics if row.best}
    notes += [
        f"{reason.capitalize()}: {_NONE_IS_BEST}"
        for reason in dict.fromkeys(why.values())
        if reason
    ]
    metrics = [replace(row, best=()) if why.get(row.name) else row for row in metrics]
    if use_different_rows(configs):
        notes.append(_OTHER_ROWS)
    return RunComparison(
        tuple(runs),
        tuple(differences(trees)),
        tuple(metrics),
        tuple(_facts(records)),
        tuple(environment_differences(records)),
        tuple(histories),
        tuple(notes),
    )


def _stands_for(run: StoredRun) -> StoredRun:
    """A run that has figures of its own: itself, or the best of a search."""
    if run.kind is RunKind.RUN:
        return run
    inside = run.inside()
    if run.kind is RunKind.SEARCH and "best" in inside:
        return read_run(run.path / "best")
    what = f"{run.kind.words} without a best run" if run.kind is RunKind.SEARCH else run.kind.words
    hint = (
        f"Name runs inside it, such as {run.full_id}/{inside[0]}."
        if inside
        else "Name another run."
    )
    raise RequestError(f"Expected runs to compare. Received: {run.full_id}, {what}. {hint}")


def metric_rows(records: Sequence[RunRecord]) -> list[MetricRow]:
    """The metrics of several runs, those of the test first, then of the validation.

    Args:
        records: The runs.

    Returns:
        A row for each metric that any of them has.

    Example:
        >>> losses = {"a": 0.3, "b": 0.1}
        >>> metric_rows([RunRecord(name, name, metrics={"loss": x}) for name, x in losses.items()])
        [MetricRow(name='loss', direction='min', values=(0.3, 0.1), best=(1,))]
    """
    names = dict.fromkeys(name for record in records for name in record.metrics)
    part = {
        name: next(i for i, part in enumerate(_PARTS) if name.startswith(part)) for name in names
    }
    return [_metric_row(name, records) for name in sorted(names, key=part.__getitem__)]


def _metric_row(name: str, records: Sequence[RunRecord]) -> MetricRow:
    values = tuple(record.metrics.get(name) for record in records)
    direction = common_direction(records, name)
    finite = [value for value in values if value is not None and math.isfinite(value)]
    # Where all are equal none is the best, and one alone is not the best of anything.
    if direction is None or len(set(finite)) < 2:  # noqa: PLR2004 - see above
        return MetricRow(name, direction, values)
    best = max(finite) if direction == "max" else min(finite)
    return MetricRow(
        name, direction, values, tuple(i for i, value in enumerate(values) if value == best)
    )


def environment_differences(records: Sequence[RunRecord]) -> list[Difference]:
    """What differs between the environments of runs, of all that bears on their numbers.

    Args:
        records: The runs.

    Returns:
        Differences of device, engine, determinism, versions, machine, variables and git revision;
        not of host names, times or command lines.
    """
    trees = []
    for record in records:
        known = dict(record.environment)
        for name in ("command", "git"):
            known.pop(name, None)
        tree: dict[str, Any] = {"device": record.device, "engine": record.engine}
        tree["hardware"] = known.pop("device", None)
        git = record.environment.get("git") or {}
        tree |= dict(leaves(known))
        tree |= {"git.revision": git.get("revision"), "git.dirty": git.get("dirty")}
        trees.append(tree)
    return differences(trees)


def _facts(records: Sequence[RunRecord]) -> list[MetricRow]:
    """Epochs, parameters, seconds: plain figures, of which none is the best."""
    rows = [
        MetricRow(name, None, tuple(getattr(record, name) for record in records)) for name in _FACTS
    ]
    rows += [
        MetricRow(name, None, tuple(record.timing.get(name) for record in records))
        for name in _TIMES
    ]
    return [row for row in rows if any(value is not None for value in row.values)]


def _check(runs: Sequence[StoredRun]) -> None:
    """Refuses what is no comparison."""
    if not 2 <= len(runs) <= len(LABELS):  # noqa: PLR2004 - to compare takes two
        message = f"Expected 2 to {len(LABELS)} runs to compare. Received: {len(runs)}."
        raise RequestError(f"{message} List the runs there are with: nnlab runs")
    places = [run.path.resolve() for run in runs]
    twice = dict.fromkeys(
        run.full_id for run, place in zip(runs, places, strict=True) if places.count(place) > 1
    )
    if twice:
        message = f"Expected different runs. Received more than once: {', '.join(twice)}."
        raise RequestError(f"{message} Name each run once.")
