"""What the options of a choice are called where a plain value must stand, as in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.config.diagnostics.issues import shown
from nnlab.config.space.search_space import as_marker
from nnlab.config.vocabulary.families import find_component

Value = int | float | str | bool

_LONGEST = 60


def option_names(options: Sequence[Any]) -> tuple[Value, ...]:
    """Plain values that stand for the options of a choice; no two are equal.

    Args:
        options: Plain data, search markers among them.

    Returns:
        For a plain option itself, for null "null", for a word with arguments the word, for anything
        else, and where that would be ambiguous, its text.

    Example:
        >>> option_names([None, {"SGD": {"momentum": 0.9}}])
        ('null', 'SGD')
        >>> option_names([{"SGD": 0.1}, {"SGD": 0.2}])
        ('SGD: 0.1', 'SGD: 0.2')
        >>> option_names([{}, {"patience": 3}])
        ('{}', 'patience: 3')
    """
    short = [_short(option) for option in options]
    long = [
        one if short.count(one) == 1 else _long(option)
        for one, option in zip(short, options, strict=True)
    ]
    return tuple(
        one if long.count(one) == 1 else f"{_long(option)} ({position})"
        for position, (one, option) in enumerate(zip(long, options, strict=True))
    )


def _short(option: Any) -> Value:
    if isinstance(option, str | int | float):
        return option
    words = [key for key in option if key != "from"] if isinstance(option, Mapping) else []
    return words[0] if len(words) == 1 and find_component(words[0]) is not None else _long(option)


def _long(option: Any) -> str:
    if isinstance(option, str):
        return option
    text = shown(_unmarked(option), _LONGEST).replace("'", "")
    is_mapping = isinstance(option, Mapping) and option
    return text.removeprefix("{").removesuffix("}") if is_mapping else text


def _unmarked(tree: Any) -> Any:
    """Data with an ellipsis in the place of each marker."""
    if as_marker(tree) is not None:
        return "…"
    if isinstance(tree, Mapping):
        return {key: _unmarked(value) for key, value in tree.items()}
    return [_unmarked(value) for value in tree] if isinstance(tree, list) else tree
