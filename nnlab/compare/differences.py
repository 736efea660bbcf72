"""What differs between several trees of plain data, and nothing else of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from nnlab.config.document import Path, dotted

_LAYERS = "layers"
# Words of all other families begin with a capital.
_DATASET = "dataset"


@dataclass(frozen=True)
class Difference:
    """A key whose values differ.

    Args:
        path: The dotted key; layers are counted over all trees together, where some have more.
        values: The value in each tree, None where a tree has none.
    """

    path: str
    values: tuple[Any, ...]

    def to_dict(self) -> dict[str, Any]:
        """The difference for JSON."""
        return {"path": self.path, "values": list(self.values)}


def differences(trees: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Every key whose values differ.

    Layers are set against those they correspond to: one layer more is one difference, though all
    behind it have another place.

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
        yield Difference(dotted(path), tuple(values))


def _spelt_alike(values: Sequence[Any]) -> list[Any]:
    """Words with their arguments, where another value is a mapping: `Adam` is `{Adam: {}}`."""
    if not any(isinstance(value, Mapping) for value in values):
        return list(values)
    return [{value: {}} if _is_word(value) else value for value in values]


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value[:1].isupper()


def _are_other_words(path: Path, values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one word stands against another: their arguments have nothing in common."""
    names = [next(iter(value), None) for value in values if len(value) == 1]
    are_words = path[-1] == _DATASET or all(map(_is_word, names))
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


def _pairs(
    old: Sequence[Any], new: Sequence[Any], *, by_kind: bool = False
) -> Iterator[tuple[int | None, int | None]]:
    """The places of layers that are equal, or else of one kind; None against what is alone."""
    sign = _kind if by_kind else _signature
    matcher = SequenceMatcher(None, [*map(sign, old)], [*map(sign, new)], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(range(i1, i2), range(j1, j2), strict=True)
        elif tag == "replace" and not by_kind:
            for i, j in _pairs(old[i1:i2], new[j1:j2], by_kind=True):
                yield (None if i is None else i + i1), (None if j is None else j + j1)
        else:
            yield from ((i, None) for i in range(i1, i2))
            yield from ((None, j) for j in range(j1, j2))


def _signature(value: Any) -> str:
    """Equal for equal values; 1 and True are not, nor 1 and 1.0."""
    return json.dumps(value, sort_keys=True, default=str)


def _kind(layer: Any) -> str:
    return str(next(iter(layer), "")) if isinstance(layer, Mapping) else str(layer)
