"""How the config's models report what is wrong: problems in, one pydantic error that holds them all.

Pydantic stops at the first error that a validator of ours raises; these helpers let a validator report several, each
at its own place, together with those that pydantic found itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

type_of_problem = "nnlab"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong inside the value under validation.

    Args:
        path: Keys and list positions from that value down to the fault.
        message: What was expected and what was received.
        remedy: What to do; may be empty.
        at_key: True where the key itself is at fault, not the value behind it.
    """

    path: tuple[str | int, ...]
    message: str
    remedy: str = ""
    at_key: bool = False

    def as_custom_error(self) -> PydanticCustomError:
        """The form that pydantic carries."""
        context = {"message": self.message, "remedy": self.remedy, "at_key": self.at_key}
        return PydanticCustomError(type_of_problem, "{message}", context)


def problems_error(problems: Iterable[Problem]) -> ValidationError:
    """One pydantic error that carries several problems.

    Args:
        problems: The problems that a validator of ours found.

    Returns:
        The error, to be raised.

    Example:
        >>> problems_error([Problem(("units",), "Expected a positive integer.")]).error_count()
        1
    """
    collector = Collector()
    collector.add(*problems)
    return collector.error()


class Collector:
    """Gathers the problems of several readings, and raises them as one.

    Example:
        >>> collector = Collector()
        >>> collector.add(Problem(("units",), "Expected a positive integer."))
        >>> with collector.reading("loss"):
        ...     raise problems_error([Problem((), "Expected a loss.")])
        >>> [error["loc"] for error in collector.error().errors()]
        [('units',), ('loss',)]
    """

    def __init__(self) -> None:
        self._details: list[InitErrorDetails] = []

    def add(self, *problems: Problem) -> None:
        """Take in problems found here."""
        self._details += [
            InitErrorDetails(type=problem.as_custom_error(), loc=problem.path, input=None)
            for problem in problems
        ]

    @contextmanager
    def reading(self, *under: str | int) -> Iterator[None]:
        """Take in what a reading raises, its places put under this path."""
        try:
            yield
        except ValidationError as error:
            self._details += [_again(item, under) for item in error.errors(include_url=False)]

    def problems(self) -> list[Problem]:
        """All that was gathered, in our own words."""
        return [explain(error) for error in self.error().errors(include_url=False)]

    def error(self) -> ValidationError:
        """All that was gathered, as one error."""
        return ValidationError.from_exception_data("config", self._details)

    def raise_if_any(self) -> None:
        """Raise what was gathered, if anything was.

        Raises:
            ValidationError: With every problem.
        """
        if self._details:
            raise self.error() from None


def _again(error: Mapping[str, Any], under: tuple[str | int, ...]) -> InitErrorDetails:
    kind: str | PydanticCustomError = error["type"]
    context = dict(error.get("ctx") or {})
    if kind == type_of_problem:
        kind = PydanticCustomError(type_of_problem, "{message}", context)
    return InitErrorDetails(
        type=kind, loc=(*under, *error["loc"]), input=error["input"], ctx=context
    )


def explain(error: Mapping[str, Any]) -> Problem:
    """A pydantic error in the words of the config.

    Args:
        error: One of `ValidationError.errors()`.

    Returns:
        The problem: what was expected, what was received, the remedy.

    Example:
        >>> explain({"type": "missing", "loc": ("units",), "msg": "Field required", "input": {}}).message
        'Key `units` is missing.'
    """
    path, kind, context = tuple(error["loc"]), error["type"], dict(error.get("ctx") or {})
    if kind == type_of_problem:
        return Problem(path, context["message"], context["remedy"], context["at_key"])
    if kind == "missing":
        return Problem(path, f"Key `{path[-1]}` is missing.", f"Add `{path[-1]}: …`.")
    expected = _EXPECTED.get(kind)
    wanted = (
        expected.format(**context) if expected else str(error["msg"]).removeprefix("Value error, ")
    )
    received = error["input"]
    remedy = ""
    if kind == "literal_error" and isinstance(received, str):
        close = nearest(
            received,
            [
                word.strip("'")
                for word in str(context["expected"]).replace(" or ", ", ").split(", ")
            ],
        )
        remedy = f"Did you mean `{close}`?" if close else ""
    elif kind in ("int_type", "float_type") and isinstance(received, str):
        remedy = "Write a number, without quotes."
    return Problem(path, f"Expected {wanted}. Received: {_named(path, received)}.", remedy)


_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "literal_error": "one of {expected}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_too_long": "at most {max_length} characters",
    "none_required": "null",
}


def _named(path: tuple[str | int, ...], value: object) -> str:
    text = repr(value)
    text = text if len(text) <= 80 else f"{text[:77]}…"
    name = next((part for part in reversed(path) if isinstance(part, str)), None)
    return text if name is None or name != path[-1] else f"{name}={text}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one most likely stands for.

    Args:
        word: What was written.
        known: The words that would have been right.

    Returns:
        The closest one, or None where nothing is close.

    Example:
        >>> nearest("unit", ["units", "activation"])
        'units'
    """
    words = list(known)
    lowered = {name.lower().replace("_", ""): name for name in reversed(words)}
    found = difflib.get_close_matches(word.lower().replace("_", ""), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], what: str) -> str:
    """The remedy for an unknown word: the nearest right one, or all of them.

    Args:
        word: What was written.
        known: The words that would have been right.
        what: What they are, in the plural: "keys of data", "layers".

    Returns:
        A sentence.

    Example:
        >>> did_you_mean("adamm", ["Adam", "SGD"], "optimizers")
        'Did you mean `Adam`?'
        >>> did_you_mean("quux", ["Adam", "SGD"], "optimizers")
        'The optimizers are: Adam, SGD.'
    """
    names = list(known)
    close = nearest(word, names)
    if close is not None:
        return f"Did you mean `{close}`?"
    return f"The {what} are: {', '.join(names)}."
