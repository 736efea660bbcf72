"""What differs between several trees of plain data, and nothing else of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.config.yaml.document import Path, format_path

_LAYERS = "layers"
# Words of all other families begin with a capital.
_DATASET = "dataset"
# How much it counts that two layers are equal, or of one kind at least.
_EQUAL, _ALIKE = 2, 1


@dataclass(frozen=True)
class Difference:
    """A key whose values differ.

    Args:
        path: The dotted key; layers are counted over all trees together, where some have more.
        values: The value in each tree, None where a tree has none.
        defaults: Which of the values a tree leaves out, as they are the default of their word.
    """

    path: str
    values: tuple[Any, ...]
    defaults: tuple[bool, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The difference for JSON."""
        defaults = list(self.defaults) or [False] * len(self.values)
        return {"path": self.path, "values": list(self.values), "defaults": defaults}


def differences(trees: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Every key whose values differ.

    Layers are set against those they correspond to: one layer more is one difference, though all
    behind it have another place. An argument that a word of one tree has and that of another leaves
    out has its default there.

    Args:
        trees: Configs, or other plain data.

    Returns:
        The differences, in the order of the keys.

    Example:
        >>> small = {"layers": [{"Dense": {"units": 4}}, {"Dense": {"units": 1}}]}
        >>> large = {"layers": [{"Dense": {"units": 8}}, "Dropout", {"Dense": {"units": 1}}]}
        >>> for found in differences([small, large]):
        ...     print(found.path, found.values)
        layers.0.Dense.units (4, 8)
        layers.1 (None, 'Dropout')
    """
    keys = dict.fromkeys(key for tree in trees for key in tree)
    found = (_walk((key,), [tree.get(key) for tree in trees]) for key in keys)
    return [difference for several in found for difference in several]


def _walk(path: Path, values: Sequence[Any]) -> Iterator[Difference]:
    if all(_signature(value) == _signature(values[0]) for value in values):
        return
    alike = _spelt_alike(values)
    if path[-1] == _LAYERS and all(isinstance(value, list) for value in values):
        for place, layers in enumerate(_aligned(values)):
            yield from _walk((*path, place), layers)
    elif all(isinstance(value, Mapping) for value in alike) and not _are_other_words(path, alike):
        keys = dict.fromkeys(key for value in alike for key in value)
        for key in keys:
            yield from _walk((*path, key), [value.get(key) for value in alike])
    else:
        yield _difference(path, values)


def _difference(path: Path, values: Sequence[Any]) -> Difference:
    """A difference, with the defaults of what is left out."""
    found = _argument(path) if None in values else None
    if found is None:
        return Difference(format_path(path), tuple(values))
    (default,) = found
    return Difference(
        format_path(path),
        tuple(default if value is None else value for value in values),
        tuple(value is None for value in values),
    )


def _argument(path: Path) -> tuple[Any] | None:
    """The default of a word's argument; None of what is no argument, or has none."""
    if len(path) < 2 or not (_is_component(path[-2]) or _DATASET in path[-3:-2]):  # noqa: PLR2004 - a word and its argument
        return None
    from nnlab.config.vocabulary.component import tree
    from nnlab.config.vocabulary.families import FAMILIES

    words = (family.lookup(path[-2]) for family in FAMILIES)
    fields = (word.model_fields.get(str(path[-1])) for word in words if word is not None)
    field = next((field for field in fields if field is not None), None)
    if field is None or field.is_required():
        return None
    return (tree(field.get_default(call_default_factory=True)),)


def _spelt_alike(values: Sequence[Any]) -> list[Any]:
    """Words with their arguments, where another value is a mapping: `Adam` is `{Adam: {}}`."""
    if not any(isinstance(value, Mapping) for value in values):
        return list(values)
    return [{value: {}} if _is_component(value) else value for value in values]


def _is_component(value: Any) -> bool:
    return isinstance(value, str) and value[:1].isupper()


def _are_other_words(path: Path, values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one word stands against another: their arguments have nothing in common."""
    names = [next(iter(value), None) for value in values if len(value) == 1]
    are_words = path[-1] == _DATASET or all(map(_is_component, names))
    return len(names) == len(values) and are_words and len(set(names)) > 1


def _aligned(lists: Sequence[list[Any]]) -> Iterator[list[Any]]:
    """Layers that correspond to each other: of each list a layer, or None."""
    slots: list[dict[int, int]] = [{0: place} for place in range(len(lists[0]))]
    for number, layers in enumerate(lists[1:], 1):
        # Whoever has a layer stands for its slot: the first of them.
        known = [lists[next(iter(slot))][next(iter(slot.values()))] for slot in slots]
        joined: list[dict[int, int]] = []
        for old, new in _pairs(known, layers):
            slot = {} if old is None else slots[old]
            joined.append(slot if new is None else slot | {number: new})
        slots = joined
    for slot in slots:
        yield [
            layers[slot[number]] if number in slot else None for number, layers in enumerate(lists)
        ]


def _pairs(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    """The places of layers that correspond, in their order; None against what is alone.

    Of all ways that keep the order it is the one on which most layers are equal or of one kind
    (Needleman and Wunsch, 1970).
    """
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = best[i + 1][j + 1] + _likeness(old[i], new[j])
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        likeness = _likeness(old[i], new[j])
        if likeness and best[i][j] == best[i + 1][j + 1] + likeness:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    rest = [(place, None) for place in range(i, len(old))]
    return [*pairs, *rest, *((None, place) for place in range(j, len(new)))]


def _likeness(layer: Any, other: Any) -> int:
    if _signature(layer) == _signature(other):
        return _EQUAL
    return _ALIKE if _kind(layer) == _kind(other) else 0


def _signature(value: Any) -> str:
    """Equal for equal values; 1 and True are not, nor 1 and 1.0."""
    return json.dumps(value, sort_keys=True, default=str)


def _kind(layer: Any) -> str:
    return str(next(iter(layer), "")) if isinstance(layer, Mapping) else str(layer)
