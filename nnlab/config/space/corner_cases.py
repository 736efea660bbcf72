"""Samples of a search space: configs that together show every fault that a value can make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnlab.config.diagnostics.issues import shown
from nnlab.config.space.labels import option_names
from nnlab.config.space.markers import Choice
from nnlab.config.space.search_space import OpenValue
from nnlab.config.yaml.document import Path, parse_path
from nnlab.errors import Diagnostic


@dataclass(frozen=True)
class CornerCase:
    """One way to fill a config: each marker becomes its default, except one.

    Args:
        target: The marker that becomes another value; None: no marker does.
        value: What it becomes.
    """

    target: OpenValue | None = None
    value: Any = None

    def __call__(self, at: OpenValue) -> Any:
        """What a marker becomes: the value, what leads to it, or the default."""
        target = self.target
        if target is None:
            return at.marker.samples()[0]
        if at.path == target.path:
            return self.value
        if isinstance(at.marker, Choice) and target.path[: len(at.path)] == at.path:
            return next(part for part in target.path[len(at.path) :] if isinstance(part, int))
        return at.marker.samples()[0]

    @property
    def default(self) -> CornerCase:
        """The same marker with its default."""
        return (
            self
            if self.target is None
            else CornerCase(self.target, self.target.marker.samples()[0])
        )

    @property
    def words(self) -> str:
        """A sentence that says where a fault is one; empty for the defaults of all markers."""
        if self.target is None:
            return ""
        value = self.value
        if isinstance(self.target.marker, Choice):
            option = option_names(self.target.marker.values)[value]
            value = option if isinstance(option, str) else shown(option)
        return f"This is so where `{self.target.name}` is `{value}`."


def corner_cases(markers: Sequence[OpenValue]) -> Iterator[CornerCase]:
    """Ways to fill a config that together put every option and both ends of every range in it.

    Args:
        markers: All its markers.

    Yields:
        One way for the defaults, then one for each further value of each marker.
    """
    yield CornerCase()
    for target in markers:
        for value in target.marker.samples()[1:]:
            yield CornerCase(target, value)


def merge_diagnostics(
    outcomes: Sequence[tuple[CornerCase, Sequence[Diagnostic]]], known: Iterable[Diagnostic] = ()
) -> list[Diagnostic]:
    """The faults of all samples, each place once, whatever else other samples make of it.

    Args:
        outcomes: The samples of a config, the defaults first, each with what is wrong with it.
        known: Faults that were told already.

    Returns:
        The faults; one that another place has only with some values of a marker says which.
    """
    told = {_place(diagnostic) for diagnostic in known}
    found: list[Diagnostic] = []
    for sample, diagnostics in outcomes:
        new = [diagnostic for diagnostic in diagnostics if _place(diagnostic) not in told]
        told |= {_place(diagnostic) for diagnostic in new}
        found += [
            _conditional(diagnostic, _condition(diagnostic, sample, outcomes)) for diagnostic in new
        ]
    return found


def _place(diagnostic: Diagnostic) -> tuple[Any, str]:
    return diagnostic.location, diagnostic.path


def _condition(
    diagnostic: Diagnostic,
    sample: CornerCase,
    outcomes: Sequence[tuple[CornerCase, Sequence[Diagnostic]]],
) -> CornerCase | None:
    """The value of a marker elsewhere without which the fault would not be there."""
    path = parse_path(diagnostic.path)
    if sample.target is not None:
        return None if _related(path, sample.target.path) else sample
    for other, diagnostics in outcomes[1:]:
        target = other.target
        remains = any(
            (_place(one), one.message) == (_place(diagnostic), diagnostic.message)
            for one in diagnostics
        )
        if target is None or remains or _related(path, target.path):
            continue
        # A value that is wrong by itself hides what else it would make wrong.
        if not any(_related(parse_path(one.path), target.path) for one in diagnostics):
            return other.default
    return None


def _related(path: Path, other: Path) -> bool:
    """Whether one of two paths leads to the other."""
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def _conditional(diagnostic: Diagnostic, condition: CornerCase | None) -> Diagnostic:
    if condition is None:
        return diagnostic
    return replace(diagnostic, message=f"{diagnostic.message} {condition.words}")
