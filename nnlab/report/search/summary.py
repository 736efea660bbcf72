"""Phrases about a search: the conditions of a score, and the best values at a search bound."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.report.text.formatting import format_hyperparameter, format_metric
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, Value
from nnlab.text import plural

# Values within this fraction of the range from a bound count as at the bound.
_BOUND_TOLERANCE = 0.02
_MIN_VALUES = 3


def score_conditions(record: SearchRecord, trial: FrozenTrial) -> str:
    """Return the conditions of a trial's score; empty for a single full training.

    Example:
        >>> record = SearchRecord("a-tune", "a", cv=3)
        >>> score_conditions(record, FrozenTrial(1, {}, scores=(0.8, 0.9, 1.0), score=0.9))
        'mean of 3 folds, standard deviation 0.1000'
    """
    parts = []
    epochs = trial.sampler_state.get("epochs")
    if epochs is not None and record.max_epochs is not None and epochs < record.max_epochs:
        parts.append(f"after {epochs} of {plural(record.max_epochs, 'epoch')}")
    if len(trial.scores) > 1:
        parts.append(f"mean of {format_trainings(record)}")
    if trial.spread is not None:
        parts.append(f"standard deviation {format_metric(trial.spread)}")
    return ", ".join(parts)


def retrain_mismatch(record: SearchRecord, trial: FrozenTrial) -> str:
    """Return how the retraining of the best trial differs from it; empty if it does not.

    Example:
        >>> record = SearchRecord("a-tune", "a", algorithm="hyperband", max_epochs=9)
        >>> retrain_mismatch(record, FrozenTrial(1, {}, sampler_state={"epochs": 3}))
        'a single training of 9 epochs'
    """
    if not score_conditions(record, trial):
        return ""
    epochs = f" of {plural(record.max_epochs, 'epoch')}" if record.max_epochs is not None else ""
    split = ", on one split of the rows" if record.cv else ""
    return f"a single training{epochs}{split}"


def format_trainings(record: SearchRecord) -> str:
    """Format the number of trainings per trial.

    Example:
        >>> format_trainings(SearchRecord("a-tune", "a", cv=5, executions_per_trial=2))
        '2 executions of 5 folds'
    """
    executions = record.executions_per_trial
    if record.cv is None:
        return plural(executions, "execution")
    folds = plural(record.cv, "fold")
    return folds if executions == 1 else f"{plural(executions, 'execution')} of {folds}"


def values_at_bounds(record: SearchRecord) -> str:
    """Return the values of the best trial that are at a bound of their range.

    A lower bound of 0 is ignored, since most such ranges cannot be extended.

    Example:
        >>> units = {"name": "a.units", "kind": "int", "default": 8, "min_value": 8}
        >>> space = (units | {"max_value": 64, "step": 8},)
        >>> values_at_bounds(SearchRecord("a", "a", space=space, best={"values": {"a.units": 64}}))
        'a.units=64 (upper bound)'
    """
    values: Mapping[str, Value] = (record.best or {}).get("values", {})
    space = [Hyperparameter.from_dict(hyperparameter) for hyperparameter in record.space]
    return ", ".join(
        f"{hyperparameter.name}={format_hyperparameter(value)} ({bound} bound)"
        for hyperparameter in space
        if (value := values.get(hyperparameter.name)) is not None
        and (bound := _bound(hyperparameter, value))
    )


def _bound(hyperparameter: Hyperparameter, value: Value) -> str:
    """Return the bound, upper or lower, at which a value is; empty for other values."""
    low, high = hyperparameter.min_value, hyperparameter.max_value
    if low is None or high is None or isinstance(value, str):
        return ""
    if hyperparameter.size is not None and hyperparameter.size < _MIN_VALUES:
        return ""
    if hyperparameter.step is not None:
        points = list(hyperparameter.points())
        position = {points[0]: 0.0, points[-1]: 1.0}.get(value, 0.5)
    elif hyperparameter.sampling == "linear":
        position = (value - low) / (high - low)
    else:
        position = math.log(value / low) / math.log(high / low)
    if position >= 1 - _BOUND_TOLERANCE:
        return "upper"
    return "lower" if position <= _BOUND_TOLERANCE and low > 0 else ""
