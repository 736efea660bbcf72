"""One trial of a search in tables."""

from __future__ import annotations

from collections.abc import Iterable

from nnlab.report.search.summary import score_conditions
from nnlab.report.search.tables import parent_trial
from nnlab.report.text.numbers import format_count, format_metric, format_seconds
from nnlab.report.text.phrases import format_hyperparameter
from nnlab.report.text.table import Cell, Column, Table
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, ranked

# What the tables of a run tell of it.
_OF_THE_RUN = {"status", "epochs", "parameters", "error"}


def trial_tables(
    record: SearchRecord, trials: Iterable[FrozenTrial], number: int, *, is_run: bool = False
) -> list[Table]:
    """One trial of a search: what it tried, and what that came to.

    Args:
        record: The search.
        trials: Its trials.
        number: The trial's number.
        is_run: Whether it is a run as well, whose own tables tell the rest.

    Returns:
        Tables of facts and of values; none where there is no such trial.

    Example:
        >>> from nnlab.runs.records.trial import TrialStatus
        >>> search = SearchRecord("a-tune-1", "a")
        >>> trial = FrozenTrial(1, {"units": 8}, TrialStatus.COMPLETE, scores=(0.5,), score=0.5)
        >>> print(trial_tables(search, [trial], 1)[1].lines())
        ['Values', 'units  8']
    """
    several = list(trials)
    trial = next((one for one in several if one.number == number), None)
    if trial is None:
        return []
    order = ranked(several, record.direction)
    score = "" if trial.score is None else format_metric(trial.score)
    words = filter(None, (score, score_conditions(record, trial) if score else ""))
    facts = [
        ("status", trial.status.value),
        (record.objective, ", ".join(words)),
        ("rank", f"{order.index(trial) + 1} of {len(order)}" if trial in order else ""),
        ("scores", ", ".join(map(format_metric, trial.scores)) if len(trial.scores) > 1 else ""),
        ("goes on from", "" if trial.parent_trial is None else f"trial {parent_trial(trial).text}"),
        ("epochs", format_count(trial.epochs) if trial.epochs else ""),
        ("time", format_seconds(trial.seconds) if trial.is_finished else ""),
        ("parameters", "" if trial.params is None else format_count(trial.params)),
        ("error", trial.error or ""),
    ]
    rows = tuple(
        (Cell(name, "dim"), Cell(text, "error" if name == "error" else ""))
        for name, text in facts
        if text and not (is_run and name in _OF_THE_RUN)
    )
    values = tuple(
        (Cell(name, "dim"), Cell(format_hyperparameter(value)))
        for name, value in trial.values.items()
    )
    columns = (Column(""), Column(""))
    title = f"Trial {format_count(number)} of {record.id}"
    return [Table(title, columns, rows), Table("Values", columns, values)]
