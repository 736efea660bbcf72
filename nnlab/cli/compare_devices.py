"""`nnlab compare cpu-vs-gpu`: benchmark the training on several devices."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.options import (
    JsonOption,
    NoReportOption,
    RunsDirOption,
    SeedOption,
    SetOption,
    overrides,
    resolve_config,
    runs_dir_flag,
    runs_folder,
)
from nnlab.cli.report import write_report_and_print
from nnlab.errors import RequestError

if TYPE_CHECKING:
    from nnlab.runs.records.benchmark import BenchmarkRecord

_XLA_FLAGS = "TF_XLA_FLAGS"


def compare_devices(
    config: Annotated[
        Path,
        typer.Argument(metavar="CONFIG", help="Path to a config, or the name of a built-in one."),
    ] = Path("mnist"),
    devices: Annotated[
        str | None,
        typer.Option(
            "--devices",
            metavar="NAMES",
            help="Devices to compare with the first one, separated by commas: cpu, gpu, gpu:N, or "
            "logical devices of the CPU (cpu:0,cpu:1).",
            show_default="cpu and the first GPU",
        ),
    ] = None,
    batch_sizes: Annotated[
        str | None,
        typer.Option(
            "--batch-sizes",
            metavar="N,N,...",
            help="Batch sizes to measure.",
            show_default="from a quarter of the config's to 16 times as much",
        ),
    ] = None,
    widths: Annotated[
        str | None,
        typer.Option(
            "--widths",
            metavar="N,N,...",
            help="Numbers of units of the hidden Dense layers to measure.",
            show_default="as in the config",
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            metavar="N",
            min=1,
            help="Maximum number of training rows.",
            show_default="all",
        ),
    ] = None,
    repeats: Annotated[
        int,
        typer.Option(
            "--repeats",
            metavar="N",
            min=1,
            help="Number of measurements per point, each in a new process, alternating between "
            "the devices.",
        ),
    ] = 3,
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds", metavar="S", min=0.01, help="Seconds of timed steps per measurement."
        ),
    ] = 1.5,
    require_gpu: Annotated[
        bool, typer.Option("--require-gpu", help="Exit with an error if there is no GPU.")
    ] = False,
    assignments: SetOption = None,
    seed: SeedOption = None,
    no_report: NoReportOption = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure where a GPU starts to be faster than the CPU, and why.

    Measures steps and epochs at several batch sizes, with 95 % intervals, separately from the
    start, the model and the compilation. Prints examples per second, FLOP/s, memory, the
    bottleneck of a step, and whether the losses agree. Each measurement runs in a new process.
    Without a GPU, only the CPU is measured, and the missing GPU is explained.

    Examples:

        nnlab compare cpu-vs-gpu

        nnlab compare cpu-vs-gpu my.yaml --batch-sizes 32,256,2048 --widths 64,256,1024

        nnlab compare cpu-vs-gpu --devices cpu,gpu:1 --require-gpu --json
    """
    device_names = tuple(name.strip() for name in devices.split(",")) if devices else ()
    messages: list[str] = []
    batch_size_values = _parse_integers("--batch-sizes", batch_sizes, messages)
    width_values = _parse_integers("--widths", widths, messages)
    if messages:
        raise RequestError("\n".join(messages))
    from nnlab.config.loader import load_concrete_config, locate_errors
    from nnlab.report.progress.study import make_study_progress

    read = load_concrete_config(resolve_config(config), overrides(assignments, None, seed))
    folder = runs_folder(runs_dir)
    # The compile time is measured, so XLA must not load a program from its persistent cache.
    flags = os.environ.get(_XLA_FLAGS, "")
    os.environ[_XLA_FLAGS] = f"{flags} --tf_xla_persistent_cache_directory=".strip()

    from nnlab.engine.benchmark.runner import compare_devices as compare
    from nnlab.engine.benchmark.sweep import Sweep

    with locate_errors(read):
        path, record = compare(
            read.experiment,
            Sweep(
                device_names, batch_size_values, width_values, rows, seconds, repeats, require_gpu
            ),
            runs_dir=folder,
            progress=make_study_progress(),
            command=["nnlab", *sys.argv[1:]],
        )
    flag = runs_dir_flag(runs_dir)
    write_report_and_print(
        record.to_dict() | {"path": str(path)},
        None if no_report else partial(_write_report, path, record),
        None if as_json else partial(_print_results, path, record, flag),
        flag,
    )


def _parse_integers(flag: str, text: str | None, messages: list[str]) -> tuple[int, ...]:
    """Parse positive integers separated by commas; append a message for invalid ones."""
    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",")]
    invalid = [part for part in parts if not (part.isdecimal() and int(part))]
    if invalid:
        expected = f"Expected integers above 0 for {flag}, separated by commas: {flag} 32,128."
        messages.append(f"{expected} Received: {', '.join(map(repr, invalid))}.")
        return ()
    return tuple(dict.fromkeys(map(int, parts)))


def _write_report(path: Path, record: BenchmarkRecord) -> None:
    from nnlab.analysis.benchmark import benchmark_result
    from nnlab.report.html import write_report
    from nnlab.report.plots.benchmark import plot_step_times
    from nnlab.runs import read_run
    from nnlab.runs.records.benchmark import BenchmarkFiles

    plot_step_times(benchmark_result(record), BenchmarkFiles(path).step_time_png, title=record.name)
    write_report(read_run(path))


def _print_results(path: Path, record: BenchmarkRecord, flag: str) -> None:
    from nnlab.report.benchmark.tables import benchmark_tables
    from nnlab.report.comparison.tables import next_step_tables
    from nnlab.report.text.table import print_tables

    commands = [(f"nnlab report {record.id} --open{flag}", "the report, one HTML file")]
    print_tables([*benchmark_tables(record), *next_step_tables(path, commands)])
    typer.echo(f"\n{record.verdict}")
