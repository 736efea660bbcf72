"""What of a config decides which rows its figures are measured on, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ALWAYS = ("dataset", "file", "target", "test_split", "stratify", "seed")
_OF_VALIDATION = ("validation_split", "validation_fold")
# Where rows that lack a value are dropped, the columns decide which those are.
_COLUMNS = ("features", "inputs", "sample_weight")
# Arguments of data sets that change what is known of a row, not which rows there are.
_OF_FEATURES = {"num_words", "scaled"}


def deciding_rows(data: Mapping[str, Any], *, validation: bool = True) -> dict[str, Any]:
    """What decides the rows that a figure is measured on: where it differs, figures do not compare."""
    found = {key: data.get(key) for key in (*_ALWAYS, *(_OF_VALIDATION if validation else ()))}
    found["dataset"] = _without_features(found["dataset"])
    drops = data.get("missing") == "drop"
    found["missing"] = [data.get(key) for key in _COLUMNS] if drops else None
    return found


def _without_features(dataset: Any) -> Any:
    if not isinstance(dataset, Mapping):
        return dataset
    ((name, arguments),) = dataset.items()
    kept = {key: value for key, value in arguments.items() if key not in _OF_FEATURES}
    return {name: kept} if kept else name
