"""The grid of a comparison: all combinations of the values of several keys, with names."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any

from nnlab.config.diagnostics import format_value
from nnlab.config.vocabulary import find_component

# The name of a folder can have 255 characters, including that of a variant with up to 150.
_MAX_NAME_LENGTH = 90
# Parts of a key that only structure the config.
_STRUCTURE = frozenset({"model", "layers", "training", "data", "defaults"})


def combinations(grid: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield a unique name and the positions of the values for each combination of a grid."""
    keys = [*map(_slug_text, short_keys(grid))]
    labels = _fit_labels(keys, [short_values(values) for values in grid.values()])
    counts: dict[str, int] = {}
    for positions in product(*(range(len(values)) for values in labels)):
        selected = [values[position] for values, position in zip(labels, positions, strict=True)]
        parts = (f"{key}={value}" for key, value in zip(keys, selected, strict=True))
        name = ",".join(parts)[:_MAX_NAME_LENGTH].rstrip(",-.")
        counts[name] = counts.get(name, 0) + 1
        yield name if counts[name] == 1 else f"{name}-{counts[name]}", positions


def _fit_labels(keys: Sequence[str], labels: Sequence[list[str]]) -> list[list[str]]:
    """Replace the longest labels by numbers until all names fit: a name that is cut is unclear."""
    fitting = list(labels)
    longest_first = sorted(range(len(labels)), key=lambda index: -max(map(len, labels[index])))
    for index in longest_first:
        lengths = (max(map(len, values)) for values in fitting)
        if sum(lengths) + sum(len(key) + 2 for key in keys) - 1 <= _MAX_NAME_LENGTH:
            break
        fitting[index] = [str(number) for number in range(1, len(labels[index]) + 1)]
    return fitting


def short_keys(keys: Iterable[str]) -> list[str]:
    """Shorten dotted keys, each to its shortest unique ending."""
    keys = list(keys)
    endings = [list(_endings(key)) for key in keys]
    count = max(map(len, endings), default=0)
    # Repeat the last ending of short keys, so all keys are compared in each form.
    padded = [[*forms, *[forms[-1]] * (count - len(forms))] for forms in endings]
    levels = list(zip(*padded, strict=True))
    return [
        next((level[index] for level in levels if level.count(level[index]) == 1), key)
        for index, key in enumerate(keys)
    ]


def _endings(key: str) -> Iterator[str]:
    """Yield the endings of a key, shortest first: without classes and structure, then with."""
    parts = key.split(".")
    bare = [part for part in parts[:-1] if part not in _STRUCTURE and not part[:1].isupper()]
    if parts[-1].isdecimal():
        # A position alone is meaningless.
        parts = [*parts[:-2], ".".join(parts[-2:])]
        bare = [part for part in bare if part in parts]
    for form in ([*bare, parts[-1]], parts):
        yield from (".".join(form[-length:]) for length in range(1, len(form) + 1))


def short_values(values: Sequence[Any]) -> list[str]:
    """Return labels of values that can be part of a folder's name, short if that is unique."""
    slugs = [_slug(value) for value in values]
    levels = ([_split(value)[0] for value in values], _differences(values))
    return [
        next((level[i] for level in levels if level[i] and level.count(level[i]) == 1), slug)
        for i, slug in enumerate(slugs)
    ]


def _split(value: Any) -> tuple[str, Mapping[str, Any]]:
    """Split a value into the label of its class and the arguments.

    A mapping that is not a class has no label; any other value has no arguments.
    """
    if not isinstance(value, Mapping):
        return _slug(value), {}
    name, arguments = next(iter(value.items())) if len(value) == 1 else ("", value)
    if isinstance(arguments, Mapping):
        return _slug(name) if name else "", arguments
    component = find_component(name)
    if component is None:
        return "", value
    first = component.first_argument()
    return _slug(name), {} if arguments is None or first is None else {first: arguments}


def _differences(values: Sequence[Any]) -> list[str]:
    """Label each value by its class and the arguments in which values of the class differ."""
    split_values = [_split(value) for value in values]
    labels = []
    for name, arguments in split_values:
        same_class = [other for label, other in split_values if label == name and other]
        keys = {key for other in same_class for key in other}
        different = [
            key for key in keys if any(other.get(key) != arguments.get(key) for other in same_class)
        ]
        own = [item for item in arguments.items() if item[0] in different]
        # The name of the argument is omitted if it is the only difference and all have it.
        omits_key = (
            name and len(different) == 1 and all(different[0] in other for other in same_class)
        )
        parts = [value for _, value in own] if omits_key else [*chain(*own)]
        labels.append("-".join(filter(None, [name, *map(_slug, parts)])))
    return labels


def _slug(value: Any) -> str:
    """Return a value in characters that are valid in a variant's name."""
    if isinstance(value, int | float):
        return format_value(value)
    text = value if isinstance(value, str) else format_value(value, length=sys.maxsize)
    return _slug_text(text) or "empty"


def _slug_text(text: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", text, flags=re.ASCII).strip("-.")
