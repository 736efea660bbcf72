"""The report of a benchmark of devices."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import partial

from nnlab.analysis.benchmark import benchmark_result
from nnlab.report.benchmark.tables import benchmark_tables
from nnlab.report.html.page import Block, Code, Page, Section, Text, read_image, render_image
from nnlab.report.html.run_page import config_blocks, environment_tables, summarize_verdict
from nnlab.report.text.formatting import format_count, format_seconds, format_time
from nnlab.runs import StoredRun
from nnlab.runs.records.benchmark import BenchmarkFiles, BenchmarkRecord, read_benchmark


def benchmark_page(run: StoredRun) -> Page:
    """Return the report of a benchmark."""
    record, files = read_benchmark(run.path), BenchmarkFiles(run.path)
    names = [str(device["name"]) for device in record.devices]
    facts = [
        ("devices", ", ".join(names)),
        ("GPU", str(record.gpu["description"]) if record.gpu else "none"),
        ("points", format_count(len(record.points))),
        ("rows", format_count(record.rows_count)),
    ]
    if "total_s" in record.timing:
        facts.append(("time", format_seconds(record.timing["total_s"])))
    widths = [width for width in record.widths if width is not None]
    command = ["nnlab", "compare", "cpu-vs-gpu", str(files.config_yaml)]
    command += [
        "--devices",
        ",".join(names),
        "--batch-sizes",
        ",".join(map(str, record.batch_sizes)),
    ]
    if widths:
        command += ["--widths", ",".join(map(str, widths))]
    lines = [shlex.join(command)]
    if record.command:
        lines.append(f"# original command: {shlex.join(record.command)}")
    commands: list[Block] = [
        Text("The command measures the same points again; times depend on the machine."),
        Code("\n".join(lines), "command that repeats the benchmark"),
    ]
    return Page(
        f"{record.name}: benchmark {record.id}",
        summarize_verdict("benchmark", record, names),
        [
            Section("Results", benchmark_tables(record)),
            Section("Plots", list(_images(files, record))),
            Section("Config", config_blocks(files.config_yaml)),
            Section("Environment", environment_tables(run.record)),
            Section("Reproduce", commands),
        ],
        facts,
    )


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
    image = read_image(files.step_time_png, alt, caption)
    if image is None:
        from nnlab.report.plots.benchmark import plot_step_times

        draw = partial(plot_step_times, benchmark_result(record), title=record.name)
        image = render_image(draw, "png", alt, caption)
    yield image
