"""`nnlab compare cpu-vs-gpu`: which device trains a net faster, from where on, and why."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.options import (
    JsonOption,
    RunsDirOption,
    SeedOption,
    SetOption,
    overrides,
    resolve_config,
    runs_dir_flag,
    runs_folder,
)
from nnlab.cli.report_output import write_report_and_print
from nnlab.errors import RequestError

if TYPE_CHECKING:
    from nnlab.runs.records.benchmark import BenchmarkRecord

DEFAULT = Path("mnist")
_FLAGS = "TF_XLA_FLAGS"


def compare_devices(
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONFIG",
            help="A YAML file, or a shipped config's name; else mnist, the net of the course.",
            show_default=False,
        ),
    ] = None,
    devices: Annotated[
        str | None,
        typer.Option(
            "--devices",
            metavar="NAMES",
            help="cpu, gpu, gpu:N, or logical ones of the CPU: cpu:0,cpu:1. The others are "
            "compared with the first. Else the CPU and the first GPU.",
        ),
    ] = None,
    batch_sizes: Annotated[
        str | None,
        typer.Option(
            "--batch-sizes",
            metavar="N,N,...",
            help="Else from a quarter of the config's own to 16 times as much.",
        ),
    ] = None,
    widths: Annotated[
        str | None,
        typer.Option(
            "--widths",
            metavar="N,N,...",
            help="Units of each hidden Dense layer; else as the config has them.",
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option("--rows", metavar="N", min=1, help="Training rows at most; else all."),
    ] = None,
    repeats: Annotated[
        int,
        typer.Option(
            "--repeats",
            metavar="N",
            min=1,
            help="How often each point is measured, in a new process each time, the devices in "
            "turn.",
        ),
    ] = 3,
    seconds: Annotated[
        float,
        typer.Option("--seconds", metavar="S", min=0.01, help="How long each process times steps."),
    ] = 1.5,
    require_gpu: Annotated[
        bool, typer.Option("--require-gpu", help="Refuse a machine without a GPU.")
    ] = False,
    assignments: SetOption = None,
    seed: SeedOption = None,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Draw no picture and write no report.")
    ] = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the training of CONFIG on the CPU and on a GPU: where the GPU wins, and why.

    Times a step and an epoch with their 95 % intervals at several batch sizes, with the start, the
    model and the compiling apart; tells examples a second, FLOP/s, memory, what a step waits for,
    and whether the losses agree. Each measurement has a process of its own. Without a GPU it
    measures the CPU, and says what TensorFlow looked for and how to get a GPU to work.

    Examples:

        nnlab compare cpu-vs-gpu

        nnlab compare cpu-vs-gpu my.yaml --batch-sizes 32,256,2048 --widths 64,256,1024

        nnlab compare cpu-vs-gpu --devices cpu,gpu:1 --require-gpu --json
    """
    wanted_devices = tuple(name.strip() for name in devices.split(",")) if devices else ()
    diagnostics: list[str] = []
    sizes = _numbers("--batch-sizes", batch_sizes, diagnostics)
    units = _numbers("--widths", widths, diagnostics)
    if diagnostics:
        raise RequestError("\n".join(diagnostics))
    from nnlab.config.loader import load_concrete_config, locate_errors
    from nnlab.report.progress.several import make_study_progress

    read = load_concrete_config(
        resolve_config(config or DEFAULT), overrides(assignments, None, seed)
    )
    folder = runs_folder(runs_dir)
    # Compiling is timed: no program that XLA has kept from before may stand in for it.
    flags = os.environ.get(_FLAGS, "")
    os.environ[_FLAGS] = f"{flags} --tf_xla_persistent_cache_directory=".strip()

    from nnlab.engine.benchmark.runner import compare_devices as compare
    from nnlab.engine.benchmark.sweep import Sweep

    with locate_errors(read):
        path, record = compare(
            read.experiment,
            Sweep(wanted_devices, sizes, units, rows, seconds, repeats, require_gpu),
            runs_dir=folder,
            progress=make_study_progress(),
            command=["nnlab", *sys.argv[1:]],
        )
    option = runs_dir_flag(runs_dir)
    write_report_and_print(
        record.to_dict() | {"path": str(path)},
        None if no_report else partial(_report, path, record),
        None if as_json else partial(_print, path, record, option),
        option,
    )


def _numbers(flag: str, text: str | None, diagnostics: list[str]) -> tuple[int, ...]:
    """Whole numbers above 0, in their order; what is none is noted."""
    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if not (part.isdecimal() and int(part))]
    if wrong:
        expected = f"Expected whole numbers above 0 for {flag}, with commas: {flag} 32,128."
        diagnostics.append(f"{expected} Received: {', '.join(map(repr, wrong))}.")
        return ()
    return tuple(dict.fromkeys(map(int, parts)))


def _report(path: Path, record: BenchmarkRecord) -> None:
    from nnlab.analysis.benchmark import benchmark_result
    from nnlab.report.html.writer import write_report
    from nnlab.report.plots.benchmark import plot_step_times
    from nnlab.runs import read_run
    from nnlab.runs.records.benchmark import BenchmarkFiles

    plot_step_times(benchmark_result(record), BenchmarkFiles(path).step_time_png, title=record.name)
    write_report(read_run(path))


def _print(path: Path, record: BenchmarkRecord, option: str) -> None:
    from nnlab.report.benchmark.tables import devices_tables
    from nnlab.report.comparison.tables import next_tables
    from nnlab.report.text.table import print_tables

    commands = [(f"nnlab report {record.id} --open{option}", "the report, one HTML file")]
    print_tables([*devices_tables(record), *next_tables(path, commands)])
    typer.echo(f"\n{record.verdict}")
