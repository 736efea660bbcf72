"""Under what a trial's score was reached, in words: epochs, folds, executions."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.report.text.numbers import format_metric
from nnlab.report.text.phrases import format_hyperparameter
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, Value
from nnlab.text import plural


def score_conditions(record: SearchRecord, trial: FrozenTrial) -> str:
    """What to know of a trial's score.

    Args:
        record: The search.
        trial: A trial of it.

    Returns:
        Words that follow the score; empty where one training that was done in full has come to it.

    Example:
        >>> record = SearchRecord("a-tune", "a", cv=3)
        >>> score_conditions(record, FrozenTrial(1, {}, scores=(0.8, 0.9, 1.0), score=0.9))
        'the mean of 3 folds, standard deviation 0.1000'
    """
    words = []
    last = trial.proposal.get("epochs")
    if last is not None and record.max_epochs is not None and last < record.max_epochs:
        words.append(f"after {last} of {plural(record.max_epochs, 'epoch')}")
    if len(trial.scores) > 1:
        words.append(f"the mean of {trainings_text(record)}")
    if trial.spread is not None:
        words.append(f"standard deviation {format_metric(trial.spread)}")
    return ", ".join(words)


def retrain_mismatch(record: SearchRecord, trial: FrozenTrial) -> str:
    """How the best trial's config is trained once more, where that is not as the trial was.

    Args:
        record: The search.
        trial: The best trial.

    Returns:
        Words that follow the figures of that training; empty where it repeats the trial.

    Example:
        >>> record = SearchRecord("a-tune", "a", algorithm="hyperband", max_epochs=9)
        >>> retrain_mismatch(record, FrozenTrial(1, {}, proposal={"epochs": 3}))
        'one training of 9 epochs'
    """
    if not score_conditions(record, trial):
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


# So near to an end of the range, as a part of it, counts as the end.
_NEAR = 0.02
_FEWEST = 3


def edges(record: SearchRecord) -> str:
    """The values of the best trial that stand at an end of their ranges.

    Args:
        record: The search.

    Returns:
        The values by their names, as the config has them, with which end it is; empty where there
        are none. An end at 0 is passed over: hardly anything lies beyond.

    Example:
        >>> units = {"name": "a.units", "kind": "int", "default": 8, "min_value": 8}
        >>> space = (units | {"max_value": 64, "step": 8},)
        >>> edges(SearchRecord("a-tune", "a", space=space, best={"values": {"a.units": 64}}))
        'a.units=64 is the greatest'
    """
    values: Mapping[str, Value] = (record.best or {}).get("values", {})
    space = [Hyperparameter.from_dict(one) for one in record.space]
    ends = ((one.name, values.get(one.name), _end(one, values.get(one.name))) for one in space)
    return ", ".join(
        f"{name}={format_hyperparameter(value)} is the {end}"
        for name, value, end in ends
        if value is not None and end
    )


def _end(one: Hyperparameter, value: Value | None) -> str:
    low, high = one.min_value, one.max_value
    if low is None or high is None or value is None or isinstance(value, str):
        return ""
    if one.size is not None and one.size < _FEWEST:
        return ""
    if one.step is not None:
        points = list(one.points())
        place = {points[0]: 0.0, points[-1]: 1.0}.get(value, 0.5)
    elif one.sampling == "linear":
        place = (value - low) / (high - low)
    else:
        place = math.log(value / low) / math.log(high / low)
    if place >= 1 - _NEAR:
        return "greatest"
    return "least" if place <= _NEAR and low > 0 else ""
