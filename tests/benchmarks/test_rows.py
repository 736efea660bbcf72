"""Measurements are paired, summarized and shown."""

from __future__ import annotations

import pytest

from benchmarks.machine import describe_machine
from benchmarks.rows import Row, interleaved
from benchmarks.tables import (
    format_ratio,
    format_time,
    headline_table,
    main_rows,
    markdown_table,
    summary_sentence,
    terminal_table,
)

PAIR = Row("c", "small", "epoch", "script by hand", (2.0, 3.3, 1.0), (1.0, 1.1, 2.0), goal=2.5)


def test_functions_are_called_in_turn_and_every_second_round_in_reverse() -> None:
    calls: list[str] = []
    results = interleaved(2, lambda: calls.append("a"), lambda: calls.append("b"))
    assert calls == ["a", "b", "b", "a"]
    assert [len(values) for values in results] == [2, 2]


def test_times_and_ratios_have_three_digits() -> None:
    times = [format_time(seconds) for seconds in (57.42, 4.419, 0.2535, 0.00142, 0.000659)]
    assert times == ["57.4 s", "4.42 s", "254 ms", "1.42 ms", "0.659 ms"]
    ratios = [format_ratio(ratio) for ratio in (178.2, 12.96, 1.764, 0.951)]
    assert ratios == ["178", "13.0", "1.76", "0.95"]


def test_machine_is_described_by_processor_and_versions() -> None:
    machine = describe_machine()
    assert {"cpu", "cores", "system", "python", "tensorflow", "keras", "nnlab"} == set(machine)
    assert all(machine.values())


def test_ratio_is_the_median_of_the_pairs_not_the_ratio_of_the_medians() -> None:
    assert (PAIR.ratio.median, PAIR.ratio.low) == (2.0, 0.5)
    assert PAIR.ratio.high == pytest.approx(3)
    assert PAIR.is_reached is False


def test_row_round_trips_through_json() -> None:
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


def test_headline_has_one_line_per_experiment() -> None:
    process = Row("c", "small", "whole process", "script by hand", (3.0,), (2.0,))
    limit = Row("c", "small", "epoch", "matrix products", (1.0,), (2.0,))
    (line,) = headline_table([PAIR, process, limit]).splitlines()[2:]
    assert line == "| small | 2.00 x | 1.50 x |"


def test_summary_has_the_range_of_the_medians() -> None:
    rows = [
        Row("c", "small", what, "script by hand", (other,), (1.0,))
        for what, other in [("epoch", 2.0), ("epoch", 30.0), ("whole process", 1.5)]
    ]
    sentence = summary_sentence(
        [*rows, Row("c", "small", "epoch", "import keras", (99.0,), (1.0,))]
    )
    assert "2.00 to 30.0 times" in sentence
    assert "1.50 to 1.50 times" in sentence
