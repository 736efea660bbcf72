"""The HTML of a page: nothing from outside, nothing from inside that acts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from nnlab.report.html.page import Block, Code, Page, Picture, Section, Text, render, style_sheet
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
    """All elements of a document with their attributes, and what was left open."""

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
    return render(Page("A run", "It ended.", [Section("Result", blocks)], [("loss", "0.1")]))


def test_a_name_is_text_whatever_it_holds() -> None:
    blocks: list[Block] = [Text(EVIL), Code(EVIL, EVIL), Picture(PNG, "png", EVIL, EVIL)]
    table = Table(EVIL, (Column(EVIL),), ((Cell(EVIL),),), notes=(EVIL,))
    html = render(Page(EVIL, EVIL, [Section(EVIL, [*blocks, table])], [(EVIL, EVIL)]))
    elements = Elements(html)
    assert elements.of("script") == []
    assert "\x1b" not in html
    assert elements.open == []


def test_nothing_outside_the_file_is_named() -> None:
    html = page(TABLE, Picture(PNG, "png", "alt"), Text("words"), Code("x", "code"))
    elements = Elements(html)
    addresses = [
        str(value)
        for _, attributes in elements.found
        for name, value in attributes.items()
        if name in {"src", "href", "action", "data", "poster", "srcset"}
    ]
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert not re.search(r"url\(|@import|https?:", style_sheet())
    (policy,) = [one for one in elements.of("meta") if "http-equiv" in one]
    assert str(policy["content"]).startswith("default-src 'none'")


def test_a_table_has_a_caption_heads_with_scope_and_its_marks_explained() -> None:
    html = page(TABLE)
    elements = Elements(html)
    assert "<caption>Metrics</caption>" in html
    assert [one.get("scope") for one in elements.of("th")] == ["col", "col", "row", "row"]
    assert "* the best of its column" in html
    assert "a note" in html


def test_a_page_has_a_language_one_title_and_links_to_its_sections() -> None:
    sections = [Section("Ä result!", [Text("x")]), Section("Ä result!", [Text("y")])]
    elements = Elements(render(Page("t", "l", [*sections, Section("Empty", [])])))
    assert elements.of("html") == [{"lang": "en"}]
    assert len(elements.of("h1")) == 1
    ids = [one["id"] for one in elements.of("section")]
    assert len(set(ids)) == len(ids) == 2
    assert [one["href"] for one in elements.of("a")] == [f"#{one}" for one in ids]


def test_a_heading_may_go_on_behind_its_dots_and_stays_text() -> None:
    table = Table("", (Column("model.<b>.units"),), ((Cell("8"),),))
    html = render(Page("a", "b", [Section("Trials", [table])]))
    assert '<th scope="col">model.<wbr>&lt;b&gt;.<wbr>units</th>' in html


def test_a_long_name_may_go_on_behind_its_commas() -> None:
    columns = (Column("variant"), Column("loss", right=True))
    rows = ((Cell("units=64,optimizer=<SGD>"), Cell("0.1")),)
    html = render(Page("a", "b.", [Section("Result", [Table("", columns, rows)])]))
    assert 'long">units=64,<wbr>optimizer=&lt;SGD&gt;</th>' in html


def test_a_picture_says_its_words_and_its_size() -> None:
    (image,) = Elements(page(Picture(PNG, "png", "Loss falls to 0.1."))).of("img")
    assert image["alt"] == "Loss falls to 0.1."
    assert (image["width"], image["height"]) == ("640", "480")
    assert image["class"] == "wide"


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, WCAG 2.2: 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("colour", ["ink", "quiet", "link", "good", "bad"])
def test_text_stands_out_from_its_paper(scheme: int, colour: str) -> None:
    palettes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", style_sheet(), flags=re.DOTALL)
    ]
    palette = palettes[scheme]
    for paper in ("page", "card"):
        assert contrast(palette[colour], palette[paper]) >= 4.5
