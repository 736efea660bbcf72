"""`nnlab report` as a user runs it, and its page in a real browser."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from nnlab.report.html.page import Page, Section, render
from nnlab.report.text.table import Cell, Column, Table
from tests.browser import Tab, browser, needs_chromium
from tests.cli.running import Trained, call_nnlab

TELL_TENSORFLOW = """
import sys
from nnlab.cli.app import main
sys.argv = ["nnlab", *sys.argv[1:]]
try:
    main()
finally:
    print({"tensorflow", "keras", "keras_tuner"} & set(sys.modules), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def page(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the small run."""
    out = tmp_path_factory.mktemp("report") / "small.html"
    written = call_nnlab("report", "last", "--out", out, "--json", cwd=trained.folder)
    assert written.json == {"report": str(out), "bytes": out.stat().st_size}
    return out


@pytest.fixture(scope="module")
def tab(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    del page
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


def test_it_loads_no_tensorflow(trained: Trained, tmp_path: Path) -> None:
    command = [sys.executable, "-c", TELL_TENSORFLOW, "report", "last", "--out"]
    told = subprocess.run(
        [*command, str(tmp_path / "a.html")],
        cwd=trained.folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stderr == "set()\n"


def test_the_file_lies_in_the_runs_folder_unless_it_is_named(trained: Trained) -> None:
    written = call_nnlab("report", cwd=trained.folder)
    path = trained.run / "report.html"
    assert written.out == f"Wrote {path.relative_to(trained.folder)}\n"
    path.unlink()


@pytest.mark.parametrize("name", ["small.yaml", "report.pdf", "report"])
def test_nothing_but_a_page_is_written(trained: Trained, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("kept")
    refused = call_nnlab("report", "last", "--out", file, cwd=trained.folder)
    assert refused.code == 2
    assert "Expected a path ending in .html or .htm." in refused.err
    assert file.read_text() == "kept"


def test_it_shows_every_picture_with_figures_in_its_words(page: Path) -> None:
    alts = re.findall(r'<img src="data:[^"]+" alt="([^"]+)"', page.read_text())
    assert len(alts) == 7
    assert all(re.search(r"\d", alt) for alt in alts)


def test_a_run_that_is_not_there_is_told(trained: Trained) -> None:
    refused = call_nnlab("report", "nothing", cwd=trained.folder)
    assert refused.code == 2
    assert "nothing" in refused.err


@needs_chromium
def test_a_browser_asks_for_nothing_and_complains_of_nothing(page: Path, tab: Tab) -> None:
    tab.open(page)
    assert tab.requests() == []
    assert tab.complaints() == []
    broken = "[...document.images].filter(one => !one.complete || !one.naturalWidth).length"
    assert tab.evaluate(broken) == 0


@needs_chromium
@pytest.mark.parametrize("width", [320, 375, 1200])
def test_no_width_scrolls_sideways(page: Path, tab: Tab, width: int) -> None:
    tab.open(page, width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@needs_chromium
def test_pictures_on_a_phone_are_scrolled_not_shrunk(page: Path, tab: Tab) -> None:
    tab.open(page, 400)
    shown = (
        "JSON.stringify([...document.querySelectorAll('img[width]')]"
        ".map(one => [one.naturalWidth, one.naturalHeight, one.width, one.height]))"
    )
    sizes = json.loads(tab.evaluate(shown))
    assert sizes
    for natural_width, natural_height, width, height in sizes:
        assert width >= min(natural_width, 600)
        assert height / width == pytest.approx(natural_height / natural_width, rel=0.05)


@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_that_goes_on_has_a_shade_at_its_edge(page: Path, tab: Tab, dark: bool) -> None:
    tab.open(page, 400, dark=dark)
    place = json.loads(
        tab.evaluate(
            "JSON.stringify(document.querySelector('figure .scroll').getBoundingClientRect())"
        )
    )
    clip = {key: place[key] for key in ("x", "y", "width", "height")} | {"scale": 1}
    taken = tab.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
    shot = Image.open(io.BytesIO(base64.b64decode(taken))).convert("L")
    # White paper above the title of the picture, and where it goes on behind the edge.
    left, right = (shot.getpixel((x, 12)) for x in (30, shot.width - 3))
    assert left == 255
    assert isinstance(right, int)
    assert right < 240


@needs_chromium
@pytest.mark.parametrize("width", [320, 1200])
def test_facts_break_no_word_that_fits(tab: Tab, tmp_path: Path, width: int) -> None:
    told = [("baseline", "batch_size=full,learning_rate=0.1"), ("seeds", "5"), ("time", "2 min")]
    file = tmp_path / "facts.html"
    file.write_text(render(Page("Facts", "", [], told)), encoding="utf-8")
    tab.open(file, width)
    lines = (
        "JSON.stringify([...document.querySelectorAll('.facts dd')]"
        ".flatMap(one => [...one.childNodes]"
        ".filter(node => node.nodeType === Node.TEXT_NODE).map(node => {"
        "const range = document.createRange(); range.selectNodeContents(node);"
        "return range.getClientRects().length})))"
    )
    assert json.loads(tab.evaluate(lines)) == [1, 1, 1, 1]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@needs_chromium
def test_a_dark_page_has_light_ink(page: Path, tab: Tab) -> None:
    colour = (
        "getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor"
    )
    tab.open(page)
    light = tab.evaluate(colour)
    tab.open(page, dark=True)
    assert light == "rgb(26, 26, 26)rgb(255, 255, 255)"
    assert tab.evaluate(colour) == "rgb(232, 234, 237)rgb(20, 23, 26)"


@needs_chromium
def test_it_prints(page: Path, tab: Tab) -> None:
    tab.open(page)
    printed = tab.pdf()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 3
    assert len(printed) > 20_000


@needs_chromium
def test_tables_fill_the_pages_they_are_printed_on(tab: Tab, tmp_path: Path) -> None:
    # Each takes some 60 % of a page.
    rows = tuple((Cell(f"row {i}"), Cell("word " * 62)) for i in range(6))
    table = Table("Rows", (Column("name"), Column("words")), rows)
    file = tmp_path / "tables.html"
    file.write_text(render(Page("Tables", "", [Section("Tables", [table] * 4)])), encoding="utf-8")
    tab.open(file)
    assert len(re.findall(rb"/Type\s*/Page\b", tab.pdf())) == 3


@needs_chromium
@pytest.mark.parametrize("count", [5, 8, 12])
def test_a_table_of_many_keys_is_not_wider_than_paper(tab: Tab, tmp_path: Path, count: int) -> None:
    keys = [f"model.layers.{i}.Repeat[1].layers.0.Dense.units" for i in range(count)]
    columns = tuple(map(Column, ["trial", "val_accuracy", *keys]))
    table = Table("All trials", columns, (tuple(Cell("adadelta") for _ in columns),))
    wide = tmp_path / "wide.html"
    wide.write_text(render(Page("Trials", "", [Section("Trials", [table])])), encoding="utf-8")
    paper = 718  # A4 without its margins, pixels
    tab.open(wide, paper)
    tab.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert tab.evaluate("document.documentElement.scrollWidth") <= paper
    finally:
        tab.call("Emulation.setEmulatedMedia", media="")


@needs_chromium
def test_a_keyboard_reaches_what_scrolls_and_headings_are_in_order(page: Path, tab: Tab) -> None:
    tab.open(page, 375)
    closed = "[...document.querySelectorAll('.scroll, pre')].filter(one => one.tabIndex < 0).length"
    assert tab.evaluate(closed) == 0
    levels = "JSON.stringify([...document.querySelectorAll('h1,h2,h3')].map(one => one.tagName))"
    names = json.loads(tab.evaluate(levels))
    assert names[0] == "H1"
    assert names.count("H1") == 1
