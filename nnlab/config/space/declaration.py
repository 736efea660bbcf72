"""Every open value of a config as a hyperparameter, declared before the first trial.

Those inside `Repeat` stand once for each repetition and depend on how many there are; those inside
a `Choice` depend on what is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.config.space.hyperparameter import Condition, Hyperparameter, Kind
from nnlab.config.space.labels import Value, option_names
from nnlab.config.space.markers import Choice, Float, Int, Marker, Repeat
from nnlab.config.space.search_space import OpenValue, as_marker, items_of, options_of
from nnlab.config.yaml.document import Document, Path


def hyperparameters_of(document: Document) -> tuple[Hyperparameter, ...]:
    """The hyperparameters of a config, each behind those that it depends on.

    Args:
        document: A config whose markers are sound (see `find_markers`).

    Returns:
        All that any choice may call for.

    Example:
        >>> layers = [{"Dropout": {"Choice": [0.1, 0.2]}}]
        >>> repeat = {"Repeat": {"times": {"Int": {"min_value": 0, "max_value": 2}}}}
        >>> repeat["Repeat"]["layers"] = layers
        >>> for one in hyperparameters_of(Document({"model": {"layers": [repeat]}})):
        ...     print(one.name)
        model.layers.0.Repeat.times
        model.layers.0.Repeat[1].layers.0.Dropout
        model.layers.0.Repeat[2].layers.0.Dropout
    """
    return tuple(_declared(document.tree, (), None, ()))


def _declared(
    tree: Any, path: Path, repetition: int | None, conditions: tuple[Condition, ...]
) -> Iterator[Hyperparameter]:
    named = as_marker(tree)
    if named is None:
        for key, value in items_of(tree):
            yield from _declared(value, (*path, key), repetition, conditions)
        return
    word, arguments = named
    at = OpenValue(path, word.from_arguments(arguments), repetition)
    if isinstance(at.marker, Repeat):
        yield from _repeated(at, arguments["layers"], conditions)
        return
    one = _hyperparameter(at, at.marker, conditions)
    yield one
    if isinstance(at.marker, Choice):
        inside, options = options_of(arguments)
        for position, option in enumerate(options):
            chosen = (*conditions, Condition(one.name, (one.values[position],)))
            yield from _declared(option, (*path, *inside, position), repetition, chosen)


def _repeated(
    at: OpenValue, layers: Sequence[Any], conditions: tuple[Condition, ...]
) -> Iterator[Hyperparameter]:
    """How often, where that is open, then the hyperparameters of each repetition."""
    times: Any = at.marker.times  # type: ignore[attr-defined]
    reached: list[Any] = [times]
    if isinstance(times, Marker):
        one = _hyperparameter(at, times, conditions)
        reached = list(one.points())
        yield one
    for repetition in range(1, max(reached) + 1):
        enough = tuple(count for count in reached if count >= repetition)
        always = len(enough) == len(reached)
        needed = conditions if always else (*conditions, Condition(at.name, enough))
        for index, layer in enumerate(layers):
            path = (*at.path, Repeat.display_name(), "layers", index)
            yield from _declared(layer, path, repetition, needed)


def _hyperparameter(
    at: OpenValue, marker: Marker, conditions: tuple[Condition, ...]
) -> Hyperparameter:
    if isinstance(marker, Int | Float):
        is_int = isinstance(marker, Int)
        return Hyperparameter(
            at.name,
            "int" if is_int else "float",
            marker.min_value if marker.default is None else marker.default,
            at.path,
            min_value=marker.min_value,
            max_value=marker.max_value,
            step=1 if is_int and marker.sampling == "linear" and not marker.step else marker.step,
            sampling=marker.sampling,
            conditions=conditions,
        )
    first = marker.samples()[0]
    kind: Kind = "boolean"
    values: tuple[Value, ...] = (False, True)
    ordered: bool | None = False
    if isinstance(marker, Choice):
        kind, values, ordered = "choice", option_names(marker.values), marker.ordered
        first = values[first]
    if ordered is None:
        ordered = all(type(value) in {int, float} for value in values)
    return Hyperparameter(
        at.name, kind, first, at.path, values=values, ordered=ordered, conditions=conditions
    )
