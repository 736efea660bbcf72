"""Tables are aligned in a pipe and coloured in a terminal."""

from __future__ import annotations

import dataclasses
import io
import re
from typing import TYPE_CHECKING

import pytest

from nnlab.report.text.table import Cell, Column, Table, print_tables

if TYPE_CHECKING:
    from tests.report.conftest import Terminal

TABLE = Table(
    "Runs",
    (Column("run"), Column("loss", right=True), Column("device", optional=True)),
    (
        (Cell("mnist"), Cell("0.0951", "best"), Cell("cpu")),
        (Cell("[bold]xor[/bold]"), Cell("12.5000"), Cell("-", "dim")),
    ),
)


def test_a_pipe_gets_aligned_lines_and_a_star_for_the_best() -> None:
    out = io.StringIO()
    print_tables(TABLE, out)
    assert out.getvalue() == (
        "Runs\n"
        "run                  loss   device\n"
        "mnist              0.0951*  cpu\n"
        "[bold]xor[/bold]  12.5000   -\n"
        "* the best of its column\n"
    )


def test_several_tables_have_a_blank_line_between() -> None:
    out = io.StringIO()
    pairs = Table("", (Column(""), Column("")), ((Cell("a"), Cell("1")), (Cell("bb"), Cell("2"))))
    print_tables([pairs, pairs], out)
    assert out.getvalue() == "a   1\nbb  2\n\na   1\nbb  2\n"


def test_a_table_without_rows_keeps_its_heading() -> None:
    assert Table("", (Column("run"), Column("loss", right=True)), ()).lines() == ["run  loss"]


def test_a_terminal_gets_colour_and_names_with_brackets_as_they_are(terminal: Terminal) -> None:
    print_tables(TABLE, terminal.stream)
    text = terminal.close()
    assert "[bold]xor[/bold]" in text
    assert re.search(r"\x1b\[1;32m *0\.0951", text)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_no_colour_gets_plain_lines(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    print_tables(TABLE, terminal.stream)
    text = terminal.close()
    assert "\x1b" not in text
    assert "0.0951*" in text


def test_an_escape_sequence_in_a_cell_does_nothing(terminal: Terminal) -> None:
    evil = Table("", (Column("run"),), ((Cell("a\x1b[2Jb"),),))
    print_tables(evil, terminal.stream)
    assert "\x1b[2J" not in terminal.close()
    assert "\x1b" not in "".join(evil.lines())


def test_a_narrow_terminal_loses_the_optional_columns_from_the_right() -> None:
    columns = tuple(Column(name, optional=name != "a") for name in "abc")
    table = Table("", columns, ((Cell("1" * 10), Cell("2" * 10), Cell("3" * 10)),))
    assert [column.title for column in table.fitted(100).columns] == ["a", "b", "c"]
    assert [column.title for column in table.fitted(30).columns] == ["a", "b"]
    assert [column.title for column in table.fitted(5).columns] == ["a"]
    assert table.fitted(30).rows == ((Cell("1" * 10), Cell("2" * 10)),)


def test_what_a_narrow_terminal_leaves_out_is_told() -> None:
    columns = tuple(Column(name, optional=name != "a") for name in "abc")
    table = Table("", columns, ((Cell("1" * 10), Cell("2" * 10), Cell("3" * 10)),))
    assert table.fitted(100).notes == ()
    (note,) = table.fitted(5).notes
    assert "want of room: b, c." in note


def test_a_terminal_shows_the_star_and_says_what_it_means(terminal: Terminal) -> None:
    print_tables(TABLE, terminal.stream)
    text = terminal.close()
    assert "0.0951*" in text
    assert "* the best of its column" in text


def test_a_table_too_wide_is_cut_into_parts_that_keep_the_first_column() -> None:
    columns = tuple(Column(name) for name in "kabc")
    rows = (tuple(Cell(name * 10) for name in "kabc"),)
    table = Table("", columns, rows, notes=("a note",), fixed=1)
    parts = table.parts(45)
    assert [[column.title for column in part.columns] for part in parts] == [
        list("kab"),
        ["k", "c"],
    ]
    assert [part.notes for part in parts] == [(), ("a note",)]
    assert table.parts(100) == [table]
    assert dataclasses.replace(table, fixed=0).parts(20) == [dataclasses.replace(table, fixed=0)]


def test_a_name_goes_on_behind_a_comma_and_numbers_stay_whole(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "56")
    columns = (Column("variant", folds=True), Column("interval", right=True))
    name, interval = "units=64,optimizer=SGD,scaling=standard", "0.12345678 to 0.87654321"
    print_tables(Table("", columns, ((Cell(name), Cell(interval)),)), terminal.stream)
    shown = [line.strip() for line in terminal.close().splitlines()]
    assert any(line.startswith("units=64,optimizer=SGD,") and interval in line for line in shown)
    assert "scaling=standard" in shown
