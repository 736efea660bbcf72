"""The grid of a comparison: each combination of several keys' values, and a name for it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any

from nnlab.config.diagnostics.issues import shown
from nnlab.config.vocabulary.families import find_component

# A folder's name holds 255 letters, with that of a variant, 150 at most, before it.
_LONGEST = 90
# They say where a value stands, not what it is.
_PLACES = frozenset({"model", "layers", "training", "data", "defaults"})


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
    keys = [*map(_plain, short_keys(grid))]
    labels = _short_enough(keys, [short_values(values) for values in grid.values()])
    told: dict[str, int] = {}
    for positions in product(*(range(len(values)) for values in labels)):
        chosen = [values[at] for values, at in zip(labels, positions, strict=True)]
        parts = (f"{key}={value}" for key, value in zip(keys, chosen, strict=True))
        name = ",".join(parts)[:_LONGEST].rstrip(",-.")
        told[name] = told.get(name, 0) + 1
        yield name if told[name] == 1 else f"{name}-{told[name]}", positions


def _short_enough(keys: Sequence[str], labels: Sequence[list[str]]) -> list[list[str]]:
    """Labels whose combinations are no longer than a name may be.

    The longest give way to their numbers: a name that is cut no longer tells what it stands for.
    """
    fitting = list(labels)
    by_length = sorted(range(len(labels)), key=lambda at: -max(map(len, labels[at])))
    for at in by_length:
        longest = (max(map(len, values)) for values in fitting)
        if sum(longest) + sum(len(key) + 2 for key in keys) - 1 <= _LONGEST:
            break
        fitting[at] = [str(number) for number in range(1, len(labels[at]) + 1)]
    return fitting


def short_keys(keys: Iterable[str]) -> list[str]:
    """Dotted keys, each cut to the shortest end that no other key has.

    Args:
        keys: Dotted keys.

    Example:
        >>> short_keys(["model.layers.0.Dense.units", "training.optimizer"])
        ['units', 'optimizer']
        >>> short_keys(["model.layers.0.Dense.units", "model.layers.1.Dense.units", "seed"])
        ['0.units', '1.units', 'seed']
    """
    several = list(keys)
    forms = [list(_ends(key)) for key in several]
    most = max(map(len, forms), default=0)
    # Every key in as many forms: a short one stays what it is.
    forms = [[*ends, *[ends[-1]] * (most - len(ends))] for ends in forms]
    levels = list(zip(*forms, strict=True))
    return [
        next((level[at] for level in levels if level.count(level[at]) == 1), key)
        for at, key in enumerate(several)
    ]


def short_values(values: Sequence[Any]) -> list[str]:
    """Values in the letters of a folder's name, short where that tells them apart.

    Args:
        values: The values of a key. A word is told by its name alone; one that is there several
            times with those of its arguments that differ.

    Example:
        >>> short_values(["adam", {"SGD": {"learning_rate": 0.1, "momentum": 0.9}}])
        ['adam', 'SGD']
        >>> rates = [{"SGD": {"learning_rate": rate, "momentum": 0.9}} for rate in (0.1, 1)]
        >>> short_values(rates)
        ['SGD-0.1', 'SGD-1']
    """
    whole = [_slug(value) for value in values]
    levels = ([_parted(value)[0] for value in values], _differing(values))
    return [
        next((level[at] for level in levels if level[at] and level.count(level[at]) == 1), text)
        for at, text in enumerate(whole)
    ]


def _ends(key: str) -> Iterator[str]:
    """The ends of a dotted key from the shortest on: without words and places, then with them."""
    parts = key.split(".")
    bare = [part for part in parts[:-1] if part not in _PLACES and not part[:1].isupper()]
    if parts[-1].isdecimal():
        # A position alone says nothing.
        parts = [*parts[:-2], ".".join(parts[-2:])]
        bare = [part for part in bare if part in parts]
    for several in ([*bare, parts[-1]], parts):
        yield from (".".join(several[-length:]) for length in range(1, len(several) + 1))


def _parted(value: Any) -> tuple[str, Mapping[str, Any]]:
    """A word and its arguments; any other value is a word without, any other mapping has none."""
    if not isinstance(value, Mapping):
        return _slug(value), {}
    name, inside = next(iter(value.items())) if len(value) == 1 else ("", value)
    if isinstance(inside, Mapping):
        return _slug(name) if name else "", inside
    word = find_component(name)
    if word is None:
        return "", value
    first = word.first_argument()
    return _slug(name), {} if inside is None or first is None else {first: inside}


def _differing(values: Sequence[Any]) -> list[str]:
    """Each value without what all that are the same word share."""
    split_assignment = [_parted(value) for value in values]
    told = []
    for word, arguments in split_assignment:
        alike = [others for name, others in split_assignment if name == word and others]
        names = {name for one in alike for name in one}
        differ = [
            name for name in names if any(one.get(name) != arguments.get(name) for one in alike)
        ]
        own = [pair for pair in arguments.items() if pair[0] in differ]
        # What differs in one argument alone, which all have, needs no name of it.
        is_plain = word and len(differ) == 1 and all(differ[0] in one for one in alike)
        parts = [value for _, value in own] if is_plain else [*chain(*own)]
        told.append("-".join(filter(None, [word, *map(_slug, parts)])))
    return told


def _slug(value: Any) -> str:
    """A value in the letters of a folder's name."""
    if isinstance(value, int | float):
        return shown(value)
    text = value if isinstance(value, str) else shown(value, length=sys.maxsize)
    return _plain(text) or "empty"


def _plain(text: str) -> str:
    """A text in the letters that a variant's name may have."""
    return re.sub(r"[^\w.+-]+", "-", text, flags=re.ASCII).strip("-.")
