"""What YAML's parser complains of, in words that help to mend it, at the place to mend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import yaml

from nnlab.errors import Diagnostic, Location

_INDENT = ("The indentation does not fit the lines above.", "Align it with the other keys.")
_NO_COLON = "Write `key: value`, with a space behind the colon."

# What the parser says, and what is said in its place: the message and the remedy.
_KNOWN = {
    "expected ',' or ']'": (
        "A `[` is not closed.",
        "Close it with `]`, or put a comma between its values.",
    ),
    "expected ',' or '}'": (
        "A `{` is not closed.",
        "Close it with `}`, or put a comma between its keys.",
    ),
    "unexpected end of stream": ("A quoted text is not closed.", "Close the quote."),
    "could not find expected ':'": ("A key has no colon.", _NO_COLON),
    "expected '-' indicator": ("The indentation does not fit the list above.", "Align it."),
    "undefined alias": ("The alias has no anchor.", "Define it with `&name` above."),
    "second occurrence": ("The anchor stands twice.", "Give one of them another name."),
    "but found another document": ("There is more than one document.", "Keep one; remove `---`."),
    "expected <document start>": ("There is more than one document.", "Keep one; remove `...`."),
    "unknown escape character": (
        "A backslash in double quotes begins an escape that YAML does not know.",
        "Use single quotes.",
    ),
    "hexdecimal number": (
        "A backslash in double quotes begins an escape that YAML does not know.",
        "Use single quotes.",
    ),
    "expected alphabetic or numeric": ("A `*` or `&` has no name.", "Quote the text, or name it."),
    "control characters": ("A character here cannot be shown.", "Remove it."),
}
# Of these the parser's first mark, where it began, is the place to mend.
_MENDED_WHERE_OPENED = (
    "expected ',' or ']'",
    "expected ',' or '}'",
    "unexpected end of stream",
    "could not find expected ':'",
)


def syntax_error(error: yaml.YAMLError, text: str, file: str) -> Diagnostic:
    """An error of PyYAML as a fault.

    Args:
        error: What it raised.
        text: The text that it read.
        file: What the fault calls the file.

    Returns:
        The fault.

    Example:
        >>> try:
        ...     yaml.safe_load("metrics: [mae, mse")
        ... except yaml.YAMLError as error:
        ...     print(syntax_error(error, "metrics: [mae, mse", "a.yaml"))
        a.yaml:1:10: A `[` is not closed. Close it with `]`, or put a comma between its values.
    """
    issue = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    lines = text.splitlines()
    line, column = _place(error, text, opened=any(sign in issue for sign in _MENDED_WHERE_OPENED))
    content = lines[line] if line < len(lines) else ""
    indent = content[: len(content) - len(content.lstrip())]
    if "\t" in indent:
        column = indent.index("\t")
        message, hint = "A tab stands where YAML wants spaces.", "Indent with spaces."
    elif "mapping values are not allowed" in issue:
        line, column, message, hint = _stray_colon(lines, line, column)
    elif "expected key" in issue or "<block end>" in issue:
        message, hint = _stray_text(content, column)
    elif "cannot start any token" in issue:
        message = f"A value cannot begin with {content[column : column + 1]!r}."
        hint = "Put it in quotes."
    elif "expected node content" in issue:
        line, column, message, hint = _missing_value(text, line, column)
    else:
        known = (words for sign, words in _KNOWN.items() if sign in issue)
        unknown = (f"This is not YAML: {issue}.", "Check the line and the one above it.")
        message, hint = next(known, unknown)
    return Diagnostic(message, "", Location(file, line + 1, column + 1), hint)


def _place(error: yaml.YAMLError, text: str, *, opened: bool) -> tuple[int, int]:
    """The line and column, from 0, that the parser tells."""
    began = getattr(error, "context_mark", None)
    ended = getattr(error, "problem_mark", None)
    mark = (began if opened else ended) or ended or began
    if mark is not None:
        return mark.line, mark.column
    before = text.encode()[: getattr(error, "position", 0)].decode(errors="ignore")
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def _stray_colon(lines: Sequence[str], line: int, column: int) -> tuple[int, int, str, str]:
    """A colon where no key can stand: the second of a line, or below a line that ended wrongly."""
    content = lines[line]
    indent = len(content) - len(content.lstrip())
    if re.search(r":(\s|$)", content[:column]):
        return line, column, "A value has a colon of its own.", "Put the value in quotes."
    above = next((at for at in range(line - 1, -1, -1) if _has_content(lines[at])), None)
    if above is not None and not re.search(r":(\s|$)", lines[above]):
        start = len(lines[above]) - len(lines[above].lstrip())
        return above, start, "A key has no colon.", _NO_COLON
    message = "A key stands deeper than the one above, which has a value already."
    return line, indent, message, "Align it with the key above."


def _has_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _stray_text(content: str, column: int) -> tuple[str, str]:
    """Text where a key was to come: wrongly indented, or behind a value that has ended."""
    sign = content[column : column + 1]
    if sign and sign in "]}":
        return f"A `{sign}` closes nothing.", "Remove it."
    if content[:column].strip():
        return "Text stands behind a value that has ended.", "Check the quotes and brackets before."
    return _INDENT


def _missing_value(text: str, line: int, column: int) -> tuple[int, int, str, str]:
    """No value where one must come: between two commas, or at the end, behind an open bracket."""
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
        return line, column, "A value is missing here.", "Write it, or remove the comma."
    mark = opened[-1].start_mark
    list_opened = isinstance(opened[-1], yaml.FlowSequenceStartToken)
    sign = "expected ',' or ']'" if list_opened else "expected ',' or '}'"
    return mark.line, mark.column, *_KNOWN[sign]
