"""The tables of a single trial of a search."""

from __future__ import annotations

from collections.abc import Iterable

from nnlab.report.search.summary import score_conditions
from nnlab.report.search.tables import parent_cell
from nnlab.report.text.numbers import format_count, format_metric, format_seconds
from nnlab.report.text.phrases import format_hyperparameter
from nnlab.report.text.table import Cell, Column, Table
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, rank_trials

_FACTS_OF_A_RUN = {"status", "epochs", "parameters", "error"}


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
    facts = {
        "status": trial.status.value,
        record.objective: ", ".join(filter(None, (score, conditions))),
        "rank": f"{ranking.index(trial) + 1} of {len(ranking)}" if trial in ranking else "",
        "scores": ", ".join(map(format_metric, trial.scores)) if has_scores else "",
        "parent": f"trial {parent_cell(trial).text}" if has_parent else "",
        "epochs": format_count(trial.epochs) if trial.epochs else "",
        "time": format_seconds(trial.seconds) if trial.is_finished else "",
        "parameters": "" if trial.params is None else format_count(trial.params),
        "error": trial.error or "",
    }
    rows = tuple(
        (Cell(name, "dim"), Cell(text, "error" if name == "error" else ""))
        for name, text in facts.items()
        if text and not (is_run and name in _FACTS_OF_A_RUN)
    )
    values = tuple(
        (Cell(name, "dim"), Cell(format_hyperparameter(value)))
        for name, value in trial.values.items()
    )
    columns = (Column(""), Column(""))
    title = f"Trial {format_count(number)} of {record.id}"
    return [Table(title, columns, rows), Table("Values", columns, values)]
