"""What a report is made of, and its HTML."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal

from nnlab import __version__
from nnlab.report.text.console import printable
from nnlab.report.text.table import Table

if TYPE_CHECKING:
    from markupsafe import Markup

_KINDS = {"png": "image/png", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Text:
    """A paragraph.

    Args:
        text: Its words.
    """

    text: str


@dataclass(frozen=True)
class Code:
    """Text in its own lines: a config, commands.

    Args:
        text: The lines.
        label: What it is, for whoever cannot see it.
    """

    text: str
    label: str


@dataclass(frozen=True)
class Picture:
    """A picture, and its content in words.

    Args:
        content: The bytes of the file.
        kind: Its format.
        alt: What it shows, with the figures that matter: for whoever cannot see it.
        caption: A line below it.
    """

    content: bytes
    kind: Literal["png", "svg"]
    alt: str
    caption: str = ""

    @property
    def uri(self) -> str:
        """The picture as an address that holds it."""
        return f"data:{_KINDS[self.kind]};base64,{base64.b64encode(self.content).decode('ascii')}"

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of a PNG, pixels: the page need not move when it appears."""
        if self.kind != "png":
            return None
        # PNG specification, 11.2.2: eight bytes of signature, then IHDR with both numbers.
        width, height = self.content[16:20], self.content[20:24]
        return int.from_bytes(width, "big"), int.from_bytes(height, "big")

    @property
    def is_wide(self) -> bool:
        """Whether it can be read at half the height of a page: as wide as it is high, or wider."""
        return self.size is not None and self.size[0] >= self.size[1]


Block = Table | Text | Code | Picture


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading.

    Args:
        title: The heading.
        blocks: What stands below it; a section without any is left out.
    """

    title: str
    blocks: Sequence[Block]

    @property
    def anchor(self) -> str:
        """The section's name in addresses."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


@dataclass(frozen=True)
class Page:
    """A report.

    Args:
        title: What it is about.
        lead: What came of it, a sentence or two.
        sections: Its parts.
        facts: The few figures to see first, with their names.
    """

    title: str
    lead: str
    sections: Sequence[Section]
    facts: Sequence[tuple[str, str]] = ()


def render(page: Page) -> str:
    r"""The page as HTML: one file, no script, no address of anything outside it.

    Args:
        page: The report.

    Returns:
        The document.

    Example:
        >>> config = Section("Config", [Code("seed: 1", "config")])
        >>> html = render(Page("a < b", "It ended.", [config]))
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
    environment.filters["printable"] = _printable_lines
    environment.filters["breakable"] = lambda key: _breakable(key, ".")
    environment.filters["foldable"] = lambda name: _breakable(name, ",")
    environment.tests["table"] = lambda block: isinstance(block, Table)
    environment.tests["text"] = lambda block: isinstance(block, Text)
    environment.tests["code"] = lambda block: isinstance(block, Code)
    template = environment.get_template("page.html.j2")
    sections = [section for section in page.sections if any(map(_says_something, section.blocks))]
    return template.render(
        page=page, sections=list(_with_anchors(sections)), style=style_sheet(), version=__version__
    )


def style_sheet() -> str:
    """The CSS of every report."""
    return (resources.files("nnlab.report") / "html" / "style.css").read_text(encoding="utf-8")


def _with_anchors(sections: Sequence[Section]) -> Iterator[tuple[str, Section]]:
    """Sections with names that are all different."""
    taken: set[str] = set()
    for section in sections:
        anchor = section.anchor or "section"
        while anchor in taken:
            anchor += "-"
        taken.add(anchor)
        yield anchor, section


def _breakable(text: str, sign: str) -> Markup:
    """A text that may go on in another line behind each such sign, where all must fit."""
    from markupsafe import Markup, escape

    return Markup(f"{sign}<wbr>").join(map(escape, text.split(sign)))  # noqa: S704 - the sign is ours


def _says_something(block: Block) -> bool:
    return not isinstance(block, Table) or bool(block.rows or block.notes)


def _printable_lines(text: str) -> str:
    """A text without control characters, its lines as they are."""
    return "\n".join(map(printable, text.split("\n")))
