"""Clauses as sentences."""

from __future__ import annotations

from collections.abc import Iterable


def sentence(words: str, names: Iterable[str] = ()) -> str:
    """A clause with a capital letter and a full stop.

    Args:
        words: The clause; it may be empty.
        names: Names with which it may begin: those stay as they are.

    Example:
        >>> sentence("no difference shown"), sentence("cpu:1 is faster", ["cpu:0", "cpu:1"])
        ('No difference shown.', 'cpu:1 is faster.')
    """
    if not words:
        return ""
    is_name = any(words == name or words.startswith(f"{name} ") for name in names)
    return f"{words if is_name else words[:1].upper() + words[1:]}."
