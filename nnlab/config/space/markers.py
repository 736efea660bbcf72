"""Search markers: what stands in a config in the place of a value that is open.

The names and arguments are those of Keras Tuner (`keras_tuner.HyperParameters`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from math import floor, isfinite, log
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from nnlab.config.diagnostics.issues import Issue, IssueCollector, issues_error, shown
from nnlab.config.vocabulary.component import Component, Section

Sampling = Literal["linear", "log", "reverse_log"]

# Each repetition has hyperparameters of its own: without a limit they fill the memory.
MOST_REPETITIONS = 1000

_ROUNDING = 1e-9
_DIGITS = 12
# Of a step that is proposed: how many it may be from the one written, how long to write.
_NEARBY, _SHORT = 1000, 6


class Marker(Component):
    """An open value of a config (`keras_tuner.HyperParameters`)."""

    family: ClassVar[str] = "a search marker"
    example: ClassVar[str] = "Int: {min_value: 8, max_value: 128}"

    @abstractmethod
    def samples(self) -> list[Any]:
        """Values that stand for all that the marker may become, the first for its default."""


class _Range(Section):
    """What `Int` and `Float` have in common."""

    def samples(self) -> list[Any]:
        """The default, and both ends."""
        low, high, default = (getattr(self, name) for name in ("min_value", "max_value", "default"))
        return list(dict.fromkeys([low if default is None else default, low, high]))

    @model_validator(mode="after")
    def _range_is_sound(self) -> Self:
        low, high, step = (getattr(self, name) for name in ("min_value", "max_value", "step"))
        sampling, default = (getattr(self, name) for name in ("sampling", "default"))
        issues = []
        if low > high:
            message = f"min_value must not be above max_value. Received: {low} and {high}."
            raise issues_error([Issue(("min_value",), message, "Swap them.")])
        if default is not None and not low <= default <= high:
            message = f"Expected a default from {low} to {high}. Received: default={default}."
            hint = "Choose one in between, or leave it out."
            issues.append(Issue(("default",), message, hint))
        if sampling != "linear":
            issues += _log_issues(sampling, low, high, step)
        elif step is not None:
            if not _reaches(low, high, step):
                message = f"Steps of {step} from {low} miss max_value {high}."
                issues.append(Issue(("step",), message, _fitting(low, high, step)))
            elif default is not None and not issues and not _reaches(low, default, step):
                message = f"Steps of {step} from {low} miss the default {default}."
                under = shown(_reached(low, default, step))
                issues.append(Issue(("default",), message, f"Take {under}, which they reach."))
        if issues:
            raise issues_error(issues)
        return self


def _log_issues(sampling: str, low: float, high: float, step: float | None) -> Iterator[Issue]:
    if low <= 0:
        message = f"{sampling} sampling needs min_value above 0. Received: min_value={low}."
        yield Issue(("min_value",), message, "Raise it, or use linear sampling.")
    elif step is not None and step > 1 and not _reaches(0, log(high / low), log(step)):
        message = f"Multiplying by {step} from {low} misses max_value {high}."
        yield Issue(("step",), message, _fitting_powers(low, high, step))
    if step is not None and step <= 1:
        message = (
            f"With {sampling} sampling a step multiplies, so it must be above 1. "
            f"Received: step={step}."
        )
        yield Issue(("step",), message, "Write `step: 2` to double.")


def _reaches(low: float, end: float, step: float) -> bool:
    """Whether steps from the least end there, as far as rounding lets one tell."""
    steps = (end - low) / step
    return isfinite(steps) and abs(steps - round(steps)) <= _ROUNDING * max(1.0, abs(steps))


def _reached(low: float, end: float, step: float) -> float:
    """The last value that steps from the least come to, up to an end."""
    return _rounded(low + floor((end - low) / step + _ROUNDING) * step)


def _rounded(number: float) -> float:
    """Without what adding and multiplying leave in the last digits."""
    return number if isinstance(number, int) else float(f"{number:.{_DIGITS}g}")


def _fitting(low: float, high: float, step: float) -> str:
    """The remedy for steps that miss the end: ends that they reach, a step that does."""
    if not isfinite((high - low) / step):
        return "Choose a longer step."
    last = _reached(low, high, step)
    ends = [shown(end) for end in (last, _rounded(last + step)) if end > low]
    hint = f"Set max_value: {' or '.join(ends)}"
    steps = max(1, round((high - low) / step))
    tried = (count for off in range(_NEARBY) for count in (steps - off, steps + off + 1))
    for count in tried:
        if count > 0:
            exact = (high - low) / count
            other = int(exact) if isinstance(low, int) else _rounded(exact)
            if other > 0 and _reaches(low, high, other) and len(shown(other)) <= _SHORT:
                return f"{hint}, or step: {shown(other)}."
    return f"{hint}, or another step."


def _fitting_powers(low: float, high: float, step: float) -> str:
    """The remedy for steps that multiply, and miss the end."""
    try:
        last = low * step ** floor(log(high / low) / log(step) + _ROUNDING)
    except OverflowError:
        return "Choose another step."
    ends = [shown(_rounded(end)) for end in (last, last * step) if end > low and isfinite(end)]
    return f"Set max_value: {' or '.join(ends)}, or another step."


class Int(_Range, Marker):
    """A whole number between two others."""

    min_value: int = Field(description="The least.")
    max_value: int = Field(description="The most.")
    step: Annotated[int, Field(gt=0)] | None = Field(
        None, description="From one value to the next; None: 1."
    )
    sampling: Sampling = Field("linear", description="How likely small and large values are.")
    default: int | None = Field(None, description="The first value tried; None: the least.")


class Float(_Range, Marker):
    """A number between two others."""

    min_value: float = Field(description="The least.")
    max_value: float = Field(description="The most.")
    step: Annotated[float, Field(gt=0)] | None = Field(
        None, description="From one value to the next; None: any."
    )
    sampling: Sampling = Field("linear", description="How likely small and large values are.")
    default: float | None = Field(None, description="The first value tried; None: the least.")


class Choice(Marker):
    """One of several values, of any kind: numbers, names, layers."""

    values: list[Any] = Field(min_length=1, description="What there is to choose from.")
    ordered: bool | None = Field(
        None, description="Whether neighbours are alike; None: if they are numbers."
    )
    default: Any = Field(None, description="The first value tried; None: the first of them.")

    def samples(self) -> list[Any]:
        """The positions of all of them, that of the default first."""
        first = 0 if self.default is None else self.values.index(self.default)
        return list(dict.fromkeys([first, *range(len(self.values))]))

    @field_validator("values", mode="before")
    @classmethod
    def _there_are_values(cls, values: object) -> object:
        if values == []:
            message = "Expected values to choose from. Received: none."
            raise issues_error([Issue((), message, "Write two or more: `Choice: [16, 32]`.")])
        return values

    @field_validator("values")
    @classmethod
    def _values_differ(cls, values: list[Any]) -> list[Any]:
        # As text, for 1, 1.0 and true are equal otherwise.
        texts = [repr(value) for value in values]
        twice = [
            Issue((at,), f"{shown(value)} stands among the values twice.", "Remove one of them.")
            for at, value in enumerate(values)
            if repr(value) in texts[:at]
        ]
        if twice:
            raise issues_error(twice)
        return values

    @model_validator(mode="after")
    def _default_is_among_them(self) -> Self:
        if self.default is not None and self.default not in self.values:
            message = (
                f"Expected a default from the values. Received: default={shown(self.default)}."
            )
            raise issues_error([Issue(("default",), message, "Choose one of them.")])
        return self


class Boolean(Marker):
    """True or false."""

    default: bool = Field(False, description="The first value tried.")

    def samples(self) -> list[Any]:
        """Both."""
        return [self.default, not self.default]


class Repeat(Marker):
    """Layers that stand in the model several times, how often being open too."""

    times: Int | Choice | int = Field(
        description="How often: {Int: {min_value: 0, max_value: 10}}."
    )
    layers: list[Any] = Field(min_length=1, description="The layers that are repeated.")

    def samples(self) -> list[Any]:
        """Numbers of repetitions: once, and, as far as they may be, none and twice."""
        # Once always, so that what is wrong inside is found.
        if isinstance(self.times, int):
            return [self.times] if self.times else [0, 1]
        low, high = _ends(self.times)
        return [1, *([0] if low == 0 else []), *([2] if high > 1 else [])]

    @field_validator("times", mode="plain")
    @classmethod
    def _read_times(cls, value: object) -> Int | Choice | int:
        times: Int | Choice | int = -1
        if isinstance(value, Int | Choice) or _is_whole(value):
            times = value  # type: ignore[assignment]
        elif isinstance(value, Mapping) and list(value) in (["Int"], ["Choice"]):
            ((name, arguments),) = value.items()
            word: type[Int | Choice] = Int if name == "Int" else Choice
            collector = IssueCollector()
            with collector.collect(name):
                times = word.from_arguments(arguments)
            collector.raise_if_any()
        low, high = _ends(times)
        if low < 0 or high > MOST_REPETITIONS:
            message = (
                f"Expected a whole number from 0 to {MOST_REPETITIONS:,}, or Int or Choice over "
                f"such. Received: times={shown(value)}."
            )
            hint = "Write `times: 2`, or `times: {Int: {min_value: 0, max_value: 4}}`."
            raise issues_error([Issue((), message, hint)])
        return times


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _ends(times: Int | Choice | int) -> tuple[int, int]:
    """The fewest repetitions and the most; -1 of what is no number of repetitions."""
    if isinstance(times, Int):
        return times.min_value, times.max_value
    numbers = times.values if isinstance(times, Choice) else [times]
    return (min(numbers), max(numbers)) if all(map(_is_whole, numbers)) else (-1, -1)
