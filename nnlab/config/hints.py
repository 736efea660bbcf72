"""What helps who got a config wrong: values as YAML writes them, the word that was meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

_SHOWN_LENGTH = 80
_LIKENESS = 0.6
_SURE = 0.9
_PART_LENGTH = 3

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


def names_text(names: Sequence[str], most: int = 12) -> str:
    """Lists names for a message, not too many of them.

    Args:
        names: The names.
        most: How many are written out.

    Returns:
        A phrase.

    Example:
        >>> names_text(("a", "b", "c"), most=2)
        'a, b and 1 more'
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def hint(kind: str, received: object) -> str:
    """The remedy for a value of a wrong type, where there is a likely reason for it.

    Args:
        kind: The type of pydantic's error.
        received: The value.

    Returns:
        A sentence, or nothing.

    Example:
        >>> hint("int_type", "64")
        'Remove the quotes: 64.'
    """
    if isinstance(received, Mapping):
        return _marker_hint(received)
    if isinstance(received, str):
        return _text_hint(kind, received)
    if isinstance(received, int | float):
        return _number_hint(kind, received)
    return ""


def _number_hint(kind: str, number: float) -> str:
    if kind.startswith("int_") and type(number) is float and number.is_integer():
        return f"Write it without a point: {number:.0f}."
    if kind == "bool_type" and str(number) in _TRUTH:
        return f"Write `{_TRUTH[str(number)]}`."
    if kind == "string_type":
        return f"Put it in quotes: '{shown(number)}'."
    return f"Put it in brackets: [{shown(number)}]." if kind == "list_type" else ""


def _text_hint(kind: str, text: str) -> str:
    if kind == "list_type":
        return f"Put it in brackets: [{text}]."
    if kind == "bool_type" and text.lower() in {*_TRUTH, "true", "false"}:
        return f"Write `{_TRUTH.get(text.lower(), text.lower())}`."
    if kind in ("int_type", "float_type"):
        return number_hint(text, whole=kind == "int_type")
    return ""


def number_hint(text: str, *, whole: bool) -> str:
    """The remedy for text that was meant as a number.

    Args:
        text: The text.
        whole: Whether a whole number is expected, in which a comma parts thousands.

    Returns:
        A sentence; empty for text that is no number.

    Example:
        >>> number_hint("20%", whole=False), number_hint("1,000", whole=True)
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


def _marker_hint(received: Mapping[object, object]) -> str:
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


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one most likely stands for.

    Args:
        word: What was written; of `keras.layers.Dense(8)` the name counts.
        known: The words that would have been right.

    Returns:
        The closest one, or None where nothing is close.

    Example:
        >>> nearest("unit", ["units", "activation"])
        'units'
        >>> nearest("lr", ["momentum", "learning_rate"])
        'learning_rate'
    """
    plain = re.sub(r"\(.*", "", word, flags=re.DOTALL).rpartition(".")[2].strip()
    names = [str(name) for name in known]
    if not plain or not names:
        return None
    part = _folded(plain)
    likeness = {name: (_ratio(part, _folded(name)), _ratio(plain, name)) for name in names}
    best = max(names, key=likeness.__getitem__)
    if likeness[best][0] >= _SURE:
        return best
    whole = [name for name in names if part in name.lower().split("_")]
    if whole and len(part) >= _PART_LENGTH:
        return whole[0]
    if likeness[best][0] >= _LIKENESS:
        return best
    return next((name for name in names if len(part) > 1 and _initials(name) == part), None)


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _folded(name: str) -> str:
    return re.sub(r"[_\- ]", "", name).lower()


def _initials(name: str) -> str:
    """The first letters of its parts: `lr` of `learning_rate`, `bn` of `BatchNormalization`."""
    return "".join(part[0] for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)).lower()


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
    names = [str(name) for name in known]
    close = nearest(word, names)
    if close is not None:
        return f"Did you mean `{close}`?"
    return f"The {what} are: {', '.join(names)}." if names else f"Remove it: there are no {what}."
