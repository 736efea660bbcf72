"""Translate YAML parser errors into diagnostics with a location and a hint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import yaml

from nnlab.errors import Diagnostic, Location

_INDENT = ("The indentation does not match the lines above.", "Align it with the other keys.")
_NO_COLON = ("Expected a colon after the key.", "Write `key: value`, with a space after the colon.")
_OPEN_LIST = ("A `[` is not closed.", "Close it with `]`, or put a comma between its values.")
_OPEN_MAPPING = ("A `{` is not closed.", "Close it with `}`, or put a comma between its keys.")
_BAD_ESCAPE = (
    "A backslash in double quotes starts an escape sequence that YAML does not have.",
    "Use single quotes.",
)

# The message and the hint for what the parser says.
_MESSAGES = {
    "expected ',' or ']'": _OPEN_LIST,
    "expected ',' or '}'": _OPEN_MAPPING,
    "unexpected end of stream": ("A quote is not closed.", "Close the quote."),
    "could not find expected ':'": _NO_COLON,
    "expected '-' indicator": ("The indentation does not match the list above.", "Align it."),
    "undefined alias": ("The alias has no anchor.", "Define it with `&name` above."),
    "second occurrence": ("Duplicate anchor.", "Rename one of them."),
    "but found another document": ("Expected one document.", "Keep one; remove `---`."),
    "expected <document start>": ("Expected one document.", "Keep one; remove `...`."),
    "unknown escape character": _BAD_ESCAPE,
    "hexdecimal number": _BAD_ESCAPE,
    "expected alphabetic or numeric": (
        "A `*` or `&` has no name.",
        "Put the text in quotes, or name the anchor.",
    ),
    "control characters": ("Control characters are not allowed.", "Remove the character."),
}
# These are located at the parser's first mark, where the unfinished part starts.
_LOCATED_AT_START = (
    "expected ',' or ']'",
    "expected ',' or '}'",
    "unexpected end of stream",
    "could not find expected ':'",
)


def syntax_error(error: yaml.YAMLError, text: str, file: str) -> Diagnostic:
    """Translate an error that PyYAML raised for a text."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    lines = text.splitlines()
    at_start = any(phrase in problem for phrase in _LOCATED_AT_START)
    line, column = _position(error, text, at_start=at_start)
    content = lines[line] if line < len(lines) else ""
    indent = content[: len(content) - len(content.lstrip())]
    if "\t" in indent:
        column = indent.index("\t")
        message, hint = "YAML does not allow tabs as indentation.", "Indent with spaces."
    elif "mapping values are not allowed" in problem:
        line, column, message, hint = _stray_colon(lines, line, column)
    elif "expected key" in problem or "<block end>" in problem:
        message, hint = _stray_text(content, column)
    elif "cannot start any token" in problem:
        message = f"A value cannot start with {content[column : column + 1]!r}."
        hint = "Put it in quotes."
    elif "expected node content" in problem:
        line, column, message, hint = _missing_value(text, line, column)
    else:
        matches = (entry for phrase, entry in _MESSAGES.items() if phrase in problem)
        unknown = (f"Invalid YAML: {problem}.", "Check this line and the one above.")
        message, hint = next(matches, unknown)
    return Diagnostic(message, "", Location(file, line + 1, column + 1), hint)


def _position(error: yaml.YAMLError, text: str, *, at_start: bool) -> tuple[int, int]:
    """Return the line and column of an error, both from 0."""
    start = getattr(error, "context_mark", None)
    end = getattr(error, "problem_mark", None)
    mark = (start if at_start else end) or end or start
    if mark is not None:
        return mark.line, mark.column
    before = text.encode()[: getattr(error, "position", 0)].decode(errors="ignore")
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def _stray_colon(lines: Sequence[str], line: int, column: int) -> tuple[int, int, str, str]:
    """Explain a colon where no key is allowed: a line's second one, or one after a wrong line."""
    content = lines[line]
    indent = len(content) - len(content.lstrip())
    if re.search(r":(\s|$)", content[:column]):
        return line, column, "A value contains a colon.", "Put the value in quotes."
    previous = next((row for row in range(line - 1, -1, -1) if _has_content(lines[row])), None)
    if previous is not None and not re.search(r":(\s|$)", lines[previous]):
        return previous, len(lines[previous]) - len(lines[previous].lstrip()), *_NO_COLON
    message = "A key is indented below a key that already has a value."
    return line, indent, message, "Align it with the key above."


def _has_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _stray_text(content: str, column: int) -> tuple[str, str]:
    """Explain text where a key was expected: wrong indentation, or text after a finished value."""
    character = content[column : column + 1]
    if character and character in "]}":
        return f"Unmatched `{character}`.", "Remove it."
    if content[:column].strip():
        return "Unexpected text after a value.", "Check the quotes and brackets before it."
    return _INDENT


def _missing_value(text: str, line: int, column: int) -> tuple[int, int, str, str]:
    """Explain a missing value: between two commas, or at the end after an open bracket."""
    lines = text.splitlines()
    rest = [lines[line][column:], *lines[line + 1 :]] if line < len(lines) else []
    opened: list[yaml.Token] = []
    with suppress(yaml.YAMLError):
        for token in () if any(map(_has_content, rest)) else yaml.scan(text, yaml.SafeLoader):
            if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                opened.append(token)
            elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
                opened.pop()
    if not opened:
        return line, column, "Expected a value here.", "Write it, or remove the comma."
    mark = opened[-1].start_mark
    is_list = isinstance(opened[-1], yaml.FlowSequenceStartToken)
    return mark.line, mark.column, *(_OPEN_LIST if is_list else _OPEN_MAPPING)
