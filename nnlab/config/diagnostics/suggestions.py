"""What helps who got a config wrong: values as YAML writes them, the word that was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nnlab.text import nearest

_SHOWN_LENGTH = 80

_TRUTH = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_MARKERS = ("Int", "Float", "Choice", "Boolean")


def shown(value: object, length: int = _SHOWN_LENGTH) -> str:
    """A value as YAML writes it, on one line, text in quotes.

    Args:
        value: Plain data, or a word of the config.
        length: Characters, at most; what is longer is cut.

    Returns:
        The text.

    Example:
        >>> shown({"Dense": {"units": None, "activation": "relu"}})
        "{Dense: {units: null, activation: 'relu'}}"
    """
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
    """The remedy for a value of a wrong type, where there is a likely reason for it.

    Args:
        kind: The type of pydantic's error.
        received: The value.

    Returns:
        A sentence, or nothing.

    Example:
        >>> hint_for_type("int_type", "64")
        'Remove the quotes: 64.'
    """
    if isinstance(received, Mapping):
        return _hint_for_marker(received)
    if isinstance(received, str):
        return _hint_for_text(kind, received)
    if isinstance(received, int | float):
        return _hint_for_number(kind, received)
    return ""


def _hint_for_number(kind: str, number: float) -> str:
    if kind.startswith("int_") and type(number) is float and number.is_integer():
        return f"Write it without a point: {number:.0f}."
    if kind == "bool_type" and str(number) in _TRUTH:
        return f"Write `{_TRUTH[str(number)]}`."
    if kind == "string_type":
        return f"Put it in quotes: '{shown(number)}'."
    return f"Put it in brackets: [{shown(number)}]." if kind == "list_type" else ""


def _hint_for_text(kind: str, text: str) -> str:
    if kind == "list_type":
        return f"Put it in brackets: [{text}]."
    if kind == "bool_type" and text.lower() in {*_TRUTH, "true", "false"}:
        return f"Write `{_TRUTH.get(text.lower(), text.lower())}`."
    if kind in ("int_type", "float_type"):
        return hint_for_number_text(text, whole=kind == "int_type")
    return ""


def hint_for_number_text(text: str, *, whole: bool) -> str:
    """The remedy for text that was meant as a number.

    Args:
        text: The text.
        whole: Whether a whole number is expected, in which a comma parts thousands.

    Returns:
        A sentence; empty for text that is no number.

    Example:
        >>> hint_for_number_text("20%", whole=False), hint_for_number_text("1,000", whole=True)
        ('Write 0.2.', 'Write 1000.')
    """
    plain = text.strip()
    if _is_number(plain):
        return f"Remove the quotes: {plain}."
    if plain.endswith("%") and _is_number(plain[:-1]):
        return f"Write {float(plain[:-1]) / 100:g}."
    if re.fullmatch(rf"[-+]?\d+([{',' if whole else ''}_ ]\d{{3}})+", plain):
        return f"Write {re.sub('[,_ ]', '', plain)}."
    if re.fullmatch(r"[-+]?\d*,\d+", plain):
        return f"Write {plain.replace(',', '.')}."
    return ""


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text) is not None


def _hint_for_marker(received: Mapping[object, object]) -> str:
    """The remedy for a search marker that is misspelt, or does not stand alone."""
    for key in received:
        close = nearest(str(key), _MARKERS)
        if close is None:
            continue
        others = [f"`{other}`" for other in received if other != key]
        if key != close:
            return f"Did you mean `{close}`?"
        if any(other in _MARKERS for other in received if other != key):
            return "One value has one search marker: remove the others."
        if others:
            return f"Put {', '.join(others)} among the arguments of {close}."
    return ""
