"""The tables of a search: facts, best trials, failures, importance and suggested commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from nnlab.config.space.hyperparameter_names import marker_name, short_names
from nnlab.report.runs.tables import status_cell
from nnlab.report.search.suggested_commands import STOP_REASONS, next_commands
from nnlab.report.search.summary import (
    format_trainings,
    retrain_mismatch,
    score_conditions,
    values_at_bounds,
)
from nnlab.report.text.numbers import format_count, format_metric, format_percent, format_seconds
from nnlab.report.text.phrases import format_hyperparameter
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, next_steps_table
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, rank_trials
from nnlab.text import plural

_MAX_BEST = 10
_MAX_REASON_LENGTH = 160
_MIN_SHARE = 0.01
_MAX_TRIAL_NUMBERS = 6
_DIRECTIONS = {"min": "lower is better", "max": "higher is better"}


def search_tables(
    record: SearchRecord, trials: Sequence[FrozenTrial], path: Path | None = None
) -> list[Table]:
    """Return the tables of a search without empty ones; without a path, no commands."""
    commands = [] if path is None else next_commands(record, trials, path)
    tables = [
        _facts_table(record, trials, path),
        best_table(record, trials),
        _failures_table(trials),
        _importance_table(record),
        next_steps_table(commands),
    ]
    return [table for table in tables if table.rows]


def _facts_table(record: SearchRecord, trials: Sequence[FrozenTrial], path: Path | None) -> Table:
    counts = {name: count for name, count in record.trial_counts.items() if count}
    trial_counts = ", ".join(f"{format_count(count)} {name}" for name, count in counts.items())
    stop_reason = STOP_REASONS.get(record.stop_reason or "", "")
    best = next(iter(rank_trials(trials, record.direction)), None)
    conditions = "" if best is None else score_conditions(record, best)
    mismatch = "" if best is None else retrain_mismatch(record, best)
    at_bounds = values_at_bounds(record)
    retrained = ", ".join(
        f"{name} {format_metric(value)}"
        for name, value in (record.final_metrics or {}).items()
        if name.startswith("test_") or name == record.objective
    )
    facts = {
        "search": record.id,
        "status": record.status.value,
        "folder": str(path) if path else "",
        "error": record.error or "",
        "algorithm": f"{record.algorithm}, seed {record.seed}",
        "objective": f"{record.objective} ({_DIRECTIONS[record.direction]})",
        "trials": "; ".join(filter(None, (trial_counts, trial_counts and stop_reason))),
        "space": plural(len(record.space), "hyperparameter"),
        "jobs": str(record.jobs),
        "time": format_seconds(record.timing["total_s"]) if "total_s" in record.timing else "",
        "best": _format_score(record, best, conditions) if best and conditions else "",
        "at search bound": f"{at_bounds}: better values may be outside" if at_bounds else "",
        "best, retrained": "; ".join(filter(None, (retrained, retrained and mismatch))),
        "importance": _reason_without_importance(record, trials),
    }
    rows = [
        (Cell(name, "dim"), Cell(text, "error" if name == "error" else ""))
        if name != "status"
        else (Cell(name, "dim"), status_cell(record.status))
        for name, text in facts.items()
        if text
    ]
    return Table(record.name, (Column(""), Column("")), tuple(rows))


def _format_score(record: SearchRecord, trial: FrozenTrial, conditions: str) -> str:
    score = f"{record.objective} {format_metric(trial.score or 0)}"
    return f"trial {format_count(trial.number)}, {score}, {conditions}"


def _reason_without_importance(record: SearchRecord, trials: Sequence[FrozenTrial]) -> str:
    """Return why a finished search has no importance; empty if it has."""
    from nnlab.analysis.importance import MIN_TRIALS

    if record.status is RunStatus.RUNNING or record.best is None or any(record.importance.values()):
        return ""
    count = sum(trial.parent_trial is None for trial in rank_trials(trials, record.direction))
    if count < MIN_TRIALS:
        kind = "new trial" if record.algorithm == "hyperband" else "trial"
        return f"too few trials: {plural(count, kind)} with a score, minimum {MIN_TRIALS}"
    return "no hyperparameter has a measurable effect"


def best_table(record: SearchRecord, trials: Iterable[FrozenTrial]) -> Table:
    """Return the best trials with their values; repetitions of a hyperparameter share a column."""
    ranking = rank_trials(trials, record.direction)
    best = ranking[:_MAX_BEST]
    markers = hyperparameter_columns(record, best)
    has_spread = any(trial.spread is not None for trial in best)
    is_hyperband = record.algorithm == "hyperband"
    # The epochs may be a hyperparameter.
    shows_epochs = "epochs" not in markers.values() and not is_hyperband
    columns = (
        Column("trial", right=True),
        Column(record.objective, right=True),
        *((Column("std", right=True),) if has_spread else ()),
        *((Column("epochs", right=True), Column("parent")) if is_hyperband else ()),
        *(Column(name) for name in markers.values()),
        *((Column("epochs", right=True, optional=True),) if shows_epochs else ()),
        Column("params", right=True, optional=True),
    )
    rows = tuple(
        (
            Cell(format_count(trial.number)),
            Cell(format_metric(trial.score or 0.0), "best" if trial.score == best[0].score else ""),
            *((_spread_cell(trial),) if has_spread else ()),
            *((Cell(format_count(trial.epochs)), parent_cell(trial)) if is_hyperband else ()),
            *(hyperparameter_cell(trial, marker) for marker in markers),
            *((Cell(format_count(trial.epochs)),) if shows_epochs else ()),
            EMPTY_CELL if trial.params is None else Cell(format_count(trial.params)),
        )
        for trial in best
    )
    title = f"Best {len(best)} of {plural(len(ranking), 'complete trial')}"
    notes = []
    if sum(trial.score == best[0].score for trial in best) > 1:
        notes.append(f"Of equal trials, the first one is the best: {best[0].number}.")
    if has_spread:
        trainings = format_trainings(record)
        notes.append(
            f"{record.objective}: mean of {trainings}; std: their standard deviation (n - 1)."
        )
    if is_hyperband and any(trial.parent_trial is not None for trial in best):
        notes.append("A trial with a parent continues from its weights, with the same values.")
    return Table(title, columns, rows, notes=tuple(notes), repeated_columns=2)


def hyperparameter_columns(record: SearchRecord, trials: Sequence[FrozenTrial]) -> dict[str, str]:
    """Return the short names of the trials' hyperparameters, by name without repetitions."""
    used = dict.fromkeys(marker_name(name) for trial in trials for name in trial.values)
    space = (marker_name(hyperparameter["name"]) for hyperparameter in record.space)
    names = dict.fromkeys([*space, *used])
    short = short_names(names)
    return {name: short[name] for name in names if name in used}


def hyperparameter_cell(trial: FrozenTrial, marker: str) -> Cell:
    """Return a trial's value of a hyperparameter, or the values of all its repetitions."""
    values = [value for name, value in trial.values.items() if marker_name(name) == marker]
    return Cell(" ".join(map(format_hyperparameter, values))) if values else EMPTY_CELL


def parent_cell(trial: FrozenTrial) -> Cell:
    """Return the trial that a trial continues in Hyperband, and its epoch."""
    if trial.parent_trial is None:
        return EMPTY_CELL
    epoch = trial.sampler_state.get("initial_epoch", 0)
    return Cell(f"{format_count(trial.parent_trial)}, epoch {format_count(epoch)}")


def _spread_cell(trial: FrozenTrial) -> Cell:
    return EMPTY_CELL if trial.spread is None else Cell(format_metric(trial.spread))


def _failures_table(trials: Iterable[FrozenTrial]) -> Table:
    """Return a row for each error, with its number of trials."""
    by_error: dict[str, list[FrozenTrial]] = {}
    for trial in trials:
        if trial.status is TrialStatus.FAILED:
            by_error.setdefault(trial.failure, []).append(trial)
    rows = tuple(
        (
            Cell(format_count(len(failed))),
            Cell(_shorten(failed[0].reason), "error"),
            Cell(_join_numbers(failed), "dim"),
        )
        for failed in sorted(by_error.values(), key=len, reverse=True)
    )
    columns = (Column("count", right=True), Column("reason"), Column("trials"))
    return Table("Failed", columns, rows)


def _join_numbers(trials: Sequence[FrozenTrial]) -> str:
    numbers = ", ".join(format_count(trial.number) for trial in trials[:_MAX_TRIAL_NUMBERS])
    return f"{numbers}, ..." if len(trials) > _MAX_TRIAL_NUMBERS else numbers


def _shorten(reason: str) -> str:
    is_long = len(reason) > _MAX_REASON_LENGTH
    return f"{reason[: _MAX_REASON_LENGTH - 1]}…" if is_long else reason


def _importance_table(record: SearchRecord) -> Table:
    from nnlab.analysis.importance import METHOD

    space = (marker_name(hyperparameter["name"]) for hyperparameter in record.space)
    short = short_names(dict.fromkeys(space))
    shown = {name: share for name, share in record.importance.items() if share >= _MIN_SHARE}
    errors = record.importance_errors
    rows = tuple(
        (
            Cell(short.get(name, name), "dim"),
            Cell(format_percent(share)),
            Cell(format_percent(errors[name]) if name in errors else "-", "dim"),
        )
        for name, share in shown.items()
    )
    notes = []
    if record.importance_r2 is not None:
        explained = format_percent(record.importance_r2)
        notes.append(f"The hyperparameters explain {explained} of the variance of the ranks.")
    notes.append(f"Share of what they explain, and its standard error, by {METHOD}.")
    if record.algorithm == "hyperband":
        notes.append("Of new trials, each ranked among those with the same number of epochs.")
    if hidden := len(record.importance) - len(shown):
        verb = "is" if hidden == 1 else "are"
        others = plural(hidden, "other")
        notes.append(f"{others} {verb} not significant or below {format_percent(_MIN_SHARE)}.")
    columns = (Column(""), Column("share", right=True), Column("error", right=True))
    return Table("Importance", columns, rows, notes=tuple(notes))
