"""Pictures for a page: those that a run has, and those that are drawn when it is asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from nnlab.report.html.page import Picture


def stored_picture(path: Path, alt: str, caption: str = "") -> Picture | None:
    """A PNG that lies in a folder.

    Args:
        path: The file.
        alt: What it shows, in words.
        caption: A line below it.

    Returns:
        The picture; None where the file is not there, or is no PNG.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return None
    is_png = content.startswith(b"\x89PNG\r\n\x1a\n")
    return Picture(content, "png", alt, caption) if is_png else None


def drawn_picture(
    draw: Callable[[Path], object], suffix: str, alt: str, caption: str = ""
) -> Picture:
    """A picture that is drawn now.

    Args:
        draw: Draws into the file it is given.
        suffix: The file's, `.png` or `.svg`.
        alt: What it shows, in words.
        caption: A line below it.

    Returns:
        The picture.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"picture{suffix}"
        draw(path)
        return Picture(path.read_bytes(), "svg" if suffix == ".svg" else "png", alt, caption)
