"""`nnlab report`, and its page in a browser."""

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
from tests.cli.runner import TrainedRun, call_nnlab

PRINT_IMPORTS = """
import sys
from nnlab.cli.app import main
sys.argv = ["nnlab", *sys.argv[1:]]
try:
    main()
finally:
    print({"tensorflow", "keras", "keras_tuner"} & set(sys.modules), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def page(trained: TrainedRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of the small run."""
    out = tmp_path_factory.mktemp("report") / "small.html"
    written = call_nnlab("report", "last", "--out", out, "--json", cwd=trained.folder)
    assert written.json == {"report": str(out), "bytes": out.stat().st_size}
    return out


@pytest.fixture(scope="module")
def tab(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Start a browser after the report is written."""
    del page
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.mark.slow
def test_tensorflow_is_not_imported(trained: TrainedRun, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PRINT_IMPORTS, "report", "last", "--out"]
    result = subprocess.run(
        [*command, str(tmp_path / "a.html")],
        cwd=trained.folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert result.stderr == "set()\n"


def test_default_file_is_in_the_run_folder(trained: TrainedRun) -> None:
    written = call_nnlab("report", cwd=trained.folder)
    path = trained.run / "report.html"
    assert written.out == f"Wrote {path.relative_to(trained.folder)}\n"
    path.unlink()


@pytest.mark.parametrize("name", ["small.yaml", "report.pdf", "report"])
def test_other_suffixes_are_refused(trained: TrainedRun, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("kept")
    result = call_nnlab("report", "last", "--out", file, cwd=trained.folder)
    assert result.code == 2
    assert ".html" in result.err
    assert file.read_text() == "kept"


def test_alternative_texts_of_all_images_contain_numbers(page: Path) -> None:
    alts = re.findall(r'<img src="data:[^"]+" alt="([^"]+)"', page.read_text())
    assert len(alts) == 7
    assert all(re.search(r"\d", alt) for alt in alts)


def test_unknown_run_is_an_error(trained: TrainedRun) -> None:
    result = call_nnlab("report", "nothing", cwd=trained.folder)
    assert result.code == 2
    assert "nothing" in result.err


@needs_chromium
def test_page_makes_no_requests_and_has_no_console_messages(page: Path, tab: Tab) -> None:
    tab.open(page)
    assert tab.requests() == []
    assert tab.console_messages() == []
    broken = "[...document.images].filter(image => !image.complete || !image.naturalWidth).length"
    assert tab.evaluate(broken) == 0


@needs_chromium
@pytest.mark.parametrize("width", [320, 375, 1200])
def test_page_does_not_scroll_horizontally(page: Path, tab: Tab, width: int) -> None:
    tab.open(page, width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@needs_chromium
def test_images_scroll_instead_of_shrinking_on_a_phone(page: Path, tab: Tab) -> None:
    tab.open(page, 400)
    script = (
        "JSON.stringify([...document.querySelectorAll('img[width]')]"
        ".map(image => [image.naturalWidth, image.naturalHeight, image.width, image.height]))"
    )
    sizes = json.loads(tab.evaluate(script))
    assert sizes
    for natural_width, natural_height, width, height in sizes:
        assert width >= min(natural_width, 600)
        assert height / width == pytest.approx(natural_height / natural_width, rel=0.05)


@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_image_that_scrolls_has_a_shaded_edge(page: Path, tab: Tab, dark: bool) -> None:
    tab.open(page, 400, dark=dark)
    rectangle = json.loads(
        tab.evaluate(
            "JSON.stringify(document.querySelector('figure .scroll').getBoundingClientRect())"
        )
    )
    clip = {key: rectangle[key] for key in ("x", "y", "width", "height")} | {"scale": 1}
    data = tab.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
    image = Image.open(io.BytesIO(base64.b64decode(data))).convert("L")
    # White above the title of the image; shaded at the edge where it can be scrolled.
    left, right = (image.getpixel((x, 12)) for x in (30, image.width - 3))
    assert left == 255
    assert isinstance(right, int)
    assert right < 240


@needs_chromium
@pytest.mark.parametrize("width", [320, 1200])
def test_facts_are_not_broken_if_they_fit(tab: Tab, tmp_path: Path, width: int) -> None:
    facts = [("baseline", "batch_size=full,learning_rate=0.1"), ("seeds", "5"), ("time", "2 min")]
    file = tmp_path / "facts.html"
    file.write_text(render(Page("Facts", "", [], facts)), encoding="utf-8")
    tab.open(file, width)
    lines = (
        "JSON.stringify([...document.querySelectorAll('.facts dd')]"
        ".flatMap(element => [...element.childNodes]"
        ".filter(node => node.nodeType === Node.TEXT_NODE).map(node => {"
        "const range = document.createRange(); range.selectNodeContents(node);"
        "return range.getClientRects().length})))"
    )
    assert json.loads(tab.evaluate(lines)) == [1, 1, 1, 1]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@needs_chromium
def test_dark_page_has_light_text(page: Path, tab: Tab) -> None:
    script = (
        "getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor"
    )
    tab.open(page)
    light = tab.evaluate(script)
    tab.open(page, dark=True)
    assert light == "rgb(26, 26, 26)rgb(255, 255, 255)"
    assert tab.evaluate(script) == "rgb(232, 234, 237)rgb(20, 23, 26)"


@needs_chromium
def test_page_can_be_printed(page: Path, tab: Tab) -> None:
    tab.open(page)
    pdf = tab.pdf()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 3
    assert len(pdf) > 20_000


@needs_chromium
def test_tables_fill_the_printed_pages(tab: Tab, tmp_path: Path) -> None:
    # Each table fills about 60 % of a page.
    rows = tuple((Cell(f"row {i}"), Cell("text " * 62)) for i in range(6))
    table = Table("Rows", (Column("name"), Column("text")), rows)
    file = tmp_path / "tables.html"
    file.write_text(render(Page("Tables", "", [Section("Tables", [table] * 4)])), encoding="utf-8")
    tab.open(file)
    assert len(re.findall(rb"/Type\s*/Page\b", tab.pdf())) == 3


@needs_chromium
@pytest.mark.parametrize("count", [5, 8, 12])
def test_table_of_many_columns_fits_the_paper(tab: Tab, tmp_path: Path, count: int) -> None:
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
def test_scrollable_parts_are_reachable_by_keyboard_and_headings_are_in_order(
    page: Path, tab: Tab
) -> None:
    tab.open(page, 375)
    scrollable = "[...document.querySelectorAll('.scroll, pre')]"
    unreachable = f"{scrollable}.filter(element => element.tabIndex < 0).length"
    assert tab.evaluate(unreachable) == 0
    levels = (
        "JSON.stringify([...document.querySelectorAll('h1,h2,h3')].map(element => element.tagName))"
    )
    names = json.loads(tab.evaluate(levels))
    assert names[0] == "H1"
    assert names.count("H1") == 1
