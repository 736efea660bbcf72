"""Format values as YAML and suggest how to fix a value of the wrong type."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nnlab.text import nearest

_MAX_LENGTH = 80

_BOOLEANS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_MARKERS = ("Int", "Float", "Choice", "Boolean")


def format_value(value: object, length: int = _MAX_LENGTH) -> str:
    """Format a value as YAML on one line, text in quotes, cut to a maximum length."""
    text = _flow(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"


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


def hint_for_type(kind: str, received: object) -> str:
    """Return the hint for a value of a wrong type, or an empty text.

    The kind is the type of pydantic's error, such as `int_type`.
    """
    if isinstance(received, Mapping):
        return _hint_for_mapping(received)
    if isinstance(received, str):
        return _hint_for_text(kind, received)
    if isinstance(received, int | float):
        return _hint_for_number(kind, received)
    return ""


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


def _hint_for_text(kind: str, text: str) -> str:
    if kind == "list_type":
        return f"Put it in brackets: [{text}]."
    if kind == "bool_type" and text.lower() in {*_BOOLEANS, "true", "false"}:
        return f"Write `{_BOOLEANS.get(text.lower(), text.lower())}`."
    if kind in ("int_type", "float_type"):
        return _hint_for_number_text(text, is_integer=kind == "int_type")
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


def _hint_for_number(kind: str, number: float) -> str:
    if kind.startswith("int_") and type(number) is float and number.is_integer():
        return f"Write it without a decimal point: {number:.0f}."
    if kind == "bool_type" and str(number) in _BOOLEANS:
        return f"Write `{_BOOLEANS[str(number)]}`."
    if kind == "string_type":
        return f"Put it in quotes: '{format_value(number)}'."
    return f"Put it in brackets: [{format_value(number)}]." if kind == "list_type" else ""
