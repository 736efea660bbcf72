"""Whether the figures of runs can be held against each other: same data, and for losses same loss.

Kept apart from the comparison itself, and free of its imports, for the list of all runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def learn_same_data(sections: Iterable[Any]) -> bool:
    """Whether runs learn the same data, whatever the arguments of a data set.

    Args:
        sections: The section `data` of each config as plain data; what is none is left out.

    Example:
        >>> learn_same_data([{"dataset": "xor"}, {"dataset": "circles"}])
        False
    """
    return _are_same(_source(data) for data in sections if isinstance(data, Mapping))


def have_same_loss(sections: Iterable[Any]) -> bool:
    """Whether runs are trained with the same loss.

    Args:
        sections: The section `training` of each config; what is none is left out.
    """
    losses = (part.get("loss") for part in sections if isinstance(part, Mapping))
    return _are_same(json.dumps(loss, sort_keys=True, default=str) for loss in losses)


def is_loss(name: str) -> bool:
    """Whether a figure is a loss: `val_loss`, or that of an output.

    Args:
        name: Its name.
    """
    return name == "loss" or name.endswith("_loss")


def _source(data: Mapping[str, Any]) -> str:
    """Where rows come from, and their targets."""
    dataset = data.get("dataset")
    name = next(iter(dataset)) if isinstance(dataset, Mapping) and dataset else dataset
    return json.dumps([name, data.get("file"), data.get("target")], default=str)


def _are_same(texts: Iterable[str]) -> bool:
    """Whether all are equal; what follows the first that is not is not looked at."""
    first: str | None = None
    for text in texts:
        if first is not None and text != first:
            return False
        first = text
    return True
