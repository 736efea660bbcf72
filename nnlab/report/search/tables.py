"""The tables of a search: facts, best trials, failures, importance, commands; and of one trial."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from nnlab.config.space.hyperparameter import marker_name, short_names
from nnlab.report.runs.tables import facts_table, status_cell
from nnlab.report.search.suggested_commands import STOP_REASONS, next_commands
from nnlab.report.search.summary import (
    format_trainings,
    retrain_mismatch,
    score_conditions,
    values_at_bounds,
)
from nnlab.report.text.formatting import (
    DIRECTION_PHRASES,
    format_count,
    format_hyperparameter,
    format_metric,
    format_percent,
    format_seconds,
)
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, next_steps_table
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, rank_trials
from nnlab.text import plural, shorten

_MAX_BEST = 10
_MAX_REASON_LENGTH = 160
_MIN_SHARE = 0.01
_MAX_TRIAL_NUMBERS = 6
_FACTS_OF_A_RUN = {"status", "epochs", "parameters", "error"}


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
    score = ""
    if best is not None and conditions:
        score = f"trial {format_count(best.number)}, {record.objective} "
        score += f"{format_metric(best.score or 0)}, {conditions}"
    facts: dict[str, Cell | str] = {
        "search": record.id,
        "status": status_cell(record.status),
        "folder": str(path) if path else "",
        "error": Cell(record.error, "error") if record.error else "",
        "algorithm": f"{record.algorithm}, seed {record.seed}",
        "objective": f"{record.objective} ({DIRECTION_PHRASES[record.direction]})",
        "trials": "; ".join(filter(None, (trial_counts, trial_counts and stop_reason))),
        "space": plural(len(record.space), "hyperparameter"),
        "jobs": str(record.jobs),
        "time": format_seconds(record.timing["total_s"]) if "total_s" in record.timing else "",
        "best": score,
        "at search bound": f"{at_bounds}: better values may be outside" if at_bounds else "",
        "best, retrained": "; ".join(filter(None, (retrained, retrained and mismatch))),
        "importance": _reason_without_importance(record, trials),
    }
    return facts_table(record.name, facts)


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
            *(
                (EMPTY_CELL if trial.spread is None else Cell(format_metric(trial.spread)),)
                if has_spread
                else ()
            ),
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


def _failures_table(trials: Iterable[FrozenTrial]) -> Table:
    """Return a row for each error, with its number of trials."""
    by_error: dict[str, list[FrozenTrial]] = {}
    for trial in trials:
        if trial.status is TrialStatus.FAILED:
            by_error.setdefault(trial.failure, []).append(trial)
    rows = []
    for failed in sorted(by_error.values(), key=len, reverse=True):
        reason = shorten(failed[0].reason, _MAX_REASON_LENGTH)
        numbers = [format_count(trial.number) for trial in failed[:_MAX_TRIAL_NUMBERS]]
        more = ["..."] if len(failed) > _MAX_TRIAL_NUMBERS else []
        trial_cell = Cell(", ".join([*numbers, *more]), "dim")
        rows.append((Cell(format_count(len(failed))), Cell(reason, "error"), trial_cell))
    columns = (Column("count", right=True), Column("reason"), Column("trials"))
    return Table("Failed", columns, tuple(rows))


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


def trial_tables(
    record: SearchRecord, trials: Iterable[FrozenTrial], number: int, *, is_run: bool = False
) -> list[Table]:
    """Return a table of facts and one of values; none if there is no such trial.

    Args:
        record: The search.
        trials: Its trials.
        number: The trial's number.
        is_run: Whether the trial is a run, so the tables of the run have the other facts. Defaults
            to False.
    """
    all_trials = list(trials)
    trial = next((trial for trial in all_trials if trial.number == number), None)
    if trial is None:
        return []
    ranking = rank_trials(all_trials, record.direction)
    score = "" if trial.score is None else format_metric(trial.score)
    conditions = score_conditions(record, trial) if score else ""
    has_scores, has_parent = len(trial.scores) > 1, trial.parent_trial is not None
    facts: dict[str, Cell | str] = {
        "status": trial.status.value,
        record.objective: ", ".join(filter(None, (score, conditions))),
        "rank": f"{ranking.index(trial) + 1} of {len(ranking)}" if trial in ranking else "",
        "scores": ", ".join(map(format_metric, trial.scores)) if has_scores else "",
        "parent": f"trial {parent_cell(trial).text}" if has_parent else "",
        "epochs": format_count(trial.epochs) if trial.epochs else "",
        "time": format_seconds(trial.seconds) if trial.is_finished else "",
        "parameters": "" if trial.params is None else format_count(trial.params),
        "error": Cell(trial.error, "error") if trial.error else "",
    }
    if is_run:
        facts = {name: fact for name, fact in facts.items() if name not in _FACTS_OF_A_RUN}
    values = {name: Cell(format_hyperparameter(value)) for name, value in trial.values.items()}
    title = f"Trial {format_count(number)} of {record.id}"
    return [facts_table(title, facts), facts_table("Values", values)]
