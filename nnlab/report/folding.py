"""Long names in several lines."""

from __future__ import annotations

import re


def folded(text: str, room: float) -> str:
    r"""A text in lines that end behind a comma, as few as there is room for.

    Args:
        text: A name made of several parts.
        room: Characters a line; a part that is longer stays whole.

    Example:
        >>> folded("units=64,optimizer=SGD,scaling=none", 24)
        'units=64,optimizer=SGD,\nscaling=none'
    """
    lines = [""]
    for part in re.split(r"(?<=,)", text):
        if lines[-1] and len(lines[-1]) + len(part) > room:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
