"""Under what a trial's score was reached, in words: epochs, folds, executions."""

from __future__ import annotations

from nnlab.report.numbers import metric_text, plural
from nnlab.runs.search import SearchRecord
from nnlab.runs.trial import TrialRecord


def reached_under(record: SearchRecord, trial: TrialRecord) -> str:
    """What to know of a trial's score.

    Args:
        record: The search.
        trial: A trial of it.

    Returns:
        Words that follow the score; empty where one training that was done in full has come to it.

    Example:
        >>> record = SearchRecord("a-tune", "a", cv=3)
        >>> reached_under(record, TrialRecord(1, {}, scores=(0.8, 0.9, 1.0), score=0.9))
        'the mean of 3 folds, standard deviation 0.1000'
    """
    words = []
    last = trial.proposal.get("epochs")
    if last is not None and record.max_epochs is not None and last < record.max_epochs:
        words.append(f"after {last} of {plural(record.max_epochs, 'epoch')}")
    if len(trial.scores) > 1:
        words.append(f"the mean of {trainings_text(record)}")
    if trial.spread is not None:
        words.append(f"standard deviation {metric_text(trial.spread)}")
    return ", ".join(words)


def retrained_otherwise(record: SearchRecord, trial: TrialRecord) -> str:
    """How the best trial's config is trained once more, where that is not as the trial was.

    Args:
        record: The search.
        trial: The best trial.

    Returns:
        Words that follow the figures of that training; empty where it repeats the trial.

    Example:
        >>> record = SearchRecord("a-tune", "a", algorithm="hyperband", max_epochs=9)
        >>> retrained_otherwise(record, TrialRecord(1, {}, proposal={"epochs": 3}))
        'one training of 9 epochs'
    """
    if not reached_under(record, trial):
        return ""
    of = f" of {plural(record.max_epochs, 'epoch')}" if record.max_epochs is not None else ""
    split = ", on one split of the rows" if record.cv else ""
    return f"one training{of}{split}"


def trainings_text(record: SearchRecord) -> str:
    """What a trial is made of: folds, executions, or both.

    Args:
        record: The search.

    Example:
        >>> trainings_text(SearchRecord("a-tune", "a", cv=5, executions_per_trial=2))
        '2 executions of 5 folds'
    """
    executions = record.executions_per_trial
    if record.cv is None:
        return plural(executions, "execution")
    folds = plural(record.cv, "fold")
    return folds if executions == 1 else f"{plural(executions, 'execution')} of {folds}"
