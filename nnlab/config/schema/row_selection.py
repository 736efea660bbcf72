"""The part of a config that determines the rows of its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEYS = ("dataset", "file", "target", "test_split", "stratify", "seed")
_VALIDATION_KEYS = ("validation_split", "validation_fold")
# If rows with missing values are dropped, the columns determine which.
_COLUMN_KEYS = ("features", "inputs", "sample_weight")
# Arguments of data sets that change the features, not the rows.
_FEATURE_ARGUMENTS = {"num_words", "scaled"}


def row_selection_settings(data: Mapping[str, Any], *, validation: bool = True) -> dict[str, Any]:
    """Return the settings that determine the rows; metrics compare only if they are equal."""
    selection = {key: data.get(key) for key in (*_KEYS, *(_VALIDATION_KEYS if validation else ()))}
    selection["dataset"] = _without_features(selection["dataset"])
    drops = data.get("missing") == "drop"
    selection["missing"] = [data.get(key) for key in _COLUMN_KEYS] if drops else None
    return selection


def _without_features(dataset: Any) -> Any:
    if not isinstance(dataset, Mapping):
        return dataset
    ((name, arguments),) = dataset.items()
    kept = {key: value for key, value in arguments.items() if key not in _FEATURE_ARGUMENTS}
    return {name: kept} if kept else name
