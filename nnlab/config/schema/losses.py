"""Which figures are losses, and what penalties a model adds to them.

Of plain data, so that the list of all runs can ask without loading the vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def loss_name(metric: str) -> str | None:
    """The loss that a figure is."""
    plain = metric.removeprefix("test_").removeprefix("val_")
    return plain if plain == "loss" or plain.endswith("_loss") else None


def penalties(model: Any) -> tuple[str, ...]:
    """The penalties that a model adds to `loss`, with their strengths."""
    return tuple(sorted(set(_found(model))))


def _found(tree: Any) -> Iterator[str]:
    pairs = tree.items() if isinstance(tree, Mapping) else ()
    for key, value in pairs:
        is_one = str(key).endswith("_regularizer") or key == "ActivityRegularization"
        if is_one and value is not None and not _is_idle(value):
            yield json.dumps([key, value], sort_keys=True, default=str)
    for value in tree.values() if isinstance(tree, Mapping) else tree if _is_list(tree) else ():
        yield from _found(value)


def _is_idle(penalty: Any) -> bool:
    """Whether all strengths of a penalty are 0."""
    if not isinstance(penalty, Mapping):
        return bool(penalty == "L1L2")
    inner = next(iter(penalty.values()), None)
    values = inner.values() if isinstance(inner, Mapping) else penalty.values()
    strengths = [one for one in values if isinstance(one, int | float)]
    return bool(strengths) and not any(strengths)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
