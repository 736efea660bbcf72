"""The tables of runs: all runs, one run, and a run that just finished."""

from __future__ import annotations

import math
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nnlab.analysis.comparability import incomparable_reason
from nnlab.config.metrics import LEARNING_RATE
from nnlab.report.text.formatting import format_count, format_engine, format_metric, format_seconds
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, Tone, next_steps_table
from nnlab.runs.query.keys import RunKeys
from nnlab.runs.records.run import RunRecord, RunStatus, common_direction
from nnlab.text import plural

_MAX_METRICS = 4
# Keys that have a column in every table of runs.
_STANDARD_KEYS = {
    *("run", "id", "status", "epochs", "epochs_run", "total_s", "timing.total_s", "time"),
    *("params", "device"),
}
_TONES: dict[RunStatus, Tone] = {
    RunStatus.RUNNING: "",
    RunStatus.COMPLETE: "success",
    RunStatus.FAILED: "error",
    RunStatus.INTERRUPTED: "dim",
}
_TIMES = {
    "start_s": "starting TensorFlow",
    "load_s": "loading the data",
    "build_s": "building the model",
    "compile_s": "compiling",
    "fit_s": "training",
    "epoch_s": "epoch (median)",
    "total_s": "run in total",
}


def runs_table(
    runs: Sequence[RunKeys], named: Iterable[str] = (), *, of: int | None = None
) -> Table:
    """Return a table of runs with their main metrics; the best of each metric is marked.

    As in `nnlab compare runs`, no value is marked if the metric is not comparable between the runs.

    Args:
        runs: The runs, in the order to show.
        named: The keys by which the runs were sorted or selected: metrics among them are shown
            first, other keys get a column. Defaults to none.
        of: The number of all runs. Defaults to None: these are all.
    """
    records = [run.record for run in runs]
    keys = dict.fromkeys(key.removeprefix("metrics.") for key in named)
    metrics = _main_metrics(records, list(keys))
    best = {name: _best(records, name) for name in metrics}
    reasons = {
        name: incomparable_reason(name, [run.section for run in runs if name in run.record.metrics])
        for name in metrics
        if best[name] is not None
    }
    best |= {name: None for name, reason in reasons.items() if reason}
    extra_keys = [key for key in keys if key not in {*metrics, *_STANDARD_KEYS}]
    columns = (
        Column("run"),
        Column("status"),
        Column("epochs", right=True),
        *(Column(key.removeprefix("config.")) for key in extra_keys),
        *(
            Column(name, right=True, optional=i > 0 and name not in keys)
            for i, name in enumerate(metrics)
        ),
        Column("time", right=True, optional="time" not in keys),
        Column("params", right=True, optional="params" not in keys),
        Column("device", optional="device" not in keys),
    )
    rows = tuple(
        (
            Cell(record.id),
            status_cell(record.status),
            Cell(_count_parts(record) or format_count(record.epochs_run)),
            *(_value_cell(key, run[key]) for key in extra_keys),
            *(_metric_cell(record.metrics.get(name), best[name]) for name in metrics),
            _seconds_cell(record.timing.get("total_s")),
            EMPTY_CELL if record.params is None else Cell(format_count(record.params)),
            Cell(record.device) if record.device else EMPTY_CELL,
        )
        for record, run in zip(records, runs, strict=True)
    )
    is_part = of is not None and of > len(records)
    notes = [f"{format_count(len(records))} of {plural(of or 0, 'run')}"] if is_part else []
    notes += [
        f"{name} has no best value: {reason}."
        for name, reason in reasons.items()
        if reason and name in keys
    ]
    return Table("", columns, rows, notes=tuple(notes))


def _main_metrics(records: Sequence[RunRecord], named: Sequence[str]) -> list[str]:
    """Return the metrics to show: named ones first, then test, validation, training metrics."""
    hidden = {LEARNING_RATE} - {*named}
    counts = Counter(name for record in records for name in record.metrics if name not in hidden)

    def order(name: str) -> tuple[int, int, int]:
        part = 0 if name.startswith("test_") else 1 if name.startswith("val_") else 2
        position = named.index(name) if name in named else len(named)
        return (position, part, -counts[name])

    size = max(_MAX_METRICS, len(counts.keys() & set(named)))
    return sorted(counts, key=order)[:size]


def _best(records: Sequence[RunRecord], name: str) -> float | None:
    """Return the best value, or None if all are equal or the direction is unknown."""
    values = {record.metrics.get(name, math.nan) for record in records}
    finite = {value for value in values if math.isfinite(value)}
    direction = common_direction(records, name)
    if len(finite) < 2 or direction is None:  # noqa: PLR2004 - a single value is not the best
        return None
    return (max if direction == "max" else min)(finite)


def run_tables(record: RunRecord, directory: Path | None = None) -> list[Table]:
    """Return the tables of a run: facts, metrics, times and environment, without empty ones."""
    parts = _count_parts(record)
    facts = {
        "run": record.id,
        "folder": str(directory) if directory else "",
        "status": status_cell(record.status),
        "error": Cell(record.error, "error") if record.error else "",
        "created": _format_time(record.created),
        "finished": _format_time(record.finished),
        "seed": "" if record.seed is None else str(record.seed),
        "device": record.device,
        "engine": record.engine and format_engine(record.engine, record.training),
        "parameters": "" if record.params is None else format_count(record.params),
        **({"epochs": _format_epochs(record)} if parts is None else {"parts": parts}),
    }
    times = {
        title: format_seconds(record.timing[name])
        for name, title in _TIMES.items()
        if name in record.timing
    }
    environment = {
        name: Cell(_format_value(value)) for name, value in record.environment.items() if value
    }
    tables = [
        facts_table(record.name, facts),
        _metrics_table(record),
        facts_table("Time", times),
        facts_table("Environment", environment),
    ]
    return [table for table in tables if table.rows]


def result_tables(
    record: RunRecord, directory: Path, next_commands: Sequence[tuple[str, str]] = ()
) -> list[Table]:
    """Return the tables of a run that just finished: facts, metrics and suggested commands."""
    timing = record.timing
    time = format_seconds(timing["total_s"]) if "total_s" in timing else "-"
    if {"start_s", "total_s"} <= timing.keys():
        # The user waited for the start of TensorFlow, too.
        start = format_seconds(timing["start_s"])
        total = format_seconds(timing["start_s"] + timing["total_s"])
        time = f"{total}: {start} to start TensorFlow, {time} for the run"
    facts = {
        "status": status_cell(record.status),
        "error": Cell(record.error, "error") if record.error else "",
        "epochs": _format_epochs(record),
        "time": time,
        "folder": str(directory),
    }
    tables = [
        facts_table(record.name, facts),
        _metrics_table(record),
        next_steps_table(next_commands),
    ]
    return [table for table in tables if table.rows]


def facts_table(title: str, facts: Mapping[str, Cell | str | None]) -> Table:
    """Return a table of names and values, without empty ones."""
    rows = tuple(
        (Cell(name, "dim"), Cell(fact) if isinstance(fact, str) else fact)
        for name, fact in facts.items()
        if fact and fact != EMPTY_CELL
    )
    return Table(title, (Column(""), Column("")), rows)


def _metrics_table(record: RunRecord) -> Table:
    """Return a table with a row per metric and a column per part of the data."""
    parts = {"": "training", "val_": "validation", "test_": "test"}
    names = dict.fromkeys(
        name.removeprefix("val_").removeprefix("test_") for name in record.metrics
    )
    shown = [part for part in parts if any(part + name in record.metrics for name in names)]
    columns = (Column(""), *(Column(parts[part], right=True) for part in shown))
    rows = tuple(
        (
            Cell(name, "dim"),
            *(_metric_cell(record.metrics.get(part + name), None) for part in shown),
        )
        for name in names
    )
    return Table("Metrics", columns, rows)


def status_cell(status: RunStatus) -> Cell:
    """Return the cell of a run's status."""
    return Cell(status.value, _TONES[status])


def _metric_cell(value: float | None, best: float | None) -> Cell:
    if value is None:
        return EMPTY_CELL
    text = format_metric(value)
    # Values that are rounded to the best are marked, too.
    is_best = best is not None and text == format_metric(best)
    return Cell(text, "best" if is_best else "" if math.isfinite(value) else "error")


def _value_cell(key: str, value: object) -> Cell:
    """Return the cell of any key's value."""
    if isinstance(value, float):
        return _seconds_cell(value) if key.endswith("_s") else _metric_cell(value, None)
    return EMPTY_CELL if value is None else Cell(_format_value(value))


def _seconds_cell(value: float | None) -> Cell:
    return EMPTY_CELL if value is None else Cell(format_seconds(value))


def _format_time(value: str | None) -> str:
    """Format a recorded time, to the second."""
    return re.sub(r"\.\d+", "", value or "").replace("T", " ").replace("Z", " UTC")


def _format_epochs(record: RunRecord) -> str:
    best = "" if record.best_epoch is None else f", best {format_count(record.best_epoch)}"
    return f"{format_count(record.epochs_run)}{best}"


def _count_parts(record: RunRecord) -> str | None:
    """Return the number of trials, points or runs of a study, or None for a single run."""
    for parts, noun in (("trials", "trial"), ("points", "point"), ("runs", "run")):
        counts = record.training.get(parts)
        if isinstance(counts, dict):
            return plural(sum(counts.get(kind, 0) for kind in ("complete", "failed")), noun)
    return None


def _format_value(value: object) -> str:
    """Format a value on one line; lists, such as command lines, as in a shell."""
    if isinstance(value, dict):
        known = {key: item for key, item in value.items() if item not in (None, False)}
        return ", ".join(key if item is True else f"{key} {item}" for key, item in known.items())
    if isinstance(value, list):
        return shlex.join(map(str, value))
    return str(value)
