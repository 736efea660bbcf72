"""Declare the hyperparameters of a config before the first trial.

A value inside `Repeat` is one hyperparameter for each repetition, on the condition that there are
as many. A value inside a `Choice` depends on the option that contains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nnlab.config.diagnostics import format_value
from nnlab.config.space.hyperparameter import Condition, Hyperparameter, Kind, Value
from nnlab.config.space.markers import Choice, Float, Int, Marker, Repeat
from nnlab.config.space.search_space import PlacedMarker, as_marker, choice_options, items_of
from nnlab.config.vocabulary import find_component
from nnlab.config.yaml.document import Document, Path

_MAX_OPTION_LENGTH = 60


def hyperparameters_of(document: Document) -> tuple[Hyperparameter, ...]:
    """Return the hyperparameters of a config, each after those that it depends on."""
    return tuple(_declare(document.tree, (), None, ()))


def _declare(
    tree: Any, path: Path, repetition: int | None, conditions: tuple[Condition, ...]
) -> Iterator[Hyperparameter]:
    parsed = as_marker(tree)
    if parsed is None:
        for key, value in items_of(tree):
            yield from _declare(value, (*path, key), repetition, conditions)
        return
    marker_type, arguments = parsed
    placed = PlacedMarker(path, marker_type.from_arguments(arguments), repetition)
    if isinstance(placed.marker, Repeat):
        yield from _declare_repeat(placed, arguments["layers"], conditions)
        return
    hyperparameter = _hyperparameter(placed, placed.marker, conditions)
    yield hyperparameter
    if isinstance(placed.marker, Choice):
        inside, options = choice_options(arguments)
        for position, option in enumerate(options):
            is_chosen = Condition(hyperparameter.name, (hyperparameter.values[position],))
            option_path = (*path, *inside, position)
            yield from _declare(option, option_path, repetition, (*conditions, is_chosen))


def _declare_repeat(
    placed: PlacedMarker, layers: Sequence[Any], conditions: tuple[Condition, ...]
) -> Iterator[Hyperparameter]:
    """Yield the number of repetitions, if it varies, then the hyperparameters of each one."""
    times: Any = placed.marker.times  # type: ignore[attr-defined]
    counts: list[Any] = [times]
    if isinstance(times, Marker):
        hyperparameter = _hyperparameter(placed, times, conditions)
        counts = list(hyperparameter.points())
        yield hyperparameter
    for repetition in range(1, max(counts) + 1):
        sufficient = tuple(count for count in counts if count >= repetition)
        needed = conditions
        if len(sufficient) < len(counts):
            needed = (*conditions, Condition(placed.name, sufficient))
        for position, layer in enumerate(layers):
            path = (*placed.path, Repeat.display_name(), "layers", position)
            yield from _declare(layer, path, repetition, needed)


def _hyperparameter(
    placed: PlacedMarker, marker: Marker, conditions: tuple[Condition, ...]
) -> Hyperparameter:
    if isinstance(marker, Int | Float):
        is_int = isinstance(marker, Int)
        return Hyperparameter(
            placed.name,
            "int" if is_int else "float",
            marker.min_value if marker.default is None else marker.default,
            placed.path,
            min_value=marker.min_value,
            max_value=marker.max_value,
            step=1 if is_int and marker.sampling == "linear" and not marker.step else marker.step,
            sampling=marker.sampling,
            conditions=conditions,
        )
    default = marker.corner_values()[0]
    kind: Kind = "boolean"
    values: tuple[Value, ...] = (False, True)
    ordered: bool | None = False
    if isinstance(marker, Choice):
        kind, values, ordered = "choice", name_options(marker.values), marker.ordered
        default = values[default]
    if ordered is None:
        ordered = all(type(value) in {int, float} for value in values)
    return Hyperparameter(
        placed.name,
        kind,
        default,
        placed.path,
        values=values,
        ordered=ordered,
        conditions=conditions,
    )


def name_options(options: Sequence[Any]) -> tuple[Value, ...]:
    """Return a scalar for each option of a choice, all different: itself, its class or its text."""
    short_names = [_short_option_name(option) for option in options]
    names = [
        name if short_names.count(name) == 1 else _option_text(option)
        for name, option in zip(short_names, options, strict=True)
    ]
    return tuple(
        name if names.count(name) == 1 else f"{_option_text(option)} ({position})"
        for position, (name, option) in enumerate(zip(names, options, strict=True))
    )


def _short_option_name(option: Any) -> Value:
    if isinstance(option, str | int | float):
        return option
    keys = [key for key in option if key != "from"] if isinstance(option, Mapping) else []
    is_class = len(keys) == 1 and find_component(keys[0]) is not None
    return keys[0] if is_class else _option_text(option)


def _option_text(option: Any) -> str:
    if isinstance(option, str):
        return option
    text = format_value(_without_markers(option), _MAX_OPTION_LENGTH).replace("'", "")
    is_mapping = isinstance(option, Mapping) and option
    return text.removeprefix("{").removesuffix("}") if is_mapping else text


def _without_markers(tree: Any) -> Any:
    """Return data with each marker replaced by an ellipsis."""
    if as_marker(tree) is not None:
        return "…"
    if isinstance(tree, Mapping):
        return {key: _without_markers(value) for key, value in tree.items()}
    return [_without_markers(value) for value in tree] if isinstance(tree, list) else tree
