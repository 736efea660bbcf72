"""The tables of a benchmark: a row for each point, and the time before the first step."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from nnlab.analysis.benchmark import BenchmarkResult, benchmark_result
from nnlab.report.benchmark.verdict import (
    format_agreement,
    format_bottleneck,
    format_rows,
    format_speedup,
)
from nnlab.report.text.formatting import format_bytes, format_count, format_si_prefix, format_time
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, Tone
from nnlab.runs.records.benchmark import BenchmarkPoint, BenchmarkRecord, MedianTime

# With fewer steps per epoch, the constant cost of an epoch may be a large part of a step's time.
_MIN_STEPS = 30
_TIMES = {
    "import_s": "TensorFlow",
    "ready_s": "device",
    "build_s": "model",
    "compile_s": "compiling",
}


def benchmark_tables(record: BenchmarkRecord) -> list[Table]:
    """Return the tables of points, startup and facts, without empty ones."""
    result = benchmark_result(record)
    facts = [(str(device["name"]), str(device["description"])) for device in record.devices]
    facts.append(("trained on", format_rows(record)))
    if record.rows_error:
        facts.append(("why random", f"{record.rows_error} Random rows take the same time."))
    if result.agreement is not None:
        facts.append(("losses", format_agreement(result.agreement, result.devices[0])))
    if record.gpu_absence:
        facts.append(("no GPU", " ".join(record.gpu_absence)))
    rows = tuple((Cell(name, "dim"), Cell(text)) for name, text in facts)
    facts_table = Table("", (Column(""), Column("")), rows)
    tables = [points_table(result), startup_table(result), facts_table]
    return [table for table in tables if table.rows]


def points_table(result: BenchmarkResult) -> Table:
    """Return a table of the points by width and batch size; failed points have a note."""
    has_widths, has_baseline = len(result.widths) > 1, len(result.devices) > 1
    points = [
        point
        for width in result.widths
        for size in sorted({point.batch_size for point in result.points})
        for device in result.devices
        for point in result.points
        if (point.device, point.width, point.batch_size) == (device, width, size)
    ]
    columns = (
        Column("device"),
        *([Column("width", right=True)] if has_widths else []),
        Column("batch", right=True),
        Column("step", right=True),
        Column("95 % interval", right=True, optional=True),
        *([Column("speedup", right=True)] if has_baseline else []),
        Column("examples/s", right=True, optional=True),
        Column("bottleneck", right=True),
        Column("XLA"),
        Column("epoch", right=True, optional=True),
        Column("FLOP/s", right=True, optional=True),
        Column("memory", right=True, optional=True),
    )
    rows = tuple(_point_row(result, point) for point in points)
    return Table("", columns, rows, notes=tuple(_notes(result, points)))


def _point_row(result: BenchmarkResult, point: BenchmarkPoint) -> tuple[Cell, ...]:
    cells = [Cell(point.device)]
    if len(result.widths) > 1:
        cells.append(EMPTY_CELL if point.width is None else Cell(format_count(point.width)))
    cells += [Cell(format_count(point.batch_size)), *_step_cells(point.step, point.error)]
    speedup, bottleneck = result.speedup(point), result.bottleneck(point)
    if speedup is not None:
        tone: Tone = "success" if speedup.is_faster else "error" if speedup.is_slower else ""
        cells.append(Cell(format_speedup(speedup), tone))
    elif len(result.devices) > 1:
        cells.append(EMPTY_CELL)
    epoch = EMPTY_CELL
    if point.epoch is not None:
        prefix = "" if point.is_epoch_measured else "~ "
        epoch = Cell(f"{prefix}{format_time(point.epoch.median_s)}")
    cells += [
        EMPTY_CELL if point.examples_per_s is None else Cell(f"{point.examples_per_s:,.0f}"),
        EMPTY_CELL if bottleneck is None else Cell(format_bottleneck(bottleneck)),
        Cell("yes") if point.jit_compile else EMPTY_CELL,
        epoch,
        EMPTY_CELL if point.flop_per_s is None else Cell(format_si_prefix(point.flop_per_s)),
        EMPTY_CELL if point.peak_bytes is None else Cell(format_bytes(point.peak_bytes)),
    ]
    return tuple(cells)


def _step_cells(step: MedianTime | None, error: str | None) -> list[Cell]:
    if step is None:
        return [Cell("failed" if error else "-", "error"), EMPTY_CELL]
    if step.low_s is None or step.high_s is None:
        return [Cell(format_time(step.median_s)), EMPTY_CELL]
    # The unit is not repeated if both ends have the same.
    (low, unit), high = format_time(step.low_s).split(), format_time(step.high_s)
    interval = f"{low} to {high}" if high.endswith(f" {unit}") else f"{low} {unit} to {high}"
    return [Cell(format_time(step.median_s)), Cell(interval)]


def _notes(result: BenchmarkResult, points: Sequence[BenchmarkPoint]) -> list[str]:
    notes = ["Bottleneck: launch is the constant cost of a step (measured with one row)."]
    if len(result.devices) > 1:
        notes.append(f"Speedup: over {result.devices[0]}.")
    few_steps = {
        point.batch_size: point.steps_per_epoch
        for point in points
        if (bottleneck := result.bottleneck(point))
        and bottleneck.bound == "launch"
        and point.steps_per_epoch < _MIN_STEPS
    }
    if few_steps:
        steps = ", ".join(f"{n} at batch {format_count(size)}" for size, n in few_steps.items())
        notes.append(f"With few steps per epoch ({steps}), launch includes the cost of an epoch.")
    if any(point.epoch and not point.is_epoch_measured for point in points):
        notes.append("~ sum of the steps' times; the epoch was not measured as a whole")
    if any(point.step and len(point.samples_s) == 1 for point in points):
        notes.append("A single measurement has no interval and is not conclusive: use --repeats 3.")
    for point in points:
        if point.error:
            width = "" if point.width is None else f", width {format_count(point.width)}"
            position = f"{point.device}, batch size {format_count(point.batch_size)}{width}"
            notes.append(f"{position}: {point.error}")
    return notes


def startup_table(result: BenchmarkResult) -> Table:
    """Return a table of the times before the first step, medians over the batch sizes."""
    has_widths = len(result.widths) > 1
    columns = (
        Column("device"),
        *([Column("width", right=True)] if has_widths else []),
        *(Column(title, right=True) for title in _TIMES.values()),
        Column("rows", right=True),
    )
    rows = []
    for device in result.devices:
        for width in result.widths:
            points = [
                point
                for point in result.points
                if (point.device, point.width) == (device, width) and point.timing
            ]
            if not points:
                continue
            cells = [Cell(device)]
            if has_widths:
                cells.append(EMPTY_CELL if width is None else Cell(format_count(width)))
            cells += [Cell(format_time(_median_s(points, name))) for name in _TIMES]
            rows.append((*cells, _rows_cell(points)))
    notes = (
        "TensorFlow: import. Device: first operation. Compiling: first call.",
        "Medians over the batch sizes, without cached XLA programs.",
    )
    return Table(
        "Before the first step",
        columns,
        tuple(rows),
        notes=notes if rows else (),
        repeated_columns=1 + has_widths,
    )


def _rows_cell(points: Sequence[BenchmarkPoint]) -> Cell:
    """Return the time for copying the rows to the device, with bytes per second."""
    if points[0].is_shared:
        return Cell("shared")
    rates = [point.rows_bytes_per_s for point in points if point.rows_bytes_per_s]
    seconds = format_time(_median_s(points, "rows_s"))
    size = format_bytes(points[0].rows_bytes)
    rate = f", {format_bytes(round(statistics.median(rates)))}/s" if rates else ""
    return Cell(f"{seconds} ({size}{rate})")


def _median_s(points: Sequence[BenchmarkPoint], name: str) -> float:
    return statistics.median(point.timing.get(name, 0.0) for point in points)
