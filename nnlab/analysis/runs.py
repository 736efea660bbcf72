"""Several runs in comparison: what differs between them, and their results."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnlab.analysis.comparability import incomparable_reason, use_different_rows
from nnlab.analysis.differences import Difference, differences
from nnlab.config.metrics import Direction
from nnlab.errors import DataError, RequestError
from nnlab.runs import RunKind, RunRecord, StoredRun, read_run
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.query.keys import flatten, read_config_tree
from nnlab.runs.records.run import common_direction

LABELS = string.ascii_uppercase + string.ascii_lowercase
"""The letters of runs in tables and charts."""

_MIN_RUNS = 2
_KIND_NAMES = {
    RunKind.SEARCH: "a search without a best run",
    RunKind.COMPARISON: "a comparison",
    RunKind.BENCHMARK: "a benchmark",
    RunKind.TRIAL: "a trial with several trainings",
}
_PREFIXES = ("test_", "val_", "")
_FACTS = ("epochs_run", "best_epoch", "params")
_TIMES = ("epoch_s", "fit_s", "total_s")
_DIFFERENT_ROWS_NOTE = (
    "The seeds differ, and with them the split of the rows: part of the difference is chance. "
    "`nnlab compare variants` averages over several seeds."
)


@dataclass(frozen=True)
class MetricRow:
    """A metric of several runs.

    Args:
        name: The metric, such as `test_accuracy`.
        direction: Whether smaller or larger is better; None if unknown.
        values: The value of each run, None if a run has none.
        best: The positions of the best runs; empty if the runs are equal or not comparable.
    """

    name: str
    direction: Direction | None
    values: tuple[float | None, ...]
    best: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the row for JSON, which has no NaN."""
        values = [None if value is None or math.isnan(value) else value for value in self.values]
        best = list(self.best)
        return {"name": self.name, "direction": self.direction, "values": values, "best": best}


@dataclass(frozen=True)
class RunComparison:
    """A comparison of runs; every row has a value for each run, in their order.

    Args:
        runs: The runs.
        config: The keys of the configs whose values differ.
        metrics: All metrics of their records.
        facts: Epochs, parameters and seconds, of which none is the best.
        environment: The differences of the environments that may affect the results: versions,
            device, engine, determinism.
        histories: The columns of each run's metrics.csv.
        notes: Sentences about unreadable files, and about metrics that are not comparable.
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
        """Return a logged metric of each run that has it, [epochs], by the run's letter."""
        pairs = zip(self.labels, self.histories, strict=True)
        return {label: history[metric] for label, history in pairs if metric in history}

    def logged(self) -> list[str]:
        """Return the metrics that any of the runs logged per epoch."""
        names = dict.fromkeys(name for history in self.histories for name in history)
        return [name for name in names if name != "epoch"]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison for JSON, with the curves by metric and run id."""
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
        """Return a mapping for each run, with equal keys: differences, metrics and facts."""
        rows: list[dict[str, Any]] = []
        for i, run in enumerate(self.runs):
            record = run.record
            row: dict[str, Any] = {"label": self.labels[i], "id": run.full_id, "name": record.name}
            row |= {"status": record.status.value, "path": str(run.path)}
            row |= {f"config.{key.path}": key.values[i] for key in self.config}
            row |= {f"metrics.{metric.name}": metric.values[i] for metric in self.metrics}
            row |= {fact.name: fact.values[i] for fact in self.facts}
            row |= {f"environment.{key.path}": key.values[i] for key in self.environment}
            rows.append(row)
        return rows


def compare_runs(runs: Sequence[StoredRun]) -> RunComparison:
    """Compare runs: their configs, metrics, environments and curves.

    Args:
        runs: Two or more different runs. A search is replaced by its best run.

    Returns:
        The comparison. Files that cannot be read are reported in its notes.

    Raises:
        RequestError: If there are too few or too many runs, or one of them twice; or if one is a
            comparison, or a search without a best run.
    """
    runs = [_resolve_run(run) for run in runs]
    _check_runs(runs)
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
    reasons = {row.name: incomparable_reason(row.name, configs) for row in metrics if row.best}
    notes += [
        f"{reason.capitalize()}: the affected metrics have no best run."
        for reason in dict.fromkeys(reasons.values())
        if reason
    ]
    metrics = [replace(row, best=()) if reasons.get(row.name) else row for row in metrics]
    if use_different_rows(configs):
        notes.append(_DIFFERENT_ROWS_NOTE)
    facts = {name: tuple(getattr(record, name) for record in records) for name in _FACTS}
    facts |= {name: tuple(record.timing.get(name) for record in records) for name in _TIMES}
    return RunComparison(
        tuple(runs),
        tuple(differences(trees)),
        tuple(metrics),
        tuple(
            MetricRow(name, None, values) for name, values in facts.items() if {*values} != {None}
        ),
        tuple(environment_differences(records)),
        tuple(histories),
        tuple(notes),
    )


def _resolve_run(run: StoredRun) -> StoredRun:
    """Return a run with metrics: the run itself, or the best run of a search."""
    if run.kind is RunKind.RUN:
        return run
    child_runs = run.child_runs()
    if run.kind is RunKind.SEARCH and "best" in child_runs:
        return read_run(run.path / "best")
    hint = (
        f"Name one of its runs, such as {run.full_id}/{child_runs[0]}."
        if child_runs
        else "Name another run."
    )
    message = f"Expected runs to compare. Received: {run.full_id}, {_KIND_NAMES[run.kind]}."
    raise RequestError(f"{message} {hint}")


def _check_runs(runs: Sequence[StoredRun]) -> None:
    """Raise an error if there are too few or too many runs, or duplicates."""
    if not _MIN_RUNS <= len(runs) <= len(LABELS):
        message = f"Expected {_MIN_RUNS} to {len(LABELS)} runs to compare. Received: {len(runs)}."
        raise RequestError(f"{message} List all runs with: nnlab runs")
    paths = [run.path.resolve() for run in runs]
    duplicates = dict.fromkeys(
        run.full_id for run, path in zip(runs, paths, strict=True) if paths.count(path) > 1
    )
    if duplicates:
        message = f"Expected different runs. Received more than once: {', '.join(duplicates)}."
        raise RequestError(f"{message} Name each run once.")


def metric_rows(records: Sequence[RunRecord]) -> list[MetricRow]:
    """Return a row for each metric of any run: test metrics first, then validation metrics.

    Example:
        >>> losses = {"a": 0.3, "b": 0.1}
        >>> metric_rows([RunRecord(name, name, metrics={"loss": x}) for name, x in losses.items()])
        [MetricRow(name='loss', direction='min', values=(0.3, 0.1), best=(1,))]
    """
    names = dict.fromkeys(name for record in records for name in record.metrics)
    order = {
        name: next(i for i, prefix in enumerate(_PREFIXES) if name.startswith(prefix))
        for name in names
    }
    rows = []
    for name in sorted(names, key=order.__getitem__):
        values = tuple(record.metrics.get(name) for record in records)
        direction = common_direction(records, name)
        finite = {value for value in values if value is not None and math.isfinite(value)}
        best: tuple[int, ...] = ()
        # No run is the best if all are equal.
        if direction is not None and len(finite) > 1:
            best_value = max(finite) if direction == "max" else min(finite)
            best = tuple(i for i, value in enumerate(values) if value == best_value)
        rows.append(MetricRow(name, direction, values, best))
    return rows


def environment_differences(records: Sequence[RunRecord]) -> list[Difference]:
    """Return the differences of the environments that may affect the results.

    Device, engine, determinism, versions, hardware, variables and git revision; not host names,
    times and command lines.
    """
    trees = []
    for record in records:
        environment = dict(record.environment)
        for name in ("command", "git"):
            environment.pop(name, None)
        tree: dict[str, Any] = {"device": record.device, "engine": record.engine}
        tree["hardware"] = environment.pop("device", None)
        git = record.environment.get("git") or {}
        tree |= dict(flatten(environment))
        tree |= {"git.revision": git.get("revision"), "git.dirty": git.get("dirty")}
        trees.append(tree)
    return differences(trees)
