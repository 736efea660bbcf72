"""The HTML of a page: self-contained, escaped, accessible."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from nnlab.report.html.page import Block, Code, Image, Page, Section, Text, render, style_sheet
from nnlab.report.text.table import Cell, Column, Table

EVIL = '<script>alert("&")</script>\x1b[2J'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
TABLE = Table(
    "Metrics",
    (Column("run"), Column("loss", right=True)),
    ((Cell("a"), Cell("0.1", "best")), (Cell("b"), Cell("0.2"))),
    notes=("a note",),
)


class Elements(HTMLParser):
    """The elements of a document with their attributes, and the tags that are still open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def page(*blocks: Block) -> str:
    section = Section("Results", blocks)
    return render(Page("A run", "The run is complete.", [section], [("loss", "0.1")]))


def test_all_texts_are_escaped() -> None:
    blocks: list[Block] = [Text(EVIL), Code(EVIL, EVIL), Image(PNG, "png", EVIL, EVIL)]
    table = Table(EVIL, (Column(EVIL),), ((Cell(EVIL),),), notes=(EVIL,))
    html = render(Page(EVIL, EVIL, [Section(EVIL, [*blocks, table])], [(EVIL, EVIL)]))
    elements = Elements(html)
    assert elements.of("script") == []
    assert "\x1b" not in html
    assert elements.open == []


def test_page_loads_no_other_files() -> None:
    html = page(TABLE, Image(PNG, "png", "alt"), Text("text"), Code("x", "code"))
    elements = Elements(html)
    urls = [
        str(value)
        for _, attributes in elements.found
        for name, value in attributes.items()
        if name in {"src", "href", "action", "data", "poster", "srcset"}
    ]
    assert urls
    assert all(url.startswith(("data:", "#")) for url in urls)
    assert not re.search(r"url\(|@import|https?:", style_sheet())
    (policy,) = [meta for meta in elements.of("meta") if "http-equiv" in meta]
    assert str(policy["content"]).startswith("default-src 'none'")


def test_table_has_a_caption_scoped_headings_and_footnotes() -> None:
    html = page(TABLE)
    elements = Elements(html)
    assert "<caption>Metrics</caption>" in html
    assert [heading.get("scope") for heading in elements.of("th")] == ["col", "col", "row", "row"]
    assert "* best in column" in html
    assert "a note" in html


def test_page_has_a_language_one_title_and_links_to_its_sections() -> None:
    sections = [Section("Ä result!", [Text("x")]), Section("Ä result!", [Text("y")])]
    elements = Elements(render(Page("t", "l", [*sections, Section("Empty", [])])))
    assert elements.of("html") == [{"lang": "en"}]
    assert len(elements.of("h1")) == 1
    ids = [section["id"] for section in elements.of("section")]
    assert len(set(ids)) == len(ids) == 2
    assert [link["href"] for link in elements.of("a")] == [f"#{anchor}" for anchor in ids]


def test_heading_can_wrap_after_dots_and_is_escaped() -> None:
    table = Table("", (Column("model.<b>.units"),), ((Cell("8"),),))
    html = render(Page("a", "b", [Section("Trials", [table])]))
    assert '<th scope="col">model.<wbr>&lt;b&gt;.<wbr>units</th>' in html


def test_long_name_can_wrap_after_commas() -> None:
    columns = (Column("variant"), Column("loss", right=True))
    rows = ((Cell("units=64,optimizer=<SGD>"), Cell("0.1")),)
    html = render(Page("a", "b.", [Section("Results", [Table("", columns, rows)])]))
    assert 'long">units=64,<wbr>optimizer=&lt;SGD&gt;</th>' in html


def test_image_has_its_description_and_size() -> None:
    (image,) = Elements(page(Image(PNG, "png", "Loss falls to 0.1."))).of("img")
    assert image["alt"] == "Loss falls to 0.1."
    assert (image["width"], image["height"]) == ("640", "480")
    assert image["class"] == "wide"


def luminance(color: str) -> float:
    """Return the relative luminance by WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colors by WCAG 2.2, from 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("color", ["text", "muted", "link", "success", "error"])
def test_text_contrasts_with_its_background(scheme: int, color: str) -> None:
    palettes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", style_sheet(), flags=re.DOTALL)
    ]
    palette = palettes[scheme]
    for background in ("page", "card"):
        assert contrast(palette[color], palette[background]) >= 4.5
