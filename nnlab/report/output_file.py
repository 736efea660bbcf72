"""Files that the user names for a report or a plot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nnlab.errors import RequestError
from nnlab.runs.io.atomic import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

IMAGE_SUFFIXES = (".svg", ".png")
HTML_SUFFIXES = (".html", ".htm")


def check_suffix(path: Path, suffixes: tuple[str, ...]) -> None:
    """Raise RequestError if a path has none of the suffixes: it may be a config by mistake."""
    if path.suffix.lower() not in suffixes:
        message = (
            f"Expected a path ending in {' or '.join(suffixes)}. Received: path={str(path)!r}."
        )
        raise RequestError(f"{message} Use for example {path.with_suffix(suffixes[0]).name!r}.")


def write_output_file(path: Path, content: str | bytes, hint: str) -> None:
    """Write a file atomically, or raise RequestError with the hint if it is not writable."""
    try:
        atomic_write(path, content)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        message = f"Expected to be able to write {path}. Received: error={reason!r}."
        raise RequestError(f"{message} {hint}") from error
