"""Search markers: what is written in a config in place of a value that a search varies.

Names and arguments are those of Keras Tuner (`keras_tuner.HyperParameters`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from math import floor, isfinite, log
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from nnlab.config.diagnostics import Issue, IssueCollector, format_value, issues_error
from nnlab.config.vocabulary.component import Component, Section

Sampling = Literal["linear", "log", "reverse_log"]

# Each repetition has separate hyperparameters: without a limit they would fill the memory.
MAX_REPETITIONS = 1000

_ROUNDING = 1e-9
_DIGITS = 12
# How many steps are tried for a suggestion, and the maximum length of a suggested number.
_MAX_STEPS_TRIED, _MAX_STEP_LENGTH = 1000, 6


class Marker(Component):
    """A value that a search varies (`keras_tuner.HyperParameters`)."""

    family: ClassVar[str] = "a search marker"
    example: ClassVar[str] = "Int: {min_value: 8, max_value: 128}"

    @abstractmethod
    def corner_values(self) -> list[Any]:
        """Return values that together show all errors of the range, the default first."""


class _Range(Section):
    """The checks that `Int` and `Float` share."""

    def corner_values(self) -> list[Any]:
        """Return the default and both bounds."""
        low, high, default = (getattr(self, name) for name in ("min_value", "max_value", "default"))
        return list(dict.fromkeys([low if default is None else default, low, high]))

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        low, high, step = (getattr(self, name) for name in ("min_value", "max_value", "step"))
        sampling, default = (getattr(self, name) for name in ("sampling", "default"))
        issues = []
        if low > high:
            message = f"Expected min_value <= max_value. Received: {low} and {high}."
            raise issues_error([Issue(("min_value",), message, "Swap them.")])
        if default is not None and not low <= default <= high:
            message = f"Expected a default from {low} to {high}. Received: default={default}."
            hint = "Choose a value in the range, or omit the default."
            issues.append(Issue(("default",), message, hint))
        if sampling != "linear":
            issues += _log_issues(sampling, low, high, step)
        elif step is not None:
            if not _reaches(low, high, step):
                message = f"Steps of {step} from {low} do not reach max_value {high}."
                issues.append(Issue(("step",), message, _suggest_step(low, high, step)))
            elif default is not None and not issues and not _reaches(low, default, step):
                message = f"Steps of {step} from {low} do not reach the default {default}."
                lower = format_value(_last_reached(low, default, step))
                issues.append(Issue(("default",), message, f"Use {lower}, which they reach."))
        if issues:
            raise issues_error(issues)
        return self


def _log_issues(sampling: str, low: float, high: float, step: float | None) -> Iterator[Issue]:
    if low <= 0:
        message = f"{sampling} sampling requires min_value above 0. Received: min_value={low}."
        yield Issue(("min_value",), message, "Increase it, or use linear sampling.")
    elif step is not None and step > 1 and not _reaches(0, log(high / low), log(step)):
        message = f"Repeatedly multiplying {low} by {step} does not reach max_value {high}."
        yield Issue(("step",), message, _suggest_bound(low, high, step))
    if step is not None and step <= 1:
        message = (
            f"With {sampling} sampling the step is a factor, so it must be above 1. "
            f"Received: step={step}."
        )
        yield Issue(("step",), message, "Write `step: 2` to double.")


def _reaches(low: float, end: float, step: float) -> bool:
    """Return whether a whole number of steps leads from `low` to `end`, up to rounding."""
    steps = (end - low) / step
    return isfinite(steps) and abs(steps - round(steps)) <= _ROUNDING * max(1.0, abs(steps))


def _last_reached(low: float, end: float, step: float) -> float:
    """Return the largest value up to `end` that steps from `low` reach."""
    return _rounded(low + floor((end - low) / step + _ROUNDING) * step)


def _rounded(number: float) -> float:
    """Remove rounding errors from the last digits."""
    return number if isinstance(number, int) else float(f"{number:.{_DIGITS}g}")


def _suggest_step(low: float, high: float, step: float) -> str:
    """Return the hint for steps that miss the upper bound: bounds and a step that fit."""
    if not isfinite((high - low) / step):
        return "Choose a longer step."
    last = _last_reached(low, high, step)
    bounds = [format_value(bound) for bound in (last, _rounded(last + step)) if bound > low]
    hint = f"Set max_value: {' or '.join(bounds)}"
    steps = max(1, round((high - low) / step))
    counts = (n for off in range(_MAX_STEPS_TRIED) for n in (steps - off, steps + off + 1))
    for count in counts:
        if count > 0:
            exact = (high - low) / count
            fitting = int(exact) if isinstance(low, int) else _rounded(exact)
            is_short = len(format_value(fitting)) <= _MAX_STEP_LENGTH
            if fitting > 0 and _reaches(low, high, fitting) and is_short:
                return f"{hint}, or step: {format_value(fitting)}."
    return f"{hint}, or another step."


def _suggest_bound(low: float, high: float, factor: float) -> str:
    """Return the hint for factors that miss the upper bound."""
    try:
        last = low * factor ** floor(log(high / low) / log(factor) + _ROUNDING)
    except OverflowError:
        return "Choose another step."
    bounds = [
        format_value(_rounded(bound))
        for bound in (last, last * factor)
        if bound > low and isfinite(bound)
    ]
    return f"Set max_value: {' or '.join(bounds)}, or another step."


class Int(_Range, Marker):
    """An integer from a range."""

    min_value: int = Field(description="The lower bound.")
    max_value: int = Field(description="The upper bound.")
    step: Annotated[int, Field(gt=0)] | None = Field(
        None, description="The distance between two values; None: 1."
    )
    sampling: Sampling = Field("linear", description="The distribution over the range.")
    default: int | None = Field(
        None, description="The value that is tried first; None: the lower bound."
    )


class Float(_Range, Marker):
    """A number from a range."""

    min_value: float = Field(description="The lower bound.")
    max_value: float = Field(description="The upper bound.")
    step: Annotated[float, Field(gt=0)] | None = Field(
        None, description="The distance between two values; None: any value of the range."
    )
    sampling: Sampling = Field("linear", description="The distribution over the range.")
    default: float | None = Field(
        None, description="The value that is tried first; None: the lower bound."
    )


class Choice(Marker):
    """One of several values of any kind: numbers, names, layers."""

    values: list[Any] = Field(min_length=1, description="The values to choose from.")
    ordered: bool | None = Field(
        None, description="Whether neighboring values are similar; None: if they are numbers."
    )
    default: Any = Field(
        None, description="The value that is tried first; None: the first of the list."
    )

    def corner_values(self) -> list[Any]:
        """Return the positions of all values, that of the default first."""
        first = 0 if self.default is None else self.values.index(self.default)
        return list(dict.fromkeys([first, *range(len(self.values))]))

    @field_validator("values", mode="before")
    @classmethod
    def _check_not_empty(cls, values: object) -> object:
        if values == []:
            message = "Expected values to choose from. Received: none."
            raise issues_error([Issue((), message, "Write two or more: `Choice: [16, 32]`.")])
        return values

    @field_validator("values")
    @classmethod
    def _check_unique(cls, values: list[Any]) -> list[Any]:
        # Compare as text: 1, 1.0 and true are equal otherwise.
        texts = [repr(value) for value in values]
        duplicates = [
            Issue((position,), f"Duplicate value {format_value(value)}.", "Remove one of them.")
            for position, value in enumerate(values)
            if repr(value) in texts[:position]
        ]
        if duplicates:
            raise issues_error(duplicates)
        return values

    @model_validator(mode="after")
    def _check_default(self) -> Self:
        if self.default is not None and self.default not in self.values:
            received = f"default={format_value(self.default)}"
            message = f"Expected a default from the values. Received: {received}."
            raise issues_error([Issue(("default",), message, "Choose one of them.")])
        return self


class Boolean(Marker):
    """True or false."""

    default: bool = Field(False, description="The value that is tried first.")

    def corner_values(self) -> list[Any]:
        """Return both values."""
        return [self.default, not self.default]


class Repeat(Marker):
    """Layers that are repeated; the number of repetitions may vary too."""

    times: Int | Choice | int = Field(
        description="The number of repetitions: {Int: {min_value: 0, max_value: 10}}."
    )
    layers: list[Any] = Field(min_length=1, description="The layers to repeat.")

    def corner_values(self) -> list[Any]:
        """Return numbers of repetitions: 1, then 0 and 2 as far as they are in the range."""
        # Always 1, so errors inside are found.
        if isinstance(self.times, int):
            return [self.times] if self.times else [0, 1]
        low, high = _repetition_bounds(self.times)
        return [1, *([0] if low == 0 else []), *([2] if high > 1 else [])]

    @field_validator("times", mode="plain")
    @classmethod
    def _read_times(cls, value: object) -> Int | Choice | int:
        times: Int | Choice | int = -1
        if isinstance(value, Int | Choice) or _is_integer(value):
            times = value  # type: ignore[assignment]
        elif isinstance(value, Mapping) and list(value) in (["Int"], ["Choice"]):
            ((name, arguments),) = value.items()
            marker_type: type[Int | Choice] = Int if name == "Int" else Choice
            collector = IssueCollector()
            with collector.collect(name):
                times = marker_type.from_arguments(arguments)
            collector.raise_if_any()
        low, high = _repetition_bounds(times)
        if low < 0 or high > MAX_REPETITIONS:
            message = (
                f"Expected a whole number from 0 to {MAX_REPETITIONS:,}, or an Int or Choice of "
                f"such numbers. Received: times={format_value(value)}."
            )
            hint = "Write `times: 2`, or `times: {Int: {min_value: 0, max_value: 4}}`."
            raise issues_error([Issue((), message, hint)])
        return times


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _repetition_bounds(times: Int | Choice | int) -> tuple[int, int]:
    """Return the minimum and maximum number of repetitions, or -1 if a value is not an integer."""
    if isinstance(times, Int):
        return times.min_value, times.max_value
    numbers = times.values if isinstance(times, Choice) else [times]
    return (min(numbers), max(numbers)) if all(map(_is_integer, numbers)) else (-1, -1)
