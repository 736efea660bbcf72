"""Issues found while a config is validated: collected, raised as one error, with hints, located.

Pydantic stops at the first error that a custom validator raises. An `IssueCollector` lets a
validator report several issues, each with its path, together with those that pydantic finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from nnlab.config.yaml.document import Document, format_path
from nnlab.errors import Diagnostic, Location
from nnlab.text import nearest, shorten

_ISSUE_TYPE, _EXPECTED_TYPE = "nnlab", "nnlab_expected"
# The message lists up to this many choices; the hint lists more, if none is near.
_MAX_LISTED_CHOICES = 6
_BOOLEANS = {
    **dict.fromkeys(("yes", "on", "1", "true"), "true"),
    **dict.fromkeys(("no", "off", "0", "false"), "false"),
}
_MARKERS = ("Int", "Float", "Choice", "Boolean")


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
            for item in error.errors(include_url=False):
                kind, context = item["type"], dict(item.get("ctx") or {})
                is_own = kind in (_ISSUE_TYPE, _EXPECTED_TYPE)
                template = "{message}" if kind == _ISSUE_TYPE else "Expected {expected}"
                details = InitErrorDetails(
                    type=PydanticCustomError(kind, template, context) if is_own else kind,
                    loc=(*prefix, *item["loc"]),
                    input=item["input"],
                    ctx=context,
                )
                self._details.append(details)

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


def issue_from_error(error: Mapping[str, Any]) -> Issue:
    """Translate one of `ValidationError.errors()` into an issue: expected, received, hint."""
    path, kind, received = tuple(error["loc"]), error["type"], error["input"]
    context = dict(error.get("ctx") or {})
    if kind == _ISSUE_TYPE:
        return Issue(path, context["message"], context["hint"], context["at_key"])
    if kind == "missing":
        key, parent = path[-1], path[-2] if len(path) > 1 else None
        hint = f"Add `{key}: …`."
        if received == {} and isinstance(parent, str):
            hint = f"Write `{parent}: {{{key}: …}}`."
        return Issue(path, f"Key `{key}` is missing.", hint)
    if path[-1:] == ("[key]",):
        # A key that is a number must become text first: do not describe the text's form.
        type_kind = (
            "string_type" if kind == _EXPECTED_TYPE and not isinstance(received, str) else kind
        )
        expected = _expected_phrase(type_kind, context)
        message = f"Expected {expected} as key. Received: {format_value(received)}."
        return Issue(path[:-1], message, hint_for_type(type_kind, received), at_key=True)
    if kind == "literal_error":
        expected, hint = _expected_choice(context, path, received)
    else:
        type_kind = "string_type" if kind == _EXPECTED_TYPE else kind
        expected = _expected_phrase(kind, context)
        hint = context.get("hint") or hint_for_type(type_kind, received)
    key, value = _last_key(path), format_value(received)
    message = f"Expected {expected}. Received: {f'{key}={value}' if key else value}."
    return Issue(path, message, hint)


def _expected_choice(
    context: Mapping[str, Any], path: tuple[str | int, ...], received: object
) -> tuple[str, str]:
    """Return what follows "Expected" for a value that must be one of some names, and the hint."""
    # Pydantic lists the choices as `'a', 'b' or 'c'`.
    listed = str(context["expected"]).replace(" or ", ", ").split(", ")
    choices = [choice.strip("'") for choice in listed]
    close = nearest(received, choices) if isinstance(received, str) else None
    hint = f"Did you mean `{close}`?" if close else hint_for_type("literal_error", received)
    if len(choices) <= _MAX_LISTED_CHOICES:
        *others, last = (f"`{choice}`" for choice in choices)
        return f"{', '.join(others)} or {last}" if others else last, hint
    key = _last_key(path) or "name"
    article = "an" if key[0] in "aeiou" else "a"
    return f"{article} {key}", hint or f"The choices are: {', '.join(choices)}."


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


def _last_key(path: tuple[str | int, ...]) -> str:
    """Return the key of a value; empty for an item of a list."""
    return path[-1] if path and isinstance(path[-1], str) else ""


def hint_for_type(kind: str, received: object) -> str:
    """Return the hint for a value of a wrong type, or an empty text.

    The kind is the type of pydantic's error, such as `int_type`.
    """
    if isinstance(received, Mapping):
        return _hint_for_mapping(received)
    if isinstance(received, str) and kind in ("int_type", "float_type"):
        return _hint_for_number_text(received, is_integer=kind == "int_type")
    if not isinstance(received, str | int | float):
        return ""
    text = received if isinstance(received, str) else format_value(received)
    hint = ""
    if kind == "list_type":
        hint = f"Put it in brackets: [{text}]."
    elif kind == "bool_type" and text.lower() in _BOOLEANS:
        hint = f"Write `{_BOOLEANS[text.lower()]}`."
    elif kind == "string_type" and not isinstance(received, str):
        hint = f"Put it in quotes: '{text}'."
    elif kind.startswith("int_") and type(received) is float and received.is_integer():
        hint = f"Write it without a decimal point: {received:.0f}."
    return hint


def _hint_for_mapping(received: Mapping[object, object]) -> str:
    """Return the hint for a search marker that is misspelled or has other keys next to it."""
    for key in received:
        marker = nearest(str(key), _MARKERS)
        if marker is None:
            continue
        other_keys = [other for other in received if other != key]
        if key != marker:
            return f"Did you mean `{marker}`?"
        if any(other in _MARKERS for other in other_keys):
            return "Keep one search marker and remove the others."
        if other_keys:
            names = ", ".join(f"`{other}`" for other in other_keys)
            return f"Move {names} into the arguments of {marker}."
    return ""


def _hint_for_number_text(text: str, *, is_integer: bool) -> str:
    """Return the hint for text that looks like a number; in an integer commas group thousands."""
    stripped = text.strip()
    if _is_number(stripped):
        return f"Remove the quotes: {stripped}."
    if stripped.endswith("%") and _is_number(stripped[:-1]):
        return f"Write {float(stripped[:-1]) / 100:g}."
    if re.fullmatch(rf"[-+]?\d+([{',' if is_integer else ''}_ ]\d{{3}})+", stripped):
        return f"Write {re.sub('[,_ ]', '', stripped)}."
    if re.fullmatch(r"[-+]?\d*,\d+", stripped):
        return f"Write {stripped.replace(',', '.')}."
    return ""


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text) is not None


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


def format_value(value: object, length: int = 80) -> str:
    """Format a value as YAML on one line, text in quotes, cut to a maximum length."""
    return shorten(_flow(value), length)


def _flow(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Mapping):
        pairs = (f"{key}: {_flow(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_flow(item) for item in value)}]"
    if isinstance(value, float):
        return re.sub(r"^(-?)(inf|nan)$", r"\1.\2", repr(value))
    if hasattr(value, "to_tree"):
        return _flow(value.to_tree())
    return repr(value)
