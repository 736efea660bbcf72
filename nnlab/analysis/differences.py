"""The keys whose values differ between several trees of plain data, such as configs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.config.yaml.document import Path, format_path

_LAYERS = "layers"
# The only family whose class names are not capitalized.
_DATASET = "dataset"
# Alignment scores of two layers: equal, or of the same class.
_EQUAL_SCORE, _SAME_CLASS_SCORE = 2, 1


@dataclass(frozen=True)
class Difference:
    """A key whose values differ.

    Args:
        path: The dotted key. Layers are counted over all trees together if some have more.
        values: The value in each tree, None where it is missing.
        defaults: Whether each value is a default that its tree leaves out.
    """

    path: str
    values: tuple[Any, ...]
    defaults: tuple[bool, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the difference for JSON."""
        defaults = list(self.defaults) or [False] * len(self.values)
        return {"path": self.path, "values": list(self.values), "defaults": defaults}


def differences(trees: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Find every key whose values differ.

    Lists of layers are aligned: an additional layer is one difference, although it shifts the
    positions after it. A missing argument of a class counts as its default.

    Args:
        trees: Configs, or other plain data.

    Returns:
        The differences, in the order of the keys.

    Example:
        >>> small = {"layers": [{"Dense": {"units": 4}}, {"Dense": {"units": 1}}]}
        >>> large = {"layers": [{"Dense": {"units": 8}}, "Dropout", {"Dense": {"units": 1}}]}
        >>> for difference in differences([small, large]):
        ...     print(difference.path, difference.values)
        layers.0.Dense.units (4, 8)
        layers.1 (None, 'Dropout')
    """
    keys = dict.fromkeys(key for tree in trees for key in tree)
    return [
        difference
        for key in keys
        for difference in _walk((key,), [tree.get(key) for tree in trees])
    ]


def _walk(path: Path, values: Sequence[Any]) -> Iterator[Difference]:
    if all(_signature(value) == _signature(values[0]) for value in values):
        return
    nodes = list(values)
    if any(isinstance(value, Mapping) for value in values):
        # Class names are expanded: `Adam` to `{Adam: {}}`.
        nodes = [{value: {}} if _is_class(value) else value for value in values]
    if path[-1] == _LAYERS and all(isinstance(value, list) for value in values):
        for index, layers in enumerate(_align(values)):
            yield from _walk((*path, index), layers)
    elif all(isinstance(node, Mapping) for node in nodes) and not _are_other_classes(path, nodes):
        for key in dict.fromkeys(key for node in nodes for key in node):
            yield from _walk((*path, key), [node.get(key) for node in nodes])
    elif None in values and (default := _default(path)) is not None:
        filled = tuple(default[0] if value is None else value for value in values)
        yield Difference(format_path(path), filled, tuple(value is None for value in values))
    else:
        yield Difference(format_path(path), tuple(values))


def _default(path: Path) -> tuple[Any] | None:
    """Return the default of a class's argument, or None for other keys and required arguments."""
    is_argument = len(path) > 1 and (_is_class(path[-2]) or _DATASET in path[-3:-2])
    if not is_argument:
        return None
    from nnlab.config.vocabulary import FAMILIES
    from nnlab.config.vocabulary.component import to_plain_data

    components = (family.lookup(path[-2]) for family in FAMILIES)
    fields = (
        component.model_fields.get(str(path[-1]))
        for component in components
        if component is not None
    )
    field = next((field for field in fields if field is not None), None)
    if field is None or field.is_required():
        return None
    return (to_plain_data(field.get_default(call_default_factory=True)),)


def _is_class(value: Any) -> bool:
    return isinstance(value, str) and value[:1].isupper()


def _are_other_classes(path: Path, nodes: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the values are different classes, whose arguments are unrelated."""
    names = [next(iter(node), None) for node in nodes if len(node) == 1]
    are_classes = path[-1] == _DATASET or all(map(_is_class, names))
    return len(names) == len(nodes) and are_classes and len(set(names)) > 1


def _align(lists: Sequence[list[Any]]) -> Iterator[list[Any]]:
    """Align lists of layers: yield corresponding layers, None where a list has none."""
    slots: list[dict[int, int]] = [{0: index} for index in range(len(lists[0]))]
    for number, layers in enumerate(lists[1:], 1):
        # A slot is represented by its first layer.
        known = [lists[next(iter(slot))][next(iter(slot.values()))] for slot in slots]
        joined: list[dict[int, int]] = []
        for old, new in _align_pair(known, layers):
            slot = {} if old is None else slots[old]
            joined.append(slot if new is None else slot | {number: new})
        slots = joined
    for slot in slots:
        yield [
            layers[slot[number]] if number in slot else None for number, layers in enumerate(lists)
        ]


def _align_pair(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    """Return the indices of corresponding layers in order, None for a layer without a partner.

    The alignment with the highest score (Needleman and Wunsch, 1970).
    """
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            matched = best[i + 1][j + 1] + _similarity(old[i], new[j])
            best[i][j] = max(matched, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        similarity = _similarity(old[i], new[j])
        if similarity and best[i][j] == best[i + 1][j + 1] + similarity:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(index, None) for index in range(i, len(old))]
    return [*pairs, *((None, index) for index in range(j, len(new)))]


def _similarity(layer: Any, other: Any) -> int:
    if _signature(layer) == _signature(other):
        return _EQUAL_SCORE
    return _SAME_CLASS_SCORE if _class_name(layer) == _class_name(other) else 0


def _signature(value: Any) -> str:
    """Return a text that is equal for equal values; 1, 1.0 and True differ."""
    return json.dumps(value, sort_keys=True, default=str)


def _class_name(layer: Any) -> str:
    return str(next(iter(layer), "")) if isinstance(layer, Mapping) else str(layer)
