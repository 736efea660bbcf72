"""Images for a page, read from a run's folder or rendered now."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from nnlab.report.html.page import Image


def read_image(path: Path, alt: str, caption: str = "") -> Image | None:
    """Read a PNG, or return None if the file is missing or no PNG."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    is_png = content.startswith(b"\x89PNG\r\n\x1a\n")
    return Image(content, "png", alt, caption) if is_png else None


def render_image(draw: Callable[[Path], object], suffix: str, alt: str, caption: str = "") -> Image:
    """Render an image by a function that draws into a `.png` or `.svg` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"image{suffix}"
        draw(path)
        return Image(path.read_bytes(), "svg" if suffix == ".svg" else "png", alt, caption)
