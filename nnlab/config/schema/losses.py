"""Which metrics are losses, and which penalties a model adds to them.

Works on plain data, to list runs without importing the vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


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
