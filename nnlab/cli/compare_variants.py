"""`nnlab compare variants`: which variant is better, and whether chance could have made it."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.closing_report import close_comparison
from nnlab.cli.options import (
    DeviceOption,
    JsonOption,
    RunsDirOption,
    SetOption,
    overrides,
    resolve_comparison,
    runs_folder,
    same_folder,
)
from nnlab.errors import RequestError

if TYPE_CHECKING:
    from nnlab.compare.variants import VariantTable
    from nnlab.runs.comparison import ComparisonRecord

FAILED = 1


def compare_variants(
    comparison: Annotated[
        Path | None,
        typer.Argument(
            metavar="COMPARISON",
            help="A YAML file, or a shipped comparison's name: see `nnlab init`.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", min=1, help="How many; else those of the file."),
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="What is compared.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="VARIANT", help="What the others are tested against."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", min=1, help="Runs at the same time; else one a core."),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Go on with a comparison: its folder, id, a prefix of it, or `last`.",
        ),
    ] = None,
    assignments: SetOption = None,
    device: DeviceOption = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", metavar="N", help="The first seed: as many as the file has, from N on."
        ),
    ] = None,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Draw no pictures and write no report.")
    ] = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train each variant of COMPARISON with several seeds, and say which is better.

    Gives the mean of each with its 95 % interval, a paired test against the baseline with Holm's
    correction, curves, and a verdict in one sentence. With `--resume`, runs that are done are kept
    where nothing that matters has changed.

    Examples:

        nnlab compare variants initializers

        nnlab compare variants my.yaml --seeds 3 --set training.epochs=5

        nnlab compare variants my.yaml --resume last
    """
    from nnlab.cli.compare_resume import resume_notes
    from nnlab.config.check import warnings_of_comparison
    from nnlab.config.comparing import read_comparison
    from nnlab.report.faults import print_faults
    from nnlab.report.progress.several import make_several_progress
    from nnlab.runs import RunKind, find_run

    folder = runs_folder(runs_dir)
    earlier = None if resume is None else find_run(resume, folder, RunKind.COMPARISON).path
    read = read_comparison(
        _file(comparison, earlier),
        overrides(assignments, device, seed),
        seeds=seeds,
        metric=metric,
        baseline=baseline,
    )
    for note in resume_notes(read, earlier) if earlier is not None else ():
        typer.echo(note, err=True)
    if warnings := warnings_of_comparison(read):
        print_faults((), warnings)

    from nnlab.engine.comparing import compare_variants as compare

    compared = compare(
        read,
        runs_dir=folder,
        progress=make_several_progress(),
        resume=earlier,
        jobs=jobs or "auto",
        pictures=not no_report,
        command=["nnlab", *sys.argv[1:]],
    )
    path, record, table = compared.path, compared.record, compared.table
    option = same_folder(runs_dir)
    close_comparison(
        record.to_dict() | {"path": str(path)},
        None if no_report else partial(_report, path, table, record.name),
        None if as_json else partial(_print, path, table, record, option),
        option,
    )
    if record.error is not None:
        raise typer.Exit(FAILED)


def _file(comparison: Path | None, earlier: Path | None) -> Path:
    """The comparison's file: the one named, else that in the folder to go on with."""
    from nnlab.runs.comparison import ComparisonFiles

    if comparison is not None:
        return resolve_comparison(comparison)
    if earlier is not None:
        return ComparisonFiles(earlier).config_yaml
    message = "Expected a comparison. Received: neither COMPARISON nor --resume RUN."
    raise RequestError(f"{message} `nnlab init` lists those that come with nnlab.")


def _report(path: Path, table: VariantTable, name: str) -> None:
    from nnlab.report.html.writing import write_report
    from nnlab.report.variant_files import write_variant_files
    from nnlab.runs import read_run

    list(write_variant_files(path, table, name))
    write_report(read_run(path))


def _print(path: Path, table: VariantTable, record: ComparisonRecord, option: str) -> None:
    from nnlab.report.tables import print_tables
    from nnlab.report.variant_tables import next_tables, variants_table, verdicts_table
    from nnlab.report.verdicts import seeds_to_take
    from nnlab.runs.comparison import ComparisonFiles

    more = seeds_to_take(table) or 2 * len(table.seeds)
    files = ComparisonFiles(path)
    is_old = files.is_outdated(files.report_html)
    what = "the report anew: the one there is older" if is_old else "the report, one HTML file"
    commands = [
        (f"nnlab report {record.id} --open{option}", what),
        (f"nnlab compare variants --resume {record.id}{option} --seeds {more}", "more seeds"),
    ]
    tables = [variants_table(table), verdicts_table(table), *next_tables(path, commands)]
    print_tables([one for one in tables if one.rows])
    typer.echo(f"\n{record.verdict}")
