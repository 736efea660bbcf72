"""Tables about runs: all of them, one of them, and the one that just ended."""

from __future__ import annotations

import math
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nnlab.analysis.comparability import incomparable_reason
from nnlab.report.text.engine import format_engine
from nnlab.report.text.numbers import format_count, format_metric, format_seconds
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, Tone, next_steps_table
from nnlab.runs.query.keys import RunKeys
from nnlab.runs.records.run import RunRecord, RunStatus, common_direction
from nnlab.text import plural

_METRICS_SHOWN = 4
# What the table of all runs shows of each, whatever it was asked for.
_SHOWN_ALWAYS = {"run", "id", "status", "epochs", "epochs_run", "total_s", "timing.total_s", "time"}
_SHOWN_ALWAYS |= {"params", "device"}
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
    "epoch_s": "an epoch (median)",
    "total_s": "the run in all",
}


def runs_table(
    several: Sequence[RunKeys], named: Iterable[str] = (), *, of: int | None = None
) -> Table:
    """All runs, one a row, with the metrics that most of them have and the best of each marked.

    As `nnlab compare runs`, it marks none where the figure does not mean the same in all.

    Args:
        several: The runs, in the order to show.
        named: The keys by which they were sorted or chosen: metrics among them are shown first,
            and what would not be shown gets a column.
        of: How many runs there are; None: these are all.

    Returns:
        The table; the first column holds the id.
    """
    runs = [keys.record for keys in several]
    keys = dict.fromkeys(key.removeprefix("metrics.") for key in named)
    metrics = _main_metrics(runs, list(keys))
    best = {name: _best(runs, name) for name in metrics}
    reasons = {name: _why_none(several, name) for name in metrics if best[name] is not None}
    best |= {name: None for name, reason in reasons.items() if reason}
    others = [key for key in keys if key not in {*metrics, *_SHOWN_ALWAYS}]
    columns = (
        Column("run"),
        Column("status"),
        Column("epochs", right=True),
        *(Column(key.removeprefix("config.")) for key in others),
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
            Cell(run.id),
            status_cell(run.status),
            _length(run),
            *(_value(key, one[key]) for key in others),
            *(_metric(run.metrics.get(name), best[name]) for name in metrics),
            _seconds(run.timing.get("total_s")),
            _count(run.params),
            _text(run.device),
        )
        for run, one in zip(runs, several, strict=True)
    )
    part = of is not None and of > len(runs)
    notes = [f"{format_count(len(runs))} of {plural(of or 0, 'run')}"] if part else []
    # Who asked for a metric looks for its star.
    notes += [
        f"{name}: {why}, and none is marked as the best."
        for name, why in reasons.items()
        if why and name in keys
    ]
    return Table("", columns, rows, notes=tuple(notes))


def run_tables(record: RunRecord, directory: Path | None = None) -> list[Table]:
    """All that is known of one run.

    Args:
        record: The run.
        directory: Its folder, shown where it is given.

    Returns:
        Tables of facts, metrics, timings and the environment; empty ones are left out.
    """
    parts = _parts(record)
    facts = [
        ("run", _text(record.id)),
        ("folder", _text(str(directory) if directory else None)),
        ("status", status_cell(record.status)),
        ("error", Cell(record.error, "error") if record.error else EMPTY_CELL),
        ("created", _moment(record.created)),
        ("finished", _moment(record.finished)),
        ("seed", _text(None if record.seed is None else str(record.seed))),
        ("device", _text(record.device)),
        ("engine", _text(record.engine and format_engine(record.engine, record.training))),
        ("parameters", _count(record.params)),
        ("epochs", _epochs(record)) if parts is None else ("parts", Cell(parts)),
    ]
    times = [
        (words, Cell(format_seconds(record.timing[name])))
        for name, words in _TIMES.items()
        if name in record.timing
    ]
    surroundings = [
        (name, Cell(_flat(value))) for name, value in record.environment.items() if value
    ]
    tables = [
        _pairs(record.name, [pair for pair in facts if pair[1] != EMPTY_CELL]),
        _metrics_table(record),
        _pairs("Time", times),
        _pairs("Environment", surroundings),
    ]
    return [table for table in tables if table.rows]


def closing_table(
    record: RunRecord, directory: Path, next_commands: Sequence[tuple[str, str]] = ()
) -> list[Table]:
    """What a run came to, where it lies, and what to type next.

    Args:
        record: The run that just ended.
        directory: Its folder.
        next_commands: Pairs of a command and what it does.

    Returns:
        Two tables, or three: facts, metrics, commands.
    """
    facts = [
        ("status", status_cell(record.status)),
        ("error", Cell(record.error, "error") if record.error else EMPTY_CELL),
        ("epochs", _epochs(record)),
        ("time", Cell(_waited(record.timing))),
        ("folder", Cell(str(directory))),
    ]
    tables = [
        _pairs(record.name, [pair for pair in facts if pair[1] != EMPTY_CELL]),
        _metrics_table(record),
        next_steps_table(next_commands),
    ]
    return [table for table in tables if table.rows]


def status_cell(status: RunStatus) -> Cell:
    """A run's status as a cell.

    Args:
        status: The status.
    """
    return Cell(status.value, _TONES[status])


def _waited(timing: Mapping[str, float]) -> str:
    """How long the user has waited, and for what."""
    if "total_s" not in timing:
        return "-"
    run = format_seconds(timing["total_s"])
    if "start_s" not in timing:
        return run
    start = format_seconds(timing["start_s"])
    whole = format_seconds(timing["start_s"] + timing["total_s"])
    return f"{whole}: {start} to start TensorFlow, {run} for the run"


def _pairs(title: str, pairs: Sequence[tuple[str, Cell]]) -> Table:
    """A table of names and values."""
    return Table(
        title, (Column(""), Column("")), tuple((Cell(name, "dim"), cell) for name, cell in pairs)
    )


def _metrics_table(record: RunRecord) -> Table:
    """A run's metrics: one a row, one column for each part of the data that has any."""
    parts = {"": "training", "val_": "validation", "test_": "test"}
    names = dict.fromkeys(_plain_name(name) for name in record.metrics)
    shown = [part for part in parts if any(part + name in record.metrics for name in names)]
    columns = (Column(""), *(Column(parts[part], right=True) for part in shown))
    rows = tuple(
        (Cell(name, "dim"), *(_metric(record.metrics.get(part + name), None) for part in shown))
        for name in names
    )
    return Table("Metrics", columns, rows)


def _main_metrics(runs: Sequence[RunRecord], named: Sequence[str]) -> list[str]:
    """The few metrics to compare by: those that are named, then test, validation, training."""
    unasked = {"learning_rate"} - {*named}
    counts = Counter(name for run in runs for name in run.metrics if name not in unasked)

    def order(name: str) -> tuple[int, int, int]:
        part = 0 if name.startswith("test_") else 1 if name.startswith("val_") else 2
        place = named.index(name) if name in named else len(named)
        return (place, part, -counts[name])

    shown = max(_METRICS_SHOWN, len(counts.keys() & set(named)))
    return sorted(counts, key=order)[:shown]


def _best(runs: Sequence[RunRecord], name: str) -> float | None:
    """The best value; None where nothing is to compare, or nobody knows which way is up."""
    values = [run.metrics[name] for run in runs if math.isfinite(run.metrics.get(name, math.nan))]
    direction = common_direction(runs, name)
    # Where all are equal none is the best, and one alone is not the best of anything.
    if len(set(values)) < 2 or direction is None:  # noqa: PLR2004 - see above
        return None
    return (max if direction == "max" else min)(values)


def _why_none(several: Sequence[RunKeys], name: str) -> str:
    """Why no run is the best by a metric, though there are values to choose from."""
    return incomparable_reason(name, [one.section for one in several if name in one.record.metrics])


def _plain_name(name: str) -> str:
    """A metric's name without the part of the data."""
    return name.removeprefix("val_").removeprefix("test_")


def _metric(value: float | None, best: float | None) -> Cell:
    """A metric's cell."""
    if value is None:
        return EMPTY_CELL
    text = format_metric(value)
    # A star between two that look alike would be a riddle.
    is_best = best is not None and text == format_metric(best)
    return Cell(text, "best" if is_best else "" if math.isfinite(value) else "error")


def _seconds(value: float | None) -> Cell:
    """A duration's cell."""
    return EMPTY_CELL if value is None else Cell(format_seconds(value))


def _count(value: int | None) -> Cell:
    """A count's cell."""
    return EMPTY_CELL if value is None else Cell(format_count(value))


def _value(key: str, value: object) -> Cell:
    """The cell of whatever a key may have as its value."""
    if isinstance(value, float):
        return _seconds(value) if key.endswith("_s") else _metric(value, None)
    return EMPTY_CELL if value is None else Cell(_flat(value))


def _moment(value: str | None) -> Cell:
    """A time's cell, to the second."""
    return _text(re.sub(r"\.\d+", "", value or "").replace("T", " ").replace("Z", " UTC"))


def _text(value: str | None) -> Cell:
    """A text's cell."""
    return Cell(value) if value else EMPTY_CELL


def _parts(record: RunRecord) -> str | None:
    """How many trials a search has, how many runs or points a comparison; None of a training."""
    for parts, noun in (("trials", "trial"), ("points", "point"), ("runs", "run")):
        counts = record.training.get(parts)
        if isinstance(counts, dict):
            return plural(sum(counts.get(kind, 0) for kind in ("complete", "failed")), noun)
    return None


def _length(record: RunRecord) -> Cell:
    """How many epochs a run has, or how many parts."""
    return Cell(_parts(record) or format_count(record.epochs_run))


def _epochs(record: RunRecord) -> Cell:
    """How many epochs there were, and which was the best."""
    best = "" if record.best_epoch is None else f", the best is {format_count(record.best_epoch)}"
    return Cell(f"{format_count(record.epochs_run)}{best}")


def _flat(value: object) -> str:
    """A value of the environment on one line."""
    if isinstance(value, dict):
        known = {key: item for key, item in value.items() if item not in (None, False)}
        return ", ".join(key if item is True else f"{key} {item}" for key, item in known.items())
    if isinstance(value, list):
        # A command line can be copied from it.
        return shlex.join(map(str, value))
    return str(value)
