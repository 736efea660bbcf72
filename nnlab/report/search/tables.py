"""A search in tables: facts, best trials, why others failed, what the score depends on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from nnlab.config.space.hyperparameter_names import marker_name, short_names
from nnlab.report.runs.tables import status_cell
from nnlab.report.search.suggested_commands import ENDS, next_commands
from nnlab.report.search.summary import edges, retrain_mismatch, score_conditions, trainings_text
from nnlab.report.text.numbers import format_count, format_metric, format_percent, format_seconds
from nnlab.report.text.phrases import format_hyperparameter
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, next_steps_table
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, ranked
from nnlab.text import plural

BEST_SHOWN = 10

_LONGEST_REASON = 160
_LEAST_SHARE = 0.01
_FAILED_NAMED = 6
_WAYS = {"min": "less is better", "max": "more is better"}


def search_tables(
    record: SearchRecord, trials: Sequence[FrozenTrial], path: Path | None = None
) -> list[Table]:
    """All that a search came to.

    Args:
        record: The search.
        trials: Its trials.
        path: Its folder, for the commands that go on from here; None: there are none.

    Returns:
        Tables of facts, the best ten trials, the reasons of those that failed, the importance of
        the hyperparameters, and the next commands; empty ones are left out.
    """
    tables = [
        _facts(record, trials, path),
        best_table(record, trials),
        _failures(trials),
        _importance(record),
        _next(record, trials, path),
    ]
    return [table for table in tables if table.rows]


def best_table(record: SearchRecord, trials: Iterable[FrozenTrial]) -> Table:
    """The best trials with their values, the best first.

    Args:
        record: The search.
        trials: Its trials.

    Returns:
        The table. The repetitions of a hyperparameter share a column, one value after the other.
    """
    order = ranked(trials, record.direction)
    best = order[:BEST_SHOWN]
    markers = used_markers(record, best)
    repeated = any(trial.spread is not None for trial in best)
    tells_epochs = "epochs" not in markers.values()
    by_rungs = record.algorithm == "hyperband"
    columns = (
        Column("trial", right=True),
        Column(record.objective, right=True),
        *((Column("spread", right=True),) if repeated else ()),
        *((Column("epochs", right=True), Column("goes on from")) if by_rungs else ()),
        *(Column(name) for name in markers.values()),
        *((Column("epochs", right=True, optional=True),) if tells_epochs and not by_rungs else ()),
        Column("params", right=True, optional=True),
    )
    rows = tuple(
        (
            Cell(format_count(trial.number)),
            Cell(format_metric(trial.score or 0.0), "best" if trial.score == best[0].score else ""),
            *((_spread(trial),) if repeated else ()),
            *((Cell(format_count(trial.epochs)), parent_trial(trial)) if by_rungs else ()),
            *(values_cell(trial, marker) for marker in markers),
            *((Cell(format_count(trial.epochs)),) if tells_epochs and not by_rungs else ()),
            EMPTY_CELL if trial.params is None else Cell(format_count(trial.params)),
        )
        for trial in best
    )
    title = f"The best {len(best)} of {plural(len(order), 'complete trial')}"
    notes = []
    if sum(trial.score == best[0].score for trial in best) > 1:
        notes.append(f"Of equal trials the first one counts as the best: {best[0].number}.")
    if repeated:
        what = trainings_text(record)
        notes.append(
            f"{record.objective} is the mean of {what}; spread: their standard deviation (n - 1)."
        )
    if by_rungs and any(trial.parent_trial is not None for trial in best):
        notes.append("A trial that goes on has another's values, and begins with its weights.")
    return Table(title, columns, rows, notes=tuple(notes), repeated_columns=2)


def parent_trial(trial: FrozenTrial) -> Cell:
    """The trial whose weights one begins with in Hyperband, and their epoch.

    Args:
        trial: The trial.
    """
    if trial.parent_trial is None:
        return EMPTY_CELL
    epoch = trial.proposal.get("initial_epoch", 0)
    return Cell(f"{format_count(trial.parent_trial)}, epoch {format_count(epoch)}")


def used_markers(record: SearchRecord, trials: Sequence[FrozenTrial]) -> dict[str, str]:
    """The open values of the config that some trials have, and what they are called.

    Args:
        record: The search.
        trials: The trials.

    Returns:
        Short names, by the name without repetitions.
    """
    used = dict.fromkeys(marker_name(name) for trial in trials for name in trial.values)
    names = dict.fromkeys([*(marker_name(one["name"]) for one in record.space), *used])
    short = short_names(names)
    return {name: short[name] for name in names if name in used}


def values_cell(trial: FrozenTrial, marker: str) -> Cell:
    """A trial's value of an open value; of several repetitions one after the other.

    Args:
        trial: The trial.
        marker: The name without repetitions.
    """
    values = [value for name, value in trial.values.items() if marker_name(name) == marker]
    return Cell(" ".join(map(format_hyperparameter, values))) if values else EMPTY_CELL


def _spread(trial: FrozenTrial) -> Cell:
    return EMPTY_CELL if trial.spread is None else Cell(format_metric(trial.spread))


def _facts(record: SearchRecord, trials: Sequence[FrozenTrial], path: Path | None) -> Table:
    counts = {name: count for name, count in record.counts.items() if count}
    told = ", ".join(f"{format_count(count)} {name}" for name, count in counts.items())
    algorithm = f"{record.algorithm}, seed {record.seed}"
    ended = ENDS.get(record.stop_reason or "", "")
    retrained = {
        name: format_metric(value)
        for name, value in (record.retrained or {}).items()
        if name.startswith("test_") or name == record.objective
    }
    best = next(iter(ranked(trials, record.direction)), None)
    edge = edges(record)
    reached = "" if best is None else score_conditions(record, best)
    otherwise = "" if best is None else retrain_mismatch(record, best)
    figures = ", ".join(f"{name} {text}" for name, text in retrained.items())
    facts = [
        ("search", record.id),
        ("folder", str(path) if path else ""),
        ("error", record.error or ""),
        ("algorithm", algorithm),
        ("objective", f"{record.objective} ({_WAYS[record.direction]})"),
        ("trials", f"{told}; {ended}" if told and ended else told),
        ("space", plural(len(record.space), "hyperparameter")),
        ("trials at once", str(record.jobs)),
        ("time", format_seconds(record.timing["total_s"]) if "total_s" in record.timing else ""),
        ("best", _score_text(record, best, reached) if best is not None and reached else ""),
        ("at the edge", f"{edge}: better may lie beyond" if edge else ""),
        ("best, retrained", f"{figures}; {otherwise}" if figures and otherwise else figures),
        ("importance", _untold(record, trials)),
    ]
    rows = [
        (Cell(name, "dim"), Cell(text, "error" if name == "error" else ""))
        for name, text in facts
        if text
    ]
    rows.insert(1, (Cell("status", "dim"), status_cell(record.status)))
    return Table(record.name, (Column(""), Column("")), tuple(rows))


def _score_text(record: SearchRecord, trial: FrozenTrial, reached: str) -> str:
    score = (
        f"trial {format_count(trial.number)}, {record.objective} {format_metric(trial.score or 0)}"
    )
    return f"{score}, {reached}"


def _untold(record: SearchRecord, trials: Sequence[FrozenTrial]) -> str:
    """Why a search that has ended tells of no importance; empty where it does."""
    from nnlab.analysis.importance import LEAST_TRIALS

    if record.status is RunStatus.RUNNING or record.best is None or any(record.importance.values()):
        return ""
    count = sum(trial.parent_trial is None for trial in ranked(trials, record.direction))
    if count < LEAST_TRIALS:
        what = "that begin anew" if record.algorithm == "hyperband" else "with a score"
        return f"too few trials to say: {count} {what}, of {LEAST_TRIALS} at least"
    return "the values explain nothing that chance would not"


def _failures(trials: Iterable[FrozenTrial]) -> Table:
    """Each reason for which trials failed, and how many did."""
    kinds: dict[str, list[FrozenTrial]] = {}
    for trial in trials:
        if trial.status is TrialStatus.FAILED:
            kinds.setdefault(trial.failure, []).append(trial)
    rows = tuple(
        (
            Cell(format_count(len(alike))),
            Cell(_reason(alike[0]), "error"),
            Cell(_numbers(alike), "dim"),
        )
        for alike in sorted(kinds.values(), key=len, reverse=True)
    )
    columns = (Column("how many", right=True), Column("reason"), Column("trials"))
    return Table("Failed", columns, rows)


def _numbers(trials: Sequence[FrozenTrial]) -> str:
    """The numbers of the first few trials."""
    several = ", ".join(format_count(trial.number) for trial in trials[:_FAILED_NAMED])
    return f"{several}, ..." if len(trials) > _FAILED_NAMED else several


def _reason(trial: FrozenTrial) -> str:
    sentence = trial.reason
    return sentence if len(sentence) <= _LONGEST_REASON else f"{sentence[: _LONGEST_REASON - 1]}…"


def _importance(record: SearchRecord) -> Table:
    from nnlab.analysis.importance import METHOD

    short = short_names(dict.fromkeys(marker_name(one["name"]) for one in record.space))
    told = {name: share for name, share in record.importance.items() if share >= _LEAST_SHARE}
    errors = record.importance_errors
    rows = tuple(
        (
            Cell(short.get(name, name), "dim"),
            Cell(format_percent(share)),
            Cell(format_percent(errors[name]) if name in errors else "-", "dim"),
        )
        for name, share in told.items()
    )
    notes = []
    if record.importance_r2 is not None:
        share = format_percent(record.importance_r2)
        notes.append(f"The values explain {share} of the differences in rank; the rest is chance.")
    notes.append(f"The share in what they explain, and its standard error: {METHOD}.")
    if record.algorithm == "hyperband":
        notes.append("Of trials that begin anew, each ranked among those of as many epochs.")
    if len(told) < len(record.importance):
        other = len(record.importance) - len(told)
        which = "The other" if other == 1 else f"The other {format_count(other)}"
        less = f"{'has' if other == 1 else 'have'} less than {format_percent(_LEAST_SHARE)}"
        notes.append(f"{which} cannot be told from chance, or {less}.")
    columns = (Column(""), Column("share", right=True), Column("error", right=True))
    return Table("Importance", columns, rows, notes=tuple(notes))


def _next(record: SearchRecord, trials: Sequence[FrozenTrial], path: Path | None) -> Table:
    commands = [] if path is None else next_commands(record, trials, path)
    return next_steps_table(commands)
