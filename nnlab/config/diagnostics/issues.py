"""How the config's models report what is wrong: problems in, one pydantic error with all of them.

Pydantic stops at the first error that a validator of ours raises; these helpers let a validator
report several, each at its own place, together with those that pydantic found itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from nnlab.config.diagnostics.suggestions import hint_for_type, shown
from nnlab.text import nearest

__all__ = [
    "Expected",
    "Issue",
    "IssueCollector",
    "explain",
    "issues_error",
    "shown",
]

_PROBLEM, _EXPECTED = "nnlab", "nnlab_expected"
# More choices than these are told in the remedy, and only where none of them is near.
_FEW = 6


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong inside the value under validation.

    Args:
        path: Keys and list positions from that value down to the fault.
        message: What was expected and what was received.
        hint: What to do; may be empty.
        at_key: True where the key itself is at fault, not the value behind it.
    """

    path: tuple[str | int, ...]
    message: str
    hint: str = ""
    at_key: bool = False

    def as_custom_error(self) -> PydanticCustomError:
        """The form that pydantic carries."""
        context = {"message": self.message, "remedy": self.hint, "at_key": self.at_key}
        return PydanticCustomError(_PROBLEM, "{message}", context)


@dataclass(frozen=True)
class Expected:
    """Says what is expected of some text, in the place of what pydantic would say.

    Args:
        phrase: It follows "Expected".
        hint: What to do; may be empty.

    Example:
        >>> from typing import Annotated
        >>> from pydantic import Field, TypeAdapter
        >>> size = TypeAdapter(Annotated[str, Field(pattern="^[SML]$"), Expected("S, M or L")])
        >>> collector = IssueCollector()
        >>> with collector.collect("size"):
        ...     size.validate_python("XXL")
        >>> collector.issues()[0].message
        "Expected S, M or L. Received: size='XXL'."
    """

    phrase: str
    hint: str = ""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """The value's own schema, whose errors become this one."""
        return core_schema.custom_error_schema(
            handler(source),
            _EXPECTED,
            custom_error_message="Expected {expected}",
            custom_error_context={"expected": self.phrase, "remedy": self.hint},
        )


def issues_error(issues: Iterable[Issue]) -> ValidationError:
    """One pydantic error that carries several problems.

    Args:
        issues: The problems that a validator of ours found.

    Returns:
        The error, to be raised.

    Example:
        >>> issues_error([Issue(("units",), "Expected a positive integer.")]).error_count()
        1
    """
    collector = IssueCollector()
    collector.add(*issues)
    return collector.error()


class IssueCollector:
    """Gathers the problems of several readings, and raises them as one.

    Example:
        >>> collector = IssueCollector()
        >>> collector.add(Issue(("units",), "Expected a positive integer."))
        >>> with collector.collect("loss"):
        ...     raise issues_error([Issue((), "Expected a loss.")])
        >>> [error["loc"] for error in collector.error().errors()]
        [('units',), ('loss',)]
    """

    def __init__(self) -> None:
        self._details: list[InitErrorDetails] = []

    def add(self, *issues: Issue) -> None:
        """Take in problems found here."""
        self._details += [
            InitErrorDetails(type=issue.as_custom_error(), loc=issue.path, input=None)
            for issue in issues
        ]

    @contextmanager
    def collect(self, *under: str | int) -> Iterator[None]:
        """Take in what a reading raises, its places put under this path."""
        try:
            yield
        except ValidationError as error:
            self._details += [_again(item, under) for item in error.errors(include_url=False)]

    def drop_missing(self, keys: Iterable[str]) -> None:
        """Forget that some keys are missing: they are there, misspelt.

        Args:
            keys: Keys of the value under validation.
        """
        places = {(key,) for key in keys}
        self._details = [
            item
            for item in self._details
            if item["type"] != "missing" or item.get("loc") not in places
        ]

    def issues(self) -> list[Issue]:
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
    if kind in (_PROBLEM, _EXPECTED):
        template = "{message}" if kind == _PROBLEM else "Expected {expected}"
        kind = PydanticCustomError(kind, template, context)
    return InitErrorDetails(
        type=kind, loc=(*under, *error["loc"]), input=error["input"], ctx=context
    )


def explain(error: Mapping[str, Any]) -> Issue:
    """A pydantic error in the words of the config.

    Args:
        error: One of `ValidationError.errors()`.

    Returns:
        The problem: what was expected, what was received, the remedy.

    Example:
        >>> explain({"type": "missing", "loc": ("units",), "input": {}}).message
        'Key `units` is missing.'
    """
    path, kind, received = tuple(error["loc"]), error["type"], error["input"]
    context = dict(error.get("ctx") or {})
    if kind == _PROBLEM:
        return Issue(path, context["message"], context["remedy"], context["at_key"])
    if kind == "missing":
        return _missing(path, received)
    if path[-1:] == ("[key]",):
        # A number among texts is not told what letters a text may have.
        of_text = "string_type" if kind == _EXPECTED and not isinstance(received, str) else kind
        message = f"Expected {_wanted(of_text, context)} as key. Received: {shown(received)}."
        return Issue(path[:-1], message, hint_for_type(of_text, received), at_key=True)
    if kind == "literal_error":
        expected, hint = _of_choices(_choices(context), path, received)
    else:
        expected, wrapped = _wanted(kind, context), kind == _EXPECTED
        hint = context.get("remedy") or hint_for_type("string_type" if wrapped else kind, received)
    name = _named(path)
    told = f"{name}={shown(received)}" if name else shown(received)
    return Issue(path, f"Expected {expected}. Received: {told}.", hint)


def _of_choices(
    choices: list[str], path: tuple[str | int, ...], received: object
) -> tuple[str, str]:
    """What is expected of a value that must be one of some names, and the remedy."""
    close = nearest(received, choices) if isinstance(received, str) else None
    hint = f"Did you mean `{close}`?" if close else hint_for_type("literal_error", received)
    if len(choices) <= _FEW:
        *others, last = (f"`{choice}`" for choice in choices)
        return f"{', '.join(others)} or {last}" if others else last, hint
    name = _named(path) or "name"
    article = "an" if name[0] in "aeiou" else "a"
    return f"{article} {name}", hint or f"The choices are: {', '.join(choices)}."


def _missing(path: tuple[str | int, ...], parent: object) -> Issue:
    key = path[-1]
    above = path[-2] if len(path) > 1 else None
    hint = f"Add `{key}: …`."
    if parent == {} and isinstance(above, str):
        hint = f"Write `{above}: {{{key}: …}}`."
    return Issue(path, f"Key `{key}` is missing.", hint)


_PHRASES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "too_short": "{min_length} or more values",
    "too_long": "{max_length} or fewer values",
    "string_too_short": "some text",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "none_required": "null",
    _EXPECTED: "{expected}",
}


def _wanted(kind: str, context: Mapping[str, Any]) -> str:
    """What follows "Expected" for an error of pydantic's."""
    phrase = _PHRASES.get(kind, "another value")
    told = {
        key: f"{value:g}" if isinstance(value, float) else value for key, value in context.items()
    }
    return phrase.format(**told)


def _choices(context: Mapping[str, Any]) -> list[str]:
    """The choices that pydantic lists as `'a', 'b' or 'c'`."""
    listed = str(context["expected"]).replace(" or ", ", ").split(", ")
    return [choice.strip("'") for choice in listed]


def _named(path: tuple[str | int, ...]) -> str:
    """The key that leads to a value; empty for one in a list."""
    return path[-1] if path and isinstance(path[-1], str) else ""
