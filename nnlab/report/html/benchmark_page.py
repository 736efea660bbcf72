"""The report of a comparison of devices."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from nnlab.analysis.benchmark import benchmark_result
from nnlab.report.benchmark.tables import devices_tables
from nnlab.report.html.images import drawn_picture, stored_picture
from nnlab.report.html.page import Block, Code, Page, Section, Text
from nnlab.report.html.run_page import config, environment
from nnlab.report.text.numbers import count_text, seconds_text, time_text
from nnlab.report.text.phrases import sentence
from nnlab.runs import StoredRun
from nnlab.runs.records.benchmark import BenchmarkFiles, BenchmarkRecord, read_benchmark


def benchmark_page(run: StoredRun) -> Page:
    """The report of a comparison of devices.

    Args:
        run: The comparison, as a run among runs.

    Returns:
        The page.

    Raises:
        DataError: What was measured cannot be read.
        RunNotFoundError: The folder holds no comparison of devices.
    """
    record, files = read_benchmark(run.path), BenchmarkFiles(run.path)
    return Page(
        f"{record.name}: devices {record.id}",
        _lead(record),
        [
            Section("Result", devices_tables(record)),
            Section("Picture", list(_picture(files, record))),
            Section("Config", config(files.config_yaml)),
            Section("Environment", environment(run.record)),
            Section("How to repeat it", _repeat(files, record)),
        ],
        _facts(record),
    )


def _lead(record: BenchmarkRecord) -> str:
    names = (str(device["name"]) for device in record.devices)
    words = sentence(record.verdict, names) or f"The comparison is {record.status}."
    return f"{words} {record.error}" if record.error else words


def _facts(record: BenchmarkRecord) -> list[tuple[str, str]]:
    facts = [
        ("devices", ", ".join(str(device["name"]) for device in record.devices)),
        ("GPU", str(record.gpu["description"]) if record.gpu else "none"),
        ("points", count_text(len(record.points))),
        ("rows", count_text(record.rows_count)),
    ]
    if "total_s" in record.timing:
        facts.append(("time", seconds_text(record.timing["total_s"])))
    return facts


def _picture(files: BenchmarkFiles, record: BenchmarkRecord) -> Iterator[Block]:
    """The picture, drawn anew where it is missing."""
    steps = [
        f"{point.device}, batch size {count_text(point.batch_size)}"
        + ("" if point.width is None else f", width {count_text(point.width)}")
        + f": {time_text(point.step.median_s)}"
        for point in record.points
        if point.step is not None
    ]
    if not steps:
        return
    words = f"Line chart of the time of a step against the batch size. {'; '.join(steps)}."
    caption = "The time of a step: medians, with 95 % intervals where there are some"

    def draw(file: Path) -> None:
        from nnlab.report.plots.benchmark import plot_step_times

        plot_step_times(benchmark_result(record), file, title=record.name)

    found = stored_picture(files.picture, words, caption)
    yield found or drawn_picture(draw, ".png", words, caption)


def _repeat(files: BenchmarkFiles, record: BenchmarkRecord) -> list[Block]:
    widths = [width for width in record.widths if width is not None]
    words = ["nnlab", "compare", "cpu-vs-gpu", str(files.config_yaml)]
    words += ["--devices", ",".join(str(device["name"]) for device in record.devices)]
    words += ["--batch-sizes", ",".join(map(str, record.batch_sizes))]
    if widths:
        words += ["--widths", ",".join(map(str, widths))]
    lines = [shlex.join(words)]
    if record.command:
        lines.append(f"# as it was: {shlex.join(record.command)}")
    return [
        Text("It measures the same points of the same config; times are those of the machine."),
        Code("\n".join(lines), "the command that repeats the comparison"),
    ]
