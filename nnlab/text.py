"""Small text helpers: counts with nouns, lists of names, shortening, the nearest known name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

_MIN_SIMILARITY = 0.6
_CERTAIN_SIMILARITY = 0.9
_MIN_PART_LENGTH = 3


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, in the singular or with an s.

    Example:
        >>> plural(1, "error"), plural(1200, "row")
        ('1 error', '1,200 rows')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def join_names(names: Sequence[str], limit: int = 12) -> str:
    """Join names with commas, and count those beyond the limit.

    Example:
        >>> join_names(("a", "b", "c"), limit=2)
        'a, b and 1 more'
    """
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")


def shorten(text: str, length: int) -> str:
    """Cut a text to a maximum length, with an ellipsis at its end.

    Example:
        >>> shorten("a long name", 7)
        'a long…'
    """
    return text if len(text) <= length else f"{text[: length - 1]}…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelled one most likely means, or None.

    Case and separators are ignored; of an expression such as `keras.layers.Dense(8)` the class
    counts; a part (`rate`) or the initials (`lr`) of a known name match, too.

    Example:
        >>> nearest("unit", ["units", "activation"])
        'units'
        >>> nearest("lr", ["momentum", "learning_rate"])
        'learning_rate'
        >>> nearest("keras.layers.Dense(8)", ["Dense", "Dropout"])
        'Dense'
    """
    names = [str(other) for other in known]
    plain = re.sub(r"\(.*", "", name, flags=re.DOTALL).rpartition(".")[2].strip()
    return _nearest(name.strip(), names) or _nearest(plain, names)


def _nearest(name: str, names: Sequence[str]) -> str | None:
    if not name or not names:
        return None
    folded = _folded(name)
    similarity = {other: (_ratio(folded, _folded(other)), _ratio(name, other)) for other in names}
    best = max(names, key=similarity.__getitem__)
    if similarity[best][0] >= _CERTAIN_SIMILARITY:
        return best
    if len(folded) >= _MIN_PART_LENGTH:
        for other in names:
            if folded in other.lower().split("_"):
                return other
    if similarity[best][0] >= _MIN_SIMILARITY:
        return best
    return next((other for other in names if len(folded) > 1 and _initials(other) == folded), None)


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _folded(name: str) -> str:
    return re.sub(r"[_\- ]", "", name).lower()


def _initials(name: str) -> str:
    """Return the first letters of a name's parts: `lr` of `learning_rate`."""
    return "".join(part[0] for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)).lower()


def did_you_mean(name: str, known: Iterable[str], what: str, limit: int | None = None) -> str:
    """Return the hint for an unknown name: the nearest known one, or all of them.

    Args:
        name: The name as the user wrote it.
        known: The valid names.
        what: What they are, in the plural: "keys of data", "layers".
        limit: The maximum number of names listed. Defaults to all.

    Example:
        >>> did_you_mean("adamm", ["Adam", "SGD"], "optimizers")
        'Did you mean `Adam`?'
        >>> did_you_mean("quux", ["Adam", "SGD"], "optimizers")
        'The optimizers are: Adam, SGD.'
    """
    names = [str(other) for other in known]
    close = nearest(name, names)
    if close is not None:
        return f"Did you mean `{close}`?"
    if not names:
        return f"Remove it: there are no {what}."
    return f"The {what} are: {join_names(names, limit or len(names))}."
