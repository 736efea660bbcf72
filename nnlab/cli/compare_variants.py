"""`nnlab compare variants`: which variant is better, and whether chance could have made it."""

from __future__ import annotations

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.options import (
    DeviceOption,
    JsonOption,
    RunsDirOption,
    SetOption,
    overrides,
    resolve_comparison,
    runs_dir_flag,
    runs_folder,
)
from nnlab.cli.report_output import write_report_and_print
from nnlab.errors import DataError, RequestError, RunNotFoundError
from nnlab.text import join_names

if TYPE_CHECKING:
    from pathlib import Path

    from nnlab.analysis.variants import VariantTable
    from nnlab.config.comparison.variants import Comparison
    from nnlab.runs.records.comparison import ComparisonRecord

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
    from nnlab.cli.compare_variants import resume_notes
    from nnlab.config.comparison.loader import read_comparison
    from nnlab.config.lint.check import lint_comparison
    from nnlab.report.progress.several import make_study_progress
    from nnlab.report.text.diagnostics import print_diagnostics
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
    if warnings := lint_comparison(read):
        print_diagnostics((), warnings)

    from nnlab.engine.comparison.runner import compare_variants as compare

    compared = compare(
        read,
        runs_dir=folder,
        progress=make_study_progress(),
        resume=earlier,
        jobs=jobs or "auto",
        pictures=not no_report,
        command=["nnlab", *sys.argv[1:]],
    )
    path, record, table = compared.path, compared.record, compared.table
    option = runs_dir_flag(runs_dir)
    write_report_and_print(
        record.to_dict() | {"path": str(path)},
        None if no_report else partial(_report, path, table, record.name),
        None if as_json else partial(_print, path, table, record, option),
        option,
    )
    if record.error is not None:
        raise typer.Exit(FAILED)


def _file(comparison: Path | None, earlier: Path | None) -> Path:
    """The comparison's file: the one named, else that in the folder to go on with."""
    from nnlab.runs.records.comparison import ComparisonFiles

    if comparison is not None:
        return resolve_comparison(comparison)
    if earlier is not None:
        return ComparisonFiles(earlier).config_yaml
    message = "Expected a comparison. Received: neither COMPARISON nor --resume RUN."
    raise RequestError(f"{message} `nnlab init` lists those that come with nnlab.")


def _report(path: Path, table: VariantTable, name: str) -> None:
    from nnlab.report.comparison.plots import write_variant_files
    from nnlab.report.html.writer import write_report
    from nnlab.runs import read_run

    list(write_variant_files(path, table, name))
    write_report(read_run(path))


def _print(path: Path, table: VariantTable, record: ComparisonRecord, option: str) -> None:
    from nnlab.report.comparison.tables import next_tables, variants_table, verdicts_table
    from nnlab.report.comparison.verdict import seeds_to_take
    from nnlab.report.text.table import print_tables
    from nnlab.runs.records.comparison import ComparisonFiles

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


_listed = partial(join_names, limit=3)


def resume_notes(asked: Comparison, path: Path) -> tuple[str, ...]:
    """Refuse to go on with another comparison, or with less than is done; tell what is left lying.

    Args:
        asked: How it is to go on.
        path: The folder of the comparison to go on with.

    Returns:
        Sentences; empty where all that is done stays in the comparison.

    Raises:
        RequestError: It is another comparison, or runs of some seeds would no longer count.
    """
    from nnlab.report.comparison.records import read_compared

    try:
        record, table = read_compared(path)
    except (RunNotFoundError, DataError):
        return ()
    _refuse_another(asked, record)
    done = {
        row.name: [seed for seed in table.seeds if seed in row.values or seed in row.failures]
        for row in table.rows
    }
    _refuse_fewer(asked, record, {seed for seeds in done.values() for seed in seeds})
    names = {variant.name for variant in asked.variants}
    gone = [name for name, seeds in done.items() if seeds and name not in names]
    if not gone:
        return ()
    where = f"they stay in {shlex.quote(str(path))}, and count no more."
    return (f"No longer variants, or renamed: {_listed(gone)}. Their runs are not used: {where}",)


def _refuse_another(asked: Comparison, record: ComparisonRecord) -> None:
    """The same name, and a variant or more in common."""
    command = f"Compare it anew: nnlab compare variants {shlex.quote(asked.file)}"
    if asked.name != record.name:
        message = f"Expected the comparison that {record.id} is of, `{record.name}`."
        raise RequestError(f"{message} Received: {asked.file}, `{asked.name}`. {command}")
    before = [str(row["name"]) for row in record.variants]
    now = [variant.name for variant in asked.variants]
    if not {*before} & {*now}:
        message = f"Expected a variant or more of {record.id}: {_listed(before)}."
        raise RequestError(f"{message} Received: {asked.file}, with {_listed(now)}. {command}")


def _refuse_fewer(asked: Comparison, record: ComparisonRecord, done: set[int]) -> None:
    """Runs of seeds that are not asked for any more would silently count no more."""
    lost = sorted(done - {*asked.seeds})
    if lost:
        seeds, wanted = (_listed([str(seed) for seed in some]) for some in (lost, asked.seeds))
        message = f"Expected all seeds of which {record.id} has runs."
        found = f"Received: {wanted}, without {seeds}."
        are_fewer = {*asked.seeds} < {*record.seeds}
        own = f"Write --seeds {len(record.seeds)}" if are_fewer else "Leave its seeds as they are"
        hint = f"{own}, or compare anew without --resume."
        raise RequestError(f"{message} {found} {hint}")
