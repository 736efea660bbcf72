"""Figures are paired, summed up and shown as they were measured."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from benchmarks import machine, rows, tables
from benchmarks.rows import Row
from benchmarks.tables import headline_table, main_rows, markdown_table, terminal_table

PAIR = Row("c", "small", "epoch", "script by hand", (2.0, 3.3, 1.0), (1.0, 1.1, 2.0), goal=2.5)


@pytest.mark.parametrize("module", [rows, tables, machine], ids=lambda module: module.__name__)
def test_examples_are_right(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_ratio_is_the_median_of_the_pairs_not_the_ratio_of_the_medians() -> None:
    assert (PAIR.ratio.median, PAIR.ratio.least) == (2.0, 0.5)
    assert PAIR.ratio.most == pytest.approx(3)
    assert PAIR.is_reached is False


def test_row_comes_back_from_its_json() -> None:
    assert Row.from_dict(PAIR.to_dict()) == PAIR


def test_both_tables_show_the_same_cells() -> None:
    (line,) = markdown_table([PAIR]).splitlines()[2:]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells == [cell.text for cell in terminal_table("", [PAIR]).rows[0]]
    assert cells[3:] == ["2.00 s", "1.10 s", "2.00", "0.50 to 3.00, 3 pairs", "2.5 missed"]


def test_main_table_keeps_the_worst_of_the_sweep() -> None:
    sweep = [
        Row("auto", case, what, "engine: keras", (other,), (1.0,), goal=0.95)
        for case, what, other in [("x", "fit", 2.0), ("y", "fit", 0.9), ("x", "run", 1.2)]
    ]
    kept = [(row.case, row.what) for row in main_rows([PAIR, *sweep])]
    assert kept == [("small", "epoch"), ("y", "fit"), ("x", "run")]


def test_headline_has_an_experiment_a_line() -> None:
    process = Row("c", "small", "whole process", "script by hand", (3.0,), (2.0,))
    limit = Row("c", "small", "epoch", "matrix products", (1.0,), (2.0,))
    (line,) = headline_table([PAIR, process, limit]).splitlines()[2:]
    assert line == "| small | 2.00 x | 1.50 x |"
