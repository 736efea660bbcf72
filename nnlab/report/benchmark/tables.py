"""A comparison of devices as tables: a row for each point, and what it takes to start."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from nnlab.analysis.benchmark import BenchmarkResult, benchmark_result
from nnlab.report.benchmark.verdict import agreement_words, limit_text, rows_text, speedup_text
from nnlab.report.text.numbers import format_bytes, format_count, format_si_prefix, format_time
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, Tone
from nnlab.runs.records.benchmark import BenchmarkPoint, BenchmarkRecord, Timed

# Of so few steps an epoch each may bear much of what an epoch costs as such.
_FEW_STEPS = 30
_TIMES = (
    ("import_s", "TensorFlow"),
    ("ready_s", "device"),
    ("build_s", "model"),
    ("compile_s", "compiling"),
)


def points_table(table: BenchmarkResult) -> Table:
    """The points, those of one net at one batch size one below the other.

    Args:
        table: The comparison.

    Returns:
        The table; a point that failed says why below it.
    """
    has_widths, describes_comparison = len(table.widths) > 1, len(table.devices) > 1
    points = [
        point
        for width in table.widths
        for size in sorted({point.batch_size for point in table.points})
        for device in table.devices
        for point in table.points
        if (point.device, point.width, point.batch_size) == (device, width, size)
    ]
    columns = (
        Column("device"),
        *([Column("width", right=True)] if has_widths else []),
        Column("batch", right=True),
        Column("a step", right=True),
        Column("95 % interval", right=True, optional=True),
        *([Column(f"times {table.devices[0]}", right=True)] if describes_comparison else []),
        Column("examples/s", right=True, optional=True),
        Column("goes to", right=True),
        Column("XLA"),
        Column("an epoch", right=True, optional=True),
        Column("FLOP/s", right=True, optional=True),
        Column("memory", right=True, optional=True),
    )
    rows = []
    for point in points:
        cells = [Cell(point.device)]
        if has_widths:
            cells.append(EMPTY_CELL if point.width is None else Cell(format_count(point.width)))
        cells += [Cell(format_count(point.batch_size)), *_step_cells(point.step, point.error)]
        if describes_comparison:
            cells.append(_speedup_cell(table, point))
        limit = table.limit(point)
        cells += [
            EMPTY_CELL if point.examples_per_s is None else Cell(f"{point.examples_per_s:,.0f}"),
            EMPTY_CELL if limit is None else Cell(limit_text(limit)),
            Cell("yes") if point.jit_compile else EMPTY_CELL,
            _epoch_cell(point),
            EMPTY_CELL if point.flop_per_s is None else Cell(format_si_prefix(point.flop_per_s)),
            EMPTY_CELL if point.peak_bytes is None else Cell(format_bytes(point.peak_bytes)),
        ]
        rows.append(tuple(cells))
    return Table("", columns, tuple(rows), notes=tuple(_notes(table, points)))


def starts_table(table: BenchmarkResult) -> Table:
    """What comes before the first steady step: medians over the batch sizes.

    Args:
        table: The comparison.

    Returns:
        A row for each device and width.
    """
    has_widths = len(table.widths) > 1
    columns = (
        Column("device"),
        *([Column("width", right=True)] if has_widths else []),
        *(Column(words, right=True) for _, words in _TIMES),
        Column("rows", right=True),
    )
    rows = []
    for device in table.devices:
        for width in table.widths:
            points = [
                point
                for point in table.points
                if (point.device, point.width) == (device, width) and point.timing
            ]
            if not points:
                continue
            cells = [Cell(device)]
            if has_widths:
                cells.append(EMPTY_CELL if width is None else Cell(format_count(width)))
            cells += [Cell(format_time(_middle(points, name))) for name, _ in _TIMES]
            rows.append((*cells, _rows_cell(points)))
    notes = (
        "TensorFlow: loading it. Device: its first operation. Compiling: the first call.",
        "Medians over the batch sizes. Nothing that XLA has kept from before is used.",
    )
    fixed = 1 + has_widths
    told = notes if rows else ()
    return Table("Before the first step", columns, tuple(rows), notes=told, repeated_columns=fixed)


def devices_tables(record: BenchmarkRecord) -> list[Table]:
    """All that a comparison of devices came to.

    Args:
        record: What was recorded.

    Returns:
        Tables of points, of starts, and of what was compared; empty ones are left out.
    """
    table = benchmark_result(record)
    columns = (Column(""), Column(""))
    facts = tuple((Cell(name, "dim"), Cell(words)) for name, words in facts_of(record))
    tables = [points_table(table), starts_table(table), Table("", columns, facts)]
    return [table for table in tables if table.rows]


def facts_of(record: BenchmarkRecord) -> list[tuple[str, str]]:
    """What was compared, on what, and whether the losses agree.

    Args:
        record: What was recorded.

    Returns:
        Names and sentences.
    """
    facts = [(str(device["name"]), str(device["description"])) for device in record.devices]
    facts.append(("trained on", rows_text(record)))
    if record.rows_note:
        facts.append(("why random", f"{record.rows_note} Random rows take as long."))
    agreement = benchmark_result(record).agreement
    if agreement is not None:
        facts.append(("losses", agreement_words(agreement, str(record.devices[0]["name"]))))
    if record.gpu_absence:
        facts.append(("no GPU", " ".join(record.gpu_absence)))
    return facts


def _step_cells(step: Timed | None, error: str | None) -> list[Cell]:
    if step is None:
        return [Cell("failed" if error else "-", "error"), EMPTY_CELL]
    if step.low_s is None or step.high_s is None:
        return [Cell(format_time(step.median_s)), EMPTY_CELL]
    return [Cell(format_time(step.median_s)), Cell(_times_text(step.low_s, step.high_s))]


def _times_text(low_s: float, high_s: float) -> str:
    """An interval of time, its unit told once where both ends have the same."""
    (low, unit), high = format_time(low_s).split(), format_time(high_s)
    return f"{low} to {high}" if high.endswith(f" {unit}") else f"{low} {unit} to {high}"


def _speedup_cell(table: BenchmarkResult, point: BenchmarkPoint) -> Cell:
    speedup = table.speedup(point)
    if speedup is None:
        return EMPTY_CELL
    tone: Tone = "success" if speedup.is_faster else "error" if speedup.is_slower else ""
    return Cell(speedup_text(speedup), tone)


def _epoch_cell(point: BenchmarkPoint) -> Cell:
    if point.epoch is None:
        return EMPTY_CELL
    about = "" if point.is_epoch_measured else "~ "
    return Cell(f"{about}{format_time(point.epoch.median_s)}")


def _rows_cell(points: Sequence[BenchmarkPoint]) -> Cell:
    if points[0].is_shared:
        return Cell("shared")
    rates = [point.rows_bytes_per_s for point in points if point.rows_bytes_per_s]
    taken = format_time(_middle(points, "rows_s"))
    size = format_bytes(points[0].rows_bytes)
    pace = f", {format_bytes(round(statistics.median(rates)))}/s" if rates else ""
    return Cell(f"{taken} ({size}{pace})")


def _middle(points: Sequence[BenchmarkPoint], name: str) -> float:
    return statistics.median(point.timing.get(name, 0.0) for point in points)


def _notes(table: BenchmarkResult, points: Sequence[BenchmarkPoint]) -> list[str]:
    notes = ["Goes to launch: what a step of one row costs as well; compute: the rest."]
    limits = ((point, table.limit(point)) for point in points)
    few = {
        point.batch_size: point.steps_per_epoch
        for point, limit in limits
        if limit and limit.bound == "launch" and point.steps_per_epoch < _FEW_STEPS
    }
    if few:
        told = ", ".join(f"{steps} at batch {format_count(size)}" for size, steps in few.items())
        notes.append(
            f"What an epoch itself costs falls on few steps ({told}), and counts as launch."
        )
    if any(point.epoch and not point.is_epoch_measured for point in points):
        notes.append("~ an epoch that was not timed whole: its steps' time")
    if any(point.step and len(point.samples_s) == 1 for point in points):
        notes.append("Measured once, a point has no interval, and shows nothing: take --repeats 3.")
    for point in points:
        if point.error:
            width = "" if point.width is None else f", width {format_count(point.width)}"
            where = f"{point.device}, batch size {format_count(point.batch_size)}{width}"
            notes.append(f"{where}: {point.error}")
    return notes
