"""Tables in a pipe and in a terminal."""

from __future__ import annotations

import dataclasses
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from nnlab.report.text.table import (
    Cell,
    Column,
    Table,
    datasets_table,
    devices_table,
    listing,
    next_steps_table,
    print_tables,
)

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


def test_pipe_gets_aligned_lines_and_a_star_for_the_best() -> None:
    out = io.StringIO()
    print_tables(TABLE, out)
    assert out.getvalue() == (
        "Runs\n"
        "run                  loss   device\n"
        "mnist              0.0951*  cpu\n"
        "[bold]xor[/bold]  12.5000   -\n"
        "* best in column\n"
    )


def test_tables_are_separated_by_a_blank_line() -> None:
    out = io.StringIO()
    pairs = Table("", (Column(""), Column("")), ((Cell("a"), Cell("1")), (Cell("bb"), Cell("2"))))
    print_tables([pairs, pairs], out)
    assert out.getvalue() == "a   1\nbb  2\n\na   1\nbb  2\n"


def test_table_without_rows_keeps_its_heading() -> None:
    assert Table("", (Column("run"), Column("loss", right=True)), ()).lines() == ["run  loss"]


def test_terminal_gets_color_and_literal_brackets(terminal: Terminal) -> None:
    print_tables(TABLE, terminal.stream)
    text = terminal.close()
    assert "[bold]xor[/bold]" in text
    assert re.search(r"\x1b\[1;32m *0\.0951", text)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_terminal_without_color_gets_plain_lines(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    print_tables(TABLE, terminal.stream)
    text = terminal.close()
    assert "\x1b" not in text
    assert "0.0951*" in text


def test_escape_sequences_in_cells_are_replaced(terminal: Terminal) -> None:
    evil = Table("", (Column("run"),), ((Cell("a\x1b[2Jb"),),))
    print_tables(evil, terminal.stream)
    assert "\x1b[2J" not in terminal.close()
    assert "\x1b" not in "".join(evil.lines())


def test_narrow_terminal_hides_optional_columns_from_the_right() -> None:
    columns = tuple(Column(name, optional=name != "a") for name in "abc")
    table = Table("", columns, ((Cell("1" * 10), Cell("2" * 10), Cell("3" * 10)),))
    assert [column.title for column in table.fit_width(100).columns] == ["a", "b", "c"]
    assert [column.title for column in table.fit_width(30).columns] == ["a", "b"]
    assert [column.title for column in table.fit_width(5).columns] == ["a"]
    assert table.fit_width(30).rows == ((Cell("1" * 10), Cell("2" * 10)),)


def test_hidden_columns_are_named_in_a_note() -> None:
    columns = tuple(Column(name, optional=name != "a") for name in "abc")
    table = Table("", columns, ((Cell("1" * 10), Cell("2" * 10), Cell("3" * 10)),))
    assert table.fit_width(100).notes == ()
    (note,) = table.fit_width(5).notes
    assert note.endswith(": b, c.")


def test_terminal_shows_the_star_and_its_meaning(terminal: Terminal) -> None:
    print_tables(TABLE, terminal.stream)
    text = terminal.close()
    assert "0.0951*" in text
    assert "* best in column" in text


def test_wide_table_is_split_and_repeats_the_first_column() -> None:
    columns = tuple(Column(name) for name in "kabc")
    rows = (tuple(Cell(name * 10) for name in "kabc"),)
    table = Table("", columns, rows, notes=("a note",), repeated_columns=1)
    parts = table.split(45)
    assert [[column.title for column in part.columns] for part in parts] == [
        list("kab"),
        ["k", "c"],
    ]
    assert [part.notes for part in parts] == [(), ("a note",)]
    assert table.split(100) == [table]
    assert dataclasses.replace(table, repeated_columns=0).split(20) == [
        dataclasses.replace(table, repeated_columns=0)
    ]


def test_names_wrap_after_commas_and_numbers_do_not(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "56")
    columns = (Column("variant", wraps=True), Column("interval", right=True))
    name, interval = "units=64,optimizer=SGD,scaling=standard", "0.12345678 to 0.87654321"
    print_tables(Table("", columns, ((Cell(name), Cell(interval)),)), terminal.stream)
    lines = [line.strip() for line in terminal.close().splitlines()]
    assert any(line.startswith("units=64,optimizer=SGD,") and interval in line for line in lines)
    assert "scaling=standard" in lines


def test_suggested_commands_are_never_wrapped(terminal: Terminal) -> None:
    command = "nnlab compare variants --resume " + "very_" * 20 + "long --seeds 9"
    print_tables(next_steps_table([(command, "more seeds")]), terminal.stream)
    lines = terminal.close().splitlines()
    assert any(command in line for line in lines)
    assert any("more seeds" in line and command not in line for line in lines)


def test_suggested_commands_form_a_table_if_they_fit() -> None:
    (_, line) = next_steps_table([("nnlab runs", "all runs")]).lines()
    assert line == "nnlab runs  all runs"


def test_datasets_have_formatted_shapes_and_counts() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "mnist", "rows": 70_000, "shape": (28, 28), "source": "download"},
        {
            "name": "moons",
            "shape": (2,),
            "source": "generated",
            "arguments": ["n_samples", "noise"],
        },
    ]
    assert datasets_table(rows).lines() == [
        "name     rows  shape    source     arguments",
        "mnist  70,000  28 x 28  download   -",
        "moons       -  2        generated  n_samples, noise",
    ]


def test_empty_column_is_left_out() -> None:
    rows = [{"name": "cpu", "kind": "CPU", "description": "2 cores", "memory": None}]
    assert devices_table(rows).lines() == ["name  kind  description", "cpu   CPU   2 cores"]


def test_bool_is_no_count() -> None:
    assert listing("", [{"found": True}], ("found",)).lines() == ["found", "True"]
