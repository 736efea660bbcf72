"""The tables of a benchmark."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnlab.report.benchmark.tables import benchmark_tables, points_table, startup_table
from nnlab.report.text.table import print_tables
from tests.report.conftest import Terminal
from tests.report.devices import CPU_S, cpu_only, result_of, with_gpu


def test_points_are_grouped_by_batch_size() -> None:
    lines = points_table(result_of(with_gpu(0.001, 0.001, 0.001, 0.001))).lines()
    assert "speedup" in lines[0]
    assert "Speedup: over cpu." in lines
    cells = [line.split() for line in lines[1:9]]
    assert [row[:2] for row in cells[:4]] == [
        ["cpu", "1"],
        ["gpu:0", "1"],
        ["cpu", "32"],
        ["gpu:0", "32"],
    ]
    assert "2.00 (1.81 to 2.21)" in lines[6]
    assert "launch 100 %" in lines[6]
    assert "64,000" in lines[5]


def test_failed_point_has_a_note_with_its_reason() -> None:
    lines = points_table(result_of(with_gpu(0.001, 0.001, 0.001, 0.001, failed=512))).lines()
    assert "failed" in lines[8]
    assert "gpu:0, batch size 512: Memory ran out." in lines


def test_epoch_that_was_not_measured_is_marked() -> None:
    table = points_table(result_of(cpu_only()))
    lines = table.lines()
    assert "~ 10.0 ms" in lines[1]
    assert any(line.startswith("~ sum of the steps") for line in lines)
    assert "~" not in lines[2]


def test_tables_have_startup_rows_agreement_and_missing_gpu() -> None:
    text = "\n".join("\n".join(table.lines()) for table in benchmark_tables(cpu_only()))
    starts = text.partition("Before the first step")[2].splitlines()[2]
    assert starts.split() == ["cpu", "2.00", "s", "100", "ms", "200", "ms", "1.00", "s", "shared"]
    assert "60,000 random rows" in text
    assert "mnist could not be fetched." in text
    assert "TensorFlow looked for NVIDIA GPUs and found none. No driver." in text
    compared = "\n".join(
        "\n".join(table.lines()) for table in benchmark_tables(with_gpu(1, 1, 1, 1))
    )
    assert "10.0 ms (16.0 MiB, 1.6 GiB/s)" in compared
    assert "The losses agree" in compared


def test_terminal_of_80_columns_shows_the_bottleneck() -> None:
    alone = points_table(result_of(cpu_only()))
    kept = [column.title for column in alone.fit_width(80).columns]
    assert kept[:4] == ["device", "batch", "step", "95 % interval"]
    assert kept[4:] == ["examples/s", "bottleneck", "XLA"]
    compared = points_table(result_of(with_gpu(0.001, 0.001, 0.001, 0.001)))
    kept = [column.title for column in compared.fit_width(80).columns]
    assert kept == ["device", "batch", "step", "speedup", "bottleneck", "XLA"]
    assert "  475 to 525 us  " in alone.lines()[2]
    assert "950 us to 1.05 ms" in compared.lines()[2]
    assert compared.fit_width(80).fits_numbers(80)


def test_flop_per_s_have_an_si_prefix() -> None:
    record = cpu_only()
    small = tuple(replace(point, flop_per_step=100) for point in record.points)
    lines = points_table(result_of(replace(record, points=small))).lines()
    assert "1.00 M" in lines[1]
    assert "64.0 G" in points_table(result_of(record)).lines()[2]


def test_few_steps_per_epoch_have_a_note() -> None:
    record = cpu_only()
    assert "few steps" not in "".join(points_table(result_of(record)).lines())
    small = tuple(
        replace(p, one_row_s=CPU_S[p.batch_size], steps_per_epoch=1) for p in record.points[1:3]
    )
    lines = points_table(result_of(replace(record, points=small))).lines()
    assert any("few steps per epoch (1 at batch 32, 1 at batch 128)" in line for line in lines)


@pytest.mark.parametrize("columns", [40, 60])
def test_headings_of_the_startup_table_are_not_wrapped(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal(columns)
    table = startup_table(result_of(with_gpu(0.001, 0.001, 0.001, 0.001)))
    print_tables(table, terminal.stream)
    shown = terminal.close()
    assert all(column.title in shown for column in table.columns)
