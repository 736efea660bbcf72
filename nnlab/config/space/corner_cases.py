"""Corner cases of a search space: a few configs that together show every error of its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnlab.config.diagnostics import format_value
from nnlab.config.space.declaration import name_options
from nnlab.config.space.markers import Choice
from nnlab.config.space.search_space import PlacedMarker
from nnlab.config.yaml.document import Path, parse_path
from nnlab.errors import Diagnostic


@dataclass(frozen=True)
class CornerCase:
    """A way to fill a config: one marker gets a given value, all others their defaults.

    Args:
        target: The marker that gets the value. None: all get their defaults.
        value: The value.
    """

    target: PlacedMarker | None = None
    value: Any = None

    def __call__(self, placed: PlacedMarker) -> Any:
        """Return the value of a marker; an outer `Choice` selects the option with the target."""
        target = self.target
        if target is not None and placed.path == target.path:
            return self.value
        is_outer = target is not None and target.path[: len(placed.path)] == placed.path
        if target is not None and is_outer and isinstance(placed.marker, Choice):
            return next(key for key in target.path[len(placed.path) :] if isinstance(key, int))
        return placed.marker.corner_values()[0]

    @property
    def default(self) -> CornerCase:
        """The same target with its default."""
        if self.target is None:
            return self
        return CornerCase(self.target, self.target.marker.corner_values()[0])

    @property
    def condition(self) -> str:
        """A sentence that limits an error to this case; empty for the defaults."""
        if self.target is None:
            return ""
        value = self.value
        if isinstance(self.target.marker, Choice):
            option = name_options(self.target.marker.values)[value]
            value = option if isinstance(option, str) else format_value(option)
        return f"This occurs if `{self.target.name}` is `{value}`."


Outcomes = Sequence[tuple[CornerCase, Sequence[Diagnostic]]]
"""The errors of each corner case; the first one has all defaults."""


def corner_cases(markers: Sequence[PlacedMarker]) -> Iterator[CornerCase]:
    """Yield cases that together contain every option and both bounds of every range."""
    yield CornerCase()
    for target in markers:
        for value in target.marker.corner_values()[1:]:
            yield CornerCase(target, value)


def merge_diagnostics(outcomes: Outcomes, known: Iterable[Diagnostic] = ()) -> list[Diagnostic]:
    """Merge the errors of all cases, one for each place that has no known error."""
    reported = {_place(diagnostic) for diagnostic in known}
    merged: list[Diagnostic] = []
    for case, diagnostics in outcomes:
        new = [diagnostic for diagnostic in diagnostics if _place(diagnostic) not in reported]
        reported |= {_place(diagnostic) for diagnostic in new}
        for diagnostic in new:
            cause = _find_cause(diagnostic, case, outcomes)
            message = diagnostic.message if cause is None else f"{diagnostic.message} {cause}"
            merged.append(replace(diagnostic, message=message))
    return merged


def _place(diagnostic: Diagnostic) -> tuple[Any, str]:
    return diagnostic.location, diagnostic.path


def _find_cause(diagnostic: Diagnostic, case: CornerCase, outcomes: Outcomes) -> str | None:
    """Return the condition on a marker elsewhere without which the error would not occur."""
    path = parse_path(diagnostic.path)
    if case.target is not None:
        return None if _is_nested(path, case.target.path) else case.condition
    for other, diagnostics in outcomes[1:]:
        target = other.target
        remains = any(
            (_place(error), error.message) == (_place(diagnostic), diagnostic.message)
            for error in diagnostics
        )
        if target is None or remains or _is_nested(path, target.path):
            continue
        # A value that is itself invalid hides the errors that it would cause elsewhere.
        if not any(_is_nested(parse_path(error.path), target.path) for error in diagnostics):
            return other.default.condition
    return None


def _is_nested(path: Path, other: Path) -> bool:
    """Return whether one of two paths is a prefix of the other."""
    length = min(len(path), len(other))
    return path[:length] == other[:length]
