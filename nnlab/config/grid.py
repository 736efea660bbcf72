"""The grid of a comparison: each combination of several keys' values, and a name for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from nnlab.config.problems import shown

_LONGEST = 60


def combinations(grid: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each combination of the values of a grid.

    Args:
        grid: Values by dotted key.

    Yields:
        A name that a folder can have, and the position of the value of each key; the last key's
        values change the fastest. A grid without keys has one combination, without a name.

    Example:
        >>> grid = {"training.batch_size": [32, "full"], "training.epochs": [5]}
        >>> [name for name, _ in combinations(grid)]
        ['batch_size=32,epochs=5', 'batch_size=full,epochs=5']
    """
    labels = short_keys(grid)
    told: dict[str, int] = {}
    for positions in product(*(range(len(values)) for values in grid.values())):
        chosen = [values[at] for values, at in zip(grid.values(), positions, strict=True)]
        parts = (f"{label}={_slug(value)}" for label, value in zip(labels, chosen, strict=True))
        name = ",".join(parts)[:_LONGEST].rstrip(",-.")
        told[name] = told.get(name, 0) + 1
        yield name if told[name] == 1 else f"{name}-{told[name]}", positions


def short_keys(keys: Mapping[str, Any]) -> list[str]:
    """Dotted keys, each cut to its end, as far as they can still be told apart.

    Args:
        keys: Dotted keys.

    Example:
        >>> short_keys({"model.layers.0.Dense.units": 1, "model.layers.1.Dense.units": 1})
        ['0.Dense.units', '1.Dense.units']
    """
    parted = [key.split(".") for key in keys]
    for length in range(1, max((len(parts) for parts in parted), default=0) + 1):
        ends = [".".join(parts[-length:]) for parts in parted]
        if len(set(ends)) == len(ends):
            return ends
    return list(keys)


def _slug(value: Any) -> str:
    """A value in the letters of a folder's name."""
    if isinstance(value, int | float):
        return shown(value)
    text = value if isinstance(value, str) else shown(value)
    return re.sub(r"[^\w.+-]+", "-", text).strip("-.") or "empty"
