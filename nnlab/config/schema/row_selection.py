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
    """What decides the rows that a figure is measured on: where it differs, figures do not compare.

    Args:
        data: The section `data` as plain data, as a resolved config has it.
        validation: Whether the figure may be one of the training or validation rows. Test rows are
            drawn first: how many of the others are for validation does not change them.

    Returns:
        Plain data by key of the section.

    Example:
        >>> split = {"dataset": "iris", "test_split": 0.2, "scaling": "standard"}
        >>> plain = {"dataset": "iris", "test_split": 0.3}
        >>> pairs = deciding_rows(split).items() ^ deciding_rows(plain).items()
        >>> sorted(pairs)
        [('test_split', 0.2), ('test_split', 0.3)]
    """
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
