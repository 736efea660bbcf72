"""The hyperparameters of a search as plain as their JSON, the size of their space, short names.

This module does not import the vocabulary: `nnlab show` of a search reads only this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import floor, log, log10, prod
from typing import TYPE_CHECKING, Any, Literal

from nnlab.text import plural

if TYPE_CHECKING:
    from nnlab.config.space.markers import Sampling
    from nnlab.config.yaml.document import Path

Value = int | float | str | bool
"""What a hyperparameter can be set to; an option of a `Choice` by its name."""

Kind = Literal["int", "float", "choice", "boolean"]

# Rounded to this many digits, 0.1 + 2 * 0.1 is 0.3.
_DIGITS = 12
_ROUNDING = 1e-9
# Spaces at least this large are shown by their order of magnitude.
_LARGE_SPACE = 10**6
# Parts of a path that only structure the config.
_STRUCTURE = frozenset({"model", "layers", "training", "data", "Choice", "values"})


@dataclass(frozen=True)
class Condition:
    """The values of another hyperparameter for which a hyperparameter is active.

    Args:
        name: The other hyperparameter.
        values: The values with which it makes this one active.
    """

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Hyperparameter:
    """A value that a search varies.

    Args:
        name: The dotted path of the value. Inside `Repeat` it includes the number of the
            repetition, from 1: `model.layers.1.Repeat[2].layers.0.Dense.units`. The number of
            repetitions is `model.layers.1.Repeat.times`.
        kind: `int` and `float` have a range, `choice` and `boolean` a list of values.
        default: The value tried first.
        path: The path of its marker in the config.
        min_value: The lower bound. None: it has no range.
        max_value: The upper bound. None: it has no range.
        step: The distance between two values, or their ratio unless the sampling is linear. None:
            any value of the range.
        sampling: The distribution of the values over the range.
        values: All values of a choice or a boolean, each unique. An option of a `Choice` that is
            not a scalar is represented by its class, such as `SGD`, or by its text; null by "null".
        ordered: Whether neighboring values are similar.
        conditions: All must hold for the hyperparameter to be active; the outermost comes first.

    Example:
        >>> depth = Hyperparameter("depth", "int", 0, ("depth",), min_value=0, max_value=2)
        >>> list(depth.points())
        [0, 1, 2]
    """

    name: str
    kind: Kind
    default: Value
    path: Path = ()
    min_value: float | None = None
    max_value: float | None = None
    step: float | None = None
    sampling: Sampling = "linear"
    values: tuple[Value, ...] = ()
    ordered: bool = True
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Hyperparameter:
        """Build a hyperparameter from what `dataclasses.asdict` returned, also through JSON."""
        conditions = (
            Condition(condition["name"], tuple(condition["values"]))
            for condition in values.get("conditions", ())
        )
        lists = {key: tuple(values.get(key, ())) for key in ("path", "values")}
        return cls(**{**values, **lists, "conditions": tuple(conditions)})

    @cached_property
    def size(self) -> int | None:
        """The number of values. None: infinitely many."""
        if self.min_value is None or self.max_value is None:
            return len(self.values)
        low, high = self.min_value, self.max_value
        if low == high:
            return 1
        if self.step is None:
            return int(high - low) + 1 if self.kind == "int" else None
        steps = (
            (high - low) / self.step if self.sampling == "linear" else log(high / low, self.step)
        )
        return floor(steps + _ROUNDING) + 1

    def points(self) -> Iterator[Value]:
        """Yield all values in order; only for a finite size."""
        if self.values:
            yield from self.values
            return
        low, high, step = self.min_value or 0, self.max_value or 0, self.step or 1
        size = self.size or 0
        for position in range(size):
            if self.step is None or self.sampling == "linear":
                value = low + position * step
            elif self.sampling == "log":
                value = low * step**position
            else:
                value = high + low - low * step ** (size - 1 - position)
            yield int(value) if self.kind == "int" else float(f"{value:.{_DIGITS}g}")

    def is_active(self, values: Mapping[str, Value]) -> bool:
        """Return whether all conditions hold, given the values of other hyperparameters."""
        return all(
            condition.name in values and values[condition.name] in condition.values
            for condition in self.conditions
        )


def space_size(hyperparameters: Iterable[Hyperparameter]) -> int | None:
    """Return the number of distinct configs in a space, or None if there are infinitely many."""
    space = list(hyperparameters)
    if any(hyperparameter.size is None for hyperparameter in space):
        return None
    children: dict[str | None, list[Hyperparameter]] = {}
    for hyperparameter in space:
        conditions = hyperparameter.conditions
        children.setdefault(conditions[-1].name if conditions else None, []).append(hyperparameter)
    # A hyperparameter follows those that it depends on: count from the innermost.
    sizes: dict[str, int] = {}
    for hyperparameter in reversed(space):
        if hyperparameter.name not in children:
            sizes[hyperparameter.name] = hyperparameter.size or 0
            continue
        # Sum over its values the sizes of the hyperparameters that each makes active.
        by_value = dict.fromkeys(hyperparameter.points(), 1)
        for child in children[hyperparameter.name]:
            for value in child.conditions[-1].values:
                by_value[value] *= sizes[child.name]
        sizes[hyperparameter.name] = sum(by_value.values())
    return prod(sizes[hyperparameter.name] for hyperparameter in children.get(None, []))


def format_space_size(size: int | None) -> str:
    """Format the number of configs in a space; a large one as a power of ten."""
    if size is None:
        return "infinitely many configs"
    if size < _LARGE_SPACE:
        return plural(size, "config")
    return f"about 10^{round(log10(size))} configs"


def marker_name(name: str) -> str:
    """Return the path of a hyperparameter's marker: its name without the repetition."""
    return re.sub(r"(?<=\.Repeat)\[\d+\]", "", name)


def repetition(name: str) -> str:
    """Return the repetition of a hyperparameter, such as `[2]`; empty outside `Repeat`."""
    match = re.search(r"(?<=\.Repeat)\[\d+\]", name)
    return match.group() if match else ""


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Map hyperparameters to short names, all different."""
    unique_names = list(dict.fromkeys(names))
    forms = {marker: _forms(marker) for marker in map(marker_name, unique_names)}
    short = {
        marker: next(
            (
                form
                for form, *others in zip(own, *forms.values(), strict=True)
                if others.count(form) == 1
            ),
            marker,
        )
        for marker, own in forms.items()
    }
    return {
        name: " ".join(filter(None, (short[marker_name(name)], repetition(name))))
        for name in unique_names
    }


def _forms(name: str) -> tuple[str, ...]:
    """Return a name from its last part to all that describes it, also the positions of layers."""
    *outer, last = name.split(".")
    described = [part for part in outer if part not in _STRUCTURE]
    bare = [part for part in described if not part.isdecimal()]
    shortest = last
    if last.isdecimal():
        # A bare position would be read as one in `model.layers`.
        last = f"{outer[-1]}.{last}"
        shortest = f"Repeat.{last}" if "Repeat" in bare else last
    return shortest, *(".".join([*parts, last]) for parts in (bare[-1:], bare, described))
