"""What the value of a metric means: its direction, and the losses, penalties and rows behind it.

Works on names and plain data, to list runs without importing the vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

Direction = Literal["min", "max"]
"""Whether less or more of a metric is better."""

LEARNING_RATE = "learning_rate"
"""What an epoch logs besides its metrics: a setting, without direction."""

# Keys of `data` that determine its rows, and those of the validation rows.
_ROW_KEYS = ("dataset", "file", "target", "test_split", "stratify", "seed")
_VALIDATION_KEYS = ("validation_split", "validation_fold")
# If rows with missing values are dropped, the columns determine which.
_COLUMN_KEYS = ("features", "inputs", "sample_weight")
# Arguments of data sets that change the features, not the rows.
_FEATURE_ARGUMENTS = {"num_words", "scaled"}


def loss_name(metric: str) -> str | None:
    """Return the name of the loss that a metric measures, or None for another metric."""
    plain = metric.removeprefix("test_").removeprefix("val_")
    return plain if plain == "loss" or plain.endswith("_loss") else None


def find_penalties(model: Any) -> tuple[str, ...]:
    """Return the penalties that a model adds to its loss, with their strengths."""
    return tuple(sorted(set(_find_penalties(model))))


def _find_penalties(tree: Any) -> Iterator[str]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            is_penalty = str(key).endswith("_regularizer") or key == "ActivityRegularization"
            if is_penalty and value is not None and not _is_zero(value):
                yield json.dumps([key, value], sort_keys=True, default=str)
            yield from _find_penalties(value)
    elif isinstance(tree, Sequence) and not isinstance(tree, str):
        for item in tree:
            yield from _find_penalties(item)


def _is_zero(penalty: Any) -> bool:
    """Return whether all strengths of a penalty are 0."""
    if not isinstance(penalty, Mapping):
        return bool(penalty == "L1L2")
    inner = next(iter(penalty.values()), None)
    values = inner.values() if isinstance(inner, Mapping) else penalty.values()
    strengths = [value for value in values if isinstance(value, int | float)]
    return bool(strengths) and not any(strengths)


def row_selection_settings(data: Mapping[str, Any], *, validation: bool = True) -> dict[str, Any]:
    """Return the settings that determine the rows; metrics compare only if they are equal."""
    keys = (*_ROW_KEYS, *(_VALIDATION_KEYS if validation else ()))
    selection = {key: data.get(key) for key in keys}
    if isinstance(selection["dataset"], Mapping):
        ((name, arguments),) = selection["dataset"].items()
        kept = {key: value for key, value in arguments.items() if key not in _FEATURE_ARGUMENTS}
        selection["dataset"] = {name: kept} if kept else name
    drops = data.get("missing") == "drop"
    selection["missing"] = [data.get(key) for key in _COLUMN_KEYS] if drops else None
    return selection
