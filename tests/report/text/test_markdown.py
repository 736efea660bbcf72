"""Tables as Markdown, rows as CSV."""

from __future__ import annotations

import csv
import io

from nnlab.report.text.markdown import csv_text, markdown
from nnlab.report.text.table import Cell, Column, Table


def test_a_name_cannot_leave_its_cell_or_become_html() -> None:
    table = Table("", (Column("run"),), ((Cell("a|b<script>\n*c*"),),))
    last = markdown([table]).splitlines()[-1]
    assert last == "| a\\|b\\<script>\N{REPLACEMENT CHARACTER}\\*c\\* |"


def test_a_table_without_rows_shows_its_notes() -> None:
    assert markdown([Table("Config", (), (), notes=("none differs",))]) == (
        "### Config\n\nnone differs"
    )


def test_csv_reads_back() -> None:
    rows = [{"id": "a,b", "layer": {"Dense": {"units": 4}}, "loss": 0.1, "none": None}]
    (back,) = csv.DictReader(io.StringIO(csv_text(rows)))
    assert back == {"id": "a,b", "layer": "Dense: {units: 4}", "loss": "0.1", "none": ""}
    assert csv_text([]) == "\n"
