"""The commands to go on with can be copied from any terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.report.text.table import next_table, print_tables

if TYPE_CHECKING:
    from tests.report.conftest import Terminal

COMMAND = "nnlab compare variants --resume " + "very_" * 20 + "long --seeds 9"


def test_a_command_stands_on_one_line_however_narrow_the_terminal(terminal: Terminal) -> None:
    print_tables(next_table([(COMMAND, "more seeds")]), terminal.stream)
    lines = terminal.close().splitlines()
    assert any(COMMAND in line for line in lines)
    assert any("more seeds" in line and COMMAND not in line for line in lines)


def test_where_there_is_room_it_is_a_table_as_any_other() -> None:
    assert next_table([("nnlab runs", "all runs")]).lines() == ["Next", "nnlab runs  all runs"]
