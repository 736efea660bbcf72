"""Tables as Markdown, rows as CSV."""

from __future__ import annotations

import csv
import io

from nnlab.report.text.markdown import to_csv, to_markdown
from nnlab.report.text.table import Cell, Column, Table


def test_names_are_escaped() -> None:
    table = Table("", (Column("run"),), ((Cell("a|b<script>\n*c*"),),))
    row = to_markdown([table]).splitlines()[-1]
    assert row == "| a\\|b\\<script>\N{REPLACEMENT CHARACTER}\\*c\\* |"


def test_table_without_rows_shows_its_notes() -> None:
    assert to_markdown([Table("Config", (), (), notes=("none differs",))]) == (
        "### Config\n\nnone differs"
    )


def test_csv_round_trip() -> None:
    rows = [{"id": "a,b", "layer": {"Dense": {"units": 4}}, "loss": 0.1, "none": None}]
    (row,) = csv.DictReader(io.StringIO(to_csv(rows)))
    assert row == {"id": "a,b", "layer": "Dense: {units: 4}", "loss": "0.1", "none": ""}
    assert to_csv([]) == "\n"
