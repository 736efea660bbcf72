"""Values of a config, and of a trial, as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nnlab.errors import RequestError
from nnlab.runs.records.trial import Value

if TYPE_CHECKING:
    from pathlib import Path


def plain_text(value: Any) -> str:
    """A value of a config on one line, as YAML writes it.

    Args:
        value: A scalar, a list or a mapping.

    Returns:
        Its text.

    Example:
        >>> plain_text({"Dense": {"units": 16, "use_bias": False}}), plain_text([1, "a"])
        ('Dense: {units: 16, use_bias: false}', '[1, a]')
    """
    import yaml

    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=math.inf)
    text = text.removesuffix("\n").removesuffix("\n...")
    is_word = isinstance(value, dict) and len(value) == 1
    return text[1:-1] if is_word else text


def value_text(value: Value) -> str:
    """The value of a hyperparameter as people write it, four figures of a number.

    Args:
        value: The value.

    Example:
        >>> value_text(0.00123456), value_text(True), value_text(128), value_text("relu")
        ('0.001235', 'true', '128', 'relu')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


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


PICTURES = (".svg", ".png")
PAGES = (".html", ".htm")


def check_suffix(path: Path, suffixes: tuple[str, ...], what: str) -> None:
    """Refuses a file whose name says that it holds something else.

    A config that was named by mistake would be replaced.

    Args:
        path: The file.
        suffixes: What its name may end with, in lower case; the first is proposed.
        what: What is to be written, for the message: "a picture".

    Raises:
        RequestError: The name ends otherwise.

    Example:
        >>> from pathlib import Path
        >>> check_suffix(Path("Curves.PNG"), PICTURES, "a picture")
    """
    if path.suffix.lower() not in suffixes:
        message = f"Expected the name of {what}, {' or '.join(suffixes)}."
        proposed = path.with_suffix(suffixes[0]).name
        raise RequestError(f"{message} Received: path={str(path)!r}. Name it {proposed!r}, say.")
