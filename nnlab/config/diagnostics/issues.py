"""Issues found while a config is validated: collected, raised as one pydantic error, located.

Pydantic stops at the first error that a custom validator raises. An `IssueCollector` lets a
validator report several issues, each with its path, together with those that pydantic finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from nnlab.config.diagnostics.suggestions import format_value, hint_for_type
from nnlab.config.yaml.document import Document, format_path
from nnlab.errors import Diagnostic, Location
from nnlab.text import nearest

_ISSUE_TYPE, _EXPECTED_TYPE = "nnlab", "nnlab_expected"
# The message lists up to this many choices; the hint lists more, if none is near.
_MAX_LISTED_CHOICES = 6


@dataclass(frozen=True)
class Issue:
    """An error or a warning that has no location yet.

    Args:
        path: Keys and list positions, relative to the value under validation.
        message: What was expected and what was received.
        hint: How to fix it; may be empty.
        at_key: Whether the key is wrong, not its value.
    """

    path: tuple[str | int, ...]
    message: str
    hint: str = ""
    at_key: bool = False

    def as_custom_error(self) -> PydanticCustomError:
        """Return the issue as a pydantic error."""
        context = {"message": self.message, "hint": self.hint, "at_key": self.at_key}
        return PydanticCustomError(_ISSUE_TYPE, "{message}", context)


@dataclass(frozen=True)
class Expected:
    """An annotation that replaces pydantic's message about a value.

    Args:
        phrase: What follows "Expected".
        hint: How to fix it; may be empty.
    """

    phrase: str
    hint: str = ""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the value's schema with its errors replaced."""
        return core_schema.custom_error_schema(
            handler(source),
            _EXPECTED_TYPE,
            custom_error_message="Expected {expected}",
            custom_error_context={"expected": self.phrase, "hint": self.hint},
        )


class IssueCollector:
    """Collects the issues of several validations and raises them as one error.

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
        """Add issues."""
        self._details += [
            InitErrorDetails(type=issue.as_custom_error(), loc=issue.path, input=None)
            for issue in issues
        ]

    @contextmanager
    def collect(self, *prefix: str | int) -> Iterator[None]:
        """Add the errors of a validation that the block raises, their paths below a prefix."""
        try:
            yield
        except ValidationError as error:
            self._details += [_details_of(item, prefix) for item in error.errors(include_url=False)]

    def drop_missing(self, keys: Iterable[str]) -> None:
        """Drop the issues about missing keys that are in the value, misspelled."""
        paths = {(key,) for key in keys}
        self._details = [
            item
            for item in self._details
            if item["type"] != "missing" or item.get("loc") not in paths
        ]

    def issues(self) -> list[Issue]:
        """Return the collected issues, with pydantic's errors translated."""
        return [issue_from_error(error) for error in self.error().errors(include_url=False)]

    def error(self) -> ValidationError:
        """Return one error with all collected issues."""
        return ValidationError.from_exception_data("config", self._details)

    def raise_if_any(self) -> None:
        """Raise the collected issues as one error, if there are any."""
        if self._details:
            raise self.error() from None


def issues_error(issues: Iterable[Issue]) -> ValidationError:
    """Return one pydantic error that carries several issues."""
    collector = IssueCollector()
    collector.add(*issues)
    return collector.error()


def _details_of(error: Mapping[str, Any], prefix: tuple[str | int, ...]) -> InitErrorDetails:
    """Return what pydantic needs to raise one of its errors again, its path below a prefix."""
    kind: str | PydanticCustomError = error["type"]
    context = dict(error.get("ctx") or {})
    if kind in (_ISSUE_TYPE, _EXPECTED_TYPE):
        template = "{message}" if kind == _ISSUE_TYPE else "Expected {expected}"
        kind = PydanticCustomError(kind, template, context)
    return InitErrorDetails(
        type=kind, loc=(*prefix, *error["loc"]), input=error["input"], ctx=context
    )


def issue_from_error(error: Mapping[str, Any]) -> Issue:
    """Translate one of `ValidationError.errors()` into an issue: expected, received, hint."""
    path, kind, received = tuple(error["loc"]), error["type"], error["input"]
    context = dict(error.get("ctx") or {})
    if kind == _ISSUE_TYPE:
        return Issue(path, context["message"], context["hint"], context["at_key"])
    if kind == "missing":
        return _missing_key(path, received)
    if path[-1:] == ("[key]",):
        # A key that is a number must become text first: do not describe the text's form.
        type_kind = (
            "string_type" if kind == _EXPECTED_TYPE and not isinstance(received, str) else kind
        )
        expected = _expected_phrase(type_kind, context)
        message = f"Expected {expected} as key. Received: {format_value(received)}."
        return Issue(path[:-1], message, hint_for_type(type_kind, received), at_key=True)
    if kind == "literal_error":
        expected, hint = _expected_choice(_choices(context), path, received)
    else:
        type_kind = "string_type" if kind == _EXPECTED_TYPE else kind
        expected = _expected_phrase(kind, context)
        hint = context.get("hint") or hint_for_type(type_kind, received)
    key, value = _last_key(path), format_value(received)
    message = f"Expected {expected}. Received: {f'{key}={value}' if key else value}."
    return Issue(path, message, hint)


def _expected_choice(
    choices: list[str], path: tuple[str | int, ...], received: object
) -> tuple[str, str]:
    """Return what follows "Expected" for a value that must be one of some names, and the hint."""
    close = nearest(received, choices) if isinstance(received, str) else None
    hint = f"Did you mean `{close}`?" if close else hint_for_type("literal_error", received)
    if len(choices) <= _MAX_LISTED_CHOICES:
        *others, last = (f"`{choice}`" for choice in choices)
        return f"{', '.join(others)} or {last}" if others else last, hint
    key = _last_key(path) or "name"
    article = "an" if key[0] in "aeiou" else "a"
    return f"{article} {key}", hint or f"The choices are: {', '.join(choices)}."


def _missing_key(path: tuple[str | int, ...], parent: object) -> Issue:
    key = path[-1]
    parent_key = path[-2] if len(path) > 1 else None
    hint = f"Add `{key}: …`."
    if parent == {} and isinstance(parent_key, str):
        hint = f"Write `{parent_key}: {{{key}: …}}`."
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
    "string_too_short": "non-empty text",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text matching {pattern}",
    "none_required": "null",
    _EXPECTED_TYPE: "{expected}",
}


def _expected_phrase(kind: str, context: Mapping[str, Any]) -> str:
    """Return what follows "Expected" for one of pydantic's error types."""
    values = {
        key: f"{value:g}" if isinstance(value, float) else value for key, value in context.items()
    }
    return _PHRASES.get(kind, "another value").format(**values)


def _choices(context: Mapping[str, Any]) -> list[str]:
    """Split the choices that pydantic lists as `'a', 'b' or 'c'`."""
    choices = str(context["expected"]).replace(" or ", ", ").split(", ")
    return [choice.strip("'") for choice in choices]


def _last_key(path: tuple[str | int, ...]) -> str:
    """Return the key of a value; empty for an item of a list."""
    return path[-1] if path and isinstance(path[-1], str) else ""


def locate_issues(document: Document, issues: Iterable[Issue]) -> tuple[Diagnostic, ...]:
    """Return the issues of a document as diagnostics, each once, in the order of the file."""
    diagnostics: dict[tuple[Location | None, str], Diagnostic] = {}
    for issue in issues:
        path = format_path(document.origin(issue.path))
        location = document.locate(issue.path, at_key=issue.at_key)
        diagnostic = Diagnostic(issue.message, path, location, issue.hint)
        # An alias repeats the issues of its anchor at the same location.
        diagnostics.setdefault((location, issue.message), diagnostic)
    return sort_diagnostics(diagnostics.values())


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort diagnostics by location; those without one come first."""
    return tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.location or Location("")))
