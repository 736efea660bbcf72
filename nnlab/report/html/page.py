"""The content of a report, and its HTML."""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nnlab import __version__
from nnlab.report.text.console import printable
from nnlab.report.text.table import Table

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Code:
    """Preformatted lines, such as a config or commands, with a label for screen readers."""

    text: str
    label: str


@dataclass(frozen=True)
class Image:
    """An embedded image.

    Args:
        content: The bytes of the file.
        kind: The file format.
        alt: A description with the important values, for screen readers.
        caption: A line below the image. Defaults to "".
    """

    content: bytes
    kind: Literal["png", "svg"]
    alt: str
    caption: str = ""

    @property
    def uri(self) -> str:
        """The image as a data URI."""
        data = base64.b64encode(self.content).decode("ascii")
        return f"data:image/{'svg+xml' if self.kind == 'svg' else self.kind};base64,{data}"

    @property
    def size(self) -> tuple[int, int] | None:
        """The width and height of a PNG in pixels, to reserve its space; None for an SVG."""
        if self.kind != "png":
            return None
        # PNG specification, 11.2.2: eight bytes of signature, then IHDR with both numbers.
        width, height = self.content[16:20], self.content[20:24]
        return int.from_bytes(width, "big"), int.from_bytes(height, "big")

    @property
    def is_wide(self) -> bool:
        """Whether the image is not higher than wide: readable at half the height of a page."""
        return self.size is not None and self.size[0] >= self.size[1]


def read_image(path: Path, alt: str, caption: str = "") -> Image | None:
    """Read a PNG, or return None if the file is missing or no PNG."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    is_png = content.startswith(b"\x89PNG\r\n\x1a\n")
    return Image(content, "png", alt, caption) if is_png else None


def render_image(
    draw: Callable[[Path], object], kind: Literal["png", "svg"], alt: str, caption: str = ""
) -> Image:
    """Render an image by a function that draws into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"image.{kind}"
        draw(path)
        return Image(path.read_bytes(), kind, alt, caption)


Block = Table | Text | Code | Image


@dataclass(frozen=True)
class Section:
    """A heading with blocks; left out of the page if empty."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A report.

    Args:
        title: The page's title.
        summary: The result in one or two sentences.
        sections: The sections, in order.
        facts: Names and values shown at the top. Defaults to ().
    """

    title: str
    summary: str
    sections: Sequence[Section]
    facts: Sequence[tuple[str, str]] = ()


def render(page: Page) -> str:
    r"""Render a page as a single HTML file, without scripts and without external resources.

    Example:
        >>> config = Section("Config", [Code("seed: 1", "config")])
        >>> html = render(Page("a < b", "The run is complete.", [config]))
        >>> "a &lt; b" in html, "<script" in html
        (True, False)
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("nnlab.report", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = lambda text: "\n".join(map(printable, text.split("\n")))
    environment.filters["wrap_at_dots"] = lambda key: _allow_breaks(key, ".")
    environment.filters["wrap_at_commas"] = lambda name: _allow_breaks(name, ",")
    environment.tests["table"] = lambda block: isinstance(block, Table)
    environment.tests["text"] = lambda block: isinstance(block, Text)
    environment.tests["code"] = lambda block: isinstance(block, Code)
    template = environment.get_template("page.html.j2")
    sections: dict[str, Section] = {}
    for section in page.sections:
        if all(isinstance(b, Table) and not (b.rows or b.notes) for b in section.blocks):
            continue
        anchor = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-") or "section"
        while anchor in sections:
            anchor += "-"
        sections[anchor] = section
    return template.render(
        page=page, sections=list(sections.items()), style=style_sheet(), version=__version__
    )


def style_sheet() -> str:
    """Return the CSS of every report."""
    return (resources.files("nnlab.report") / "html" / "style.css").read_text(encoding="utf-8")


def _allow_breaks(text: str, separator: str) -> Markup:
    """Escape a text and allow a line break after each separator."""
    from markupsafe import Markup, escape

    return Markup(f"{separator}<wbr>").join(map(escape, text.split(separator)))  # noqa: S704 - a constant
