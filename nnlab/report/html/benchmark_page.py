"""The report of a benchmark of devices."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from nnlab.analysis.benchmark import benchmark_result
from nnlab.report.benchmark.tables import benchmark_tables
from nnlab.report.html.page import Block, Code, Page, Section, Text, read_image, render_image
from nnlab.report.html.run_page import STATUS_PHRASES, config_blocks, environment_tables
from nnlab.report.text.formatting import format_count, format_seconds, format_sentence, format_time
from nnlab.runs import RunStatus, StoredRun
from nnlab.runs.records.benchmark import BenchmarkFiles, BenchmarkRecord, read_benchmark


def benchmark_page(run: StoredRun) -> Page:
    """Return the report of a benchmark."""
    record, files = read_benchmark(run.path), BenchmarkFiles(run.path)
    return Page(
        f"{record.name}: benchmark {record.id}",
        _summarize(record),
        [
            Section("Results", benchmark_tables(record)),
            Section("Plots", list(_images(files, record))),
            Section("Config", config_blocks(files.config_yaml)),
            Section("Environment", environment_tables(run.record)),
            Section("Reproduce", _commands(files, record)),
        ],
        _facts(record),
    )


def _summarize(record: BenchmarkRecord) -> str:
    names = (str(device["name"]) for device in record.devices)
    summary = format_sentence(record.verdict, names)
    summary = summary or f"The benchmark {STATUS_PHRASES[RunStatus(record.status)]}."
    return f"{summary} {record.error}" if record.error else summary


def _facts(record: BenchmarkRecord) -> list[tuple[str, str]]:
    facts = [
        ("devices", ", ".join(str(device["name"]) for device in record.devices)),
        ("GPU", str(record.gpu["description"]) if record.gpu else "none"),
        ("points", format_count(len(record.points))),
        ("rows", format_count(record.rows_count)),
    ]
    if "total_s" in record.timing:
        facts.append(("time", format_seconds(record.timing["total_s"])))
    return facts


def _images(files: BenchmarkFiles, record: BenchmarkRecord) -> Iterator[Block]:
    """Yield the stored plot, or render it if missing."""
    steps = [
        f"{point.device}, batch size {format_count(point.batch_size)}"
        + ("" if point.width is None else f", width {format_count(point.width)}")
        + f": {format_time(point.step.median_s)}"
        for point in record.points
        if point.step is not None
    ]
    if not steps:
        return
    alt = f"Line chart of the time per step by batch size. {'; '.join(steps)}."
    caption = "Time per step: median, and 95 % interval if measured repeatedly"

    def draw(file: Path) -> None:
        from nnlab.report.plots.benchmark import plot_step_times

        plot_step_times(benchmark_result(record), file, title=record.name)

    stored = read_image(files.step_time_png, alt, caption)
    yield stored or render_image(draw, ".png", alt, caption)


def _commands(files: BenchmarkFiles, record: BenchmarkRecord) -> list[Block]:
    widths = [width for width in record.widths if width is not None]
    command = ["nnlab", "compare", "cpu-vs-gpu", str(files.config_yaml)]
    command += ["--devices", ",".join(str(device["name"]) for device in record.devices)]
    command += ["--batch-sizes", ",".join(map(str, record.batch_sizes))]
    if widths:
        command += ["--widths", ",".join(map(str, widths))]
    lines = [shlex.join(command)]
    if record.command:
        lines.append(f"# original command: {shlex.join(record.command)}")
    return [
        Text("The command measures the same points again; times depend on the machine."),
        Code("\n".join(lines), "command that repeats the benchmark"),
    ]
