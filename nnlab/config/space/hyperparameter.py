"""The hyperparameters of a search, and how many configs they make; as plain as their JSON.

Nothing here loads the vocabulary, so that `nnlab show` of a search answers at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import floor, log, log10, prod
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nnlab.config.space.labels import Value
    from nnlab.config.space.markers import Sampling
    from nnlab.config.yaml.document import Path

Kind = Literal["int", "float", "choice", "boolean"]

# Numbers that steps reach are written with as many digits as make 0.1 + 2 * 0.1 read as 0.3.
_DIGITS = 12
_ROUNDING = 1e-9
# Larger spaces are told by their order of magnitude.
_LARGE = 10**6


@dataclass(frozen=True)
class Condition:
    """What must have been chosen for a hyperparameter to matter.

    Args:
        name: The hyperparameter that it depends on.
        values: Those of its values that call for it.
    """

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Hyperparameter:
    """One value that a search chooses.

    Args:
        name: Its dotted path in the config; inside `Repeat` the repetition, from 1, stands in
            brackets: `model.layers.1.Repeat[2].layers.0.Dense.units`. How often `Repeat` repeats is
            `model.layers.1.Repeat.times`.
        kind: `int` and `float` lie in a range, `choice` and `boolean` are one of `values`.
        default: The value tried first.
        path: Where its marker stands in the config.
        min_value: The least; None where there is no range.
        max_value: The most; None where there is no range.
        step: From one value to the next, added, or, unless sampling is linear, multiplied. None:
            any value; 1 for a whole number.
        sampling: How likely small and large values are.
        values: All there are of a choice or boolean. A plain option of a `Choice` stands for
            itself, null is "null", a word with arguments is called by the word, `SGD`, anything
            else by its text. No two are equal.
        ordered: Whether neighbouring values are alike.
        conditions: What must have been chosen for it to matter, outermost first; all must hold.

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
        """Reads what `dataclasses.asdict` made of one, be it through JSON.

        Args:
            values: Its fields.

        Example:
            >>> from dataclasses import asdict
            >>> asked = (Condition("optimizer", ("SGD",)),)
            >>> one = Hyperparameter("momentum", "float", 0.0, conditions=asked, min_value=0.0)
            >>> Hyperparameter.from_dict(asdict(one)) == one
            True
        """
        conditions = (
            Condition(condition["name"], tuple(condition["values"]))
            for condition in values.get("conditions", ())
        )
        lists = {key: tuple(values.get(key, ())) for key in ("path", "values")}
        return cls(**{**values, **lists, "conditions": tuple(conditions)})

    @cached_property
    def size(self) -> int | None:
        """How many values it has; None where there are infinitely many."""
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
        """All its values, where they are finitely many, in order."""
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
        """Whether it matters, other values being what they are.

        Args:
            values: The values of the hyperparameters that it depends on, by name.
        """
        return all(
            condition.name in values and values[condition.name] in condition.values
            for condition in self.conditions
        )


def space_size(hyperparameters: Iterable[Hyperparameter]) -> int | None:
    """How many different configs a space holds.

    Args:
        hyperparameters: All of it; each behind those that it depends on.

    Returns:
        The number, what depends on a choice counted only where it is chosen; None where there are
        infinitely many.

    Example:
        >>> optimizer = Hyperparameter("optimizer", "choice", "adam", values=("adam", "SGD"))
        >>> asked = (Condition("optimizer", ("SGD",)),)
        >>> momentum = Hyperparameter("momentum", "choice", 0, values=(0, 0.9), conditions=asked)
        >>> space_size([optimizer, momentum])
        3
    """
    everything = list(hyperparameters)
    if any(one.size is None for one in everything):
        return None
    below: dict[str | None, list[Hyperparameter]] = {}
    for one in everything:
        parent = one.conditions[-1].name if one.conditions else None
        below.setdefault(parent, []).append(one)
    ways: dict[str, int] = {}
    for one in reversed(everything):
        children = below.get(one.name)
        ways[one.name] = _ways(one, children, ways) if children else one.size or 0
    return prod(ways[one.name] for one in below.get(None, []))


def size_text(size: int | None) -> str:
    """How many configs a space holds, in words; larger ones by their order of magnitude.

    Args:
        size: Their number; None: infinitely many.

    Example:
        >>> size_text(1280), size_text(5**40)
        ('1,280 configs', 'about 10^28 configs')
    """
    if size is None:
        return "infinitely many configs"
    if size < _LARGE:
        return f"{size:,} config{'s' * (size != 1)}"
    return f"about 10^{round(log10(size))} configs"


def _ways(one: Hyperparameter, children: Iterable[Hyperparameter], ways: Mapping[str, int]) -> int:
    """Over all values of a hyperparameter, the sum of what those that each calls for can be."""
    with_value = dict.fromkeys(one.points(), 1)
    for child in children:
        for value in child.conditions[-1].values:
            with_value[value] *= ways[child.name]
    return sum(with_value.values())
