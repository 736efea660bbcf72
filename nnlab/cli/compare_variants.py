"""`nnlab compare variants`: train variants over several seeds and test the differences."""

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
    NoReportOption,
    RunsDirOption,
    SetOption,
    overrides,
    runs_dir_flag,
    runs_folder,
)
from nnlab.cli.report import write_report_and_print
from nnlab.errors import DataError, RequestError, RunNotFoundError
from nnlab.text import join_names

if TYPE_CHECKING:
    from nnlab.analysis.variants import VariantTable
    from nnlab.config.comparison.loader import Comparison
    from nnlab.runs.records.comparison import ComparisonRecord


def compare_variants(
    comparison: Annotated[
        Path | None,
        typer.Argument(
            metavar="COMPARISON",
            help="Path to a comparison, or the name of a built-in one, see `nnlab init`.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds",
            metavar="N",
            min=1,
            help="Number of seeds.",
            show_default="as in the comparison",
        ),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option("--metric", metavar="NAME", help="Override the metric to compare."),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="VARIANT",
            help="Override the variant that the others are tested against.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            metavar="N",
            min=1,
            help="Number of runs at the same time.",
            show_default="one per CPU core",
        ),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Resume a comparison: its folder, id, a prefix of the id, or `last`.",
        ),
    ] = None,
    assignments: SetOption = None,
    device: DeviceOption = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            metavar="N",
            help="Override the first seed. The following seeds are N + 1, N + 2, ….",
        ),
    ] = None,
    no_report: NoReportOption = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train variants over several seeds: intervals, tests, a verdict.

    Prints the mean of each variant with its 95 % interval, a paired test against the baseline with
    Holm's correction, and a verdict in one sentence. With `--resume`, finished runs are kept unless
    their config has changed.

    Examples:

        nnlab compare variants initializers

        nnlab compare variants my.yaml --seeds 3 --set training.epochs=5

        nnlab compare variants my.yaml --resume last
    """
    from nnlab.config.comparison.loader import read_comparison
    from nnlab.config.lint.check import lint_comparison
    from nnlab.report.progress.study import make_study_progress
    from nnlab.report.text.diagnostics import print_diagnostics
    from nnlab.runs import RunKind, find_run

    folder = runs_folder(runs_dir)
    resumed = None if resume is None else find_run(resume, folder, RunKind.COMPARISON).path
    read = read_comparison(
        _comparison_file(comparison, resumed),
        overrides(assignments, device, seed),
        seeds=seeds,
        metric=metric,
        baseline=baseline,
    )
    for note in resume_notes(read, resumed) if resumed is not None else ():
        typer.echo(note, err=True)
    if warnings := lint_comparison(read):
        print_diagnostics((), warnings)

    from nnlab.engine.comparison.runner import compare_variants as compare

    compared = compare(
        read,
        runs_dir=folder,
        progress=make_study_progress(),
        resume=resumed,
        jobs=jobs or "auto",
        plots=not no_report,
        command=["nnlab", *sys.argv[1:]],
    )
    path, record, table = compared.path, compared.record, compared.table
    flag = runs_dir_flag(runs_dir)
    write_report_and_print(
        record.to_dict() | {"path": str(path)},
        None if no_report else partial(_write_report, path, table, record.name),
        None if as_json else partial(_print_results, path, table, record, flag),
        flag,
    )
    if record.error is not None:
        raise typer.Exit(1)


def _comparison_file(comparison: Path | None, resumed: Path | None) -> Path:
    """Return the file of the comparison, or the one in the folder to resume.

    A name without a suffix is that of a built-in comparison.
    """
    from nnlab.config.yaml.builtin_configs import find_builtin_comparison
    from nnlab.runs.records.comparison import ComparisonFiles

    if comparison is not None:
        is_file = comparison.exists() or comparison.suffix
        return comparison if is_file else find_builtin_comparison(str(comparison))
    if resumed is not None:
        return ComparisonFiles(resumed).config_yaml
    message = "Expected a comparison. Received: neither COMPARISON nor --resume RUN."
    raise RequestError(f"{message} `nnlab init` lists the built-in ones.")


def resume_notes(comparison: Comparison, path: Path) -> tuple[str, ...]:
    """Return notes on finished runs that a resumed comparison no longer uses.

    Raises RequestError if the folder belongs to another comparison, or if finished runs of some
    seeds would be ignored.
    """
    from nnlab.report.comparison.files import read_comparison_results

    try:
        record, table = read_comparison_results(path)
    except (RunNotFoundError, DataError):
        return ()
    _check_same_comparison(comparison, record)
    finished = {
        row.name: [seed for seed in table.seeds if seed in row.values or seed in row.failures]
        for row in table.rows
    }
    lost = sorted({seed for seeds in finished.values() for seed in seeds} - {*comparison.seeds})
    if lost:
        seeds, missing = (join_names([*map(str, some)], 3) for some in (comparison.seeds, lost))
        is_subset = {*comparison.seeds} < {*record.seeds}
        change = f"Write --seeds {len(record.seeds)}" if is_subset else "Keep the seeds"
        raise RequestError(
            f"Expected all seeds of the runs in {record.id}. Received: {seeds}, without {missing}. "
            f"{change}, or start a new comparison without --resume."
        )
    names = {variant.name for variant in comparison.variants}
    removed = [name for name, seeds in finished.items() if seeds and name not in names]
    if not removed:
        return ()
    note = f"Removed or renamed variants: {join_names(removed, limit=3)}. Their runs are not used;"
    return (f"{note} they stay in {shlex.quote(str(path))}.",)


def _check_same_comparison(comparison: Comparison, record: ComparisonRecord) -> None:
    """Raise RequestError unless name and at least one variant are those of the record."""
    hint = f"Start a new comparison: nnlab compare variants {shlex.quote(comparison.file)}"
    if comparison.name != record.name:
        message = f"Expected the comparison of {record.id}, `{record.name}`."
        raise RequestError(f"{message} Received: {comparison.file}, `{comparison.name}`. {hint}")
    old_names = [str(row["name"]) for row in record.variants]
    new_names = [variant.name for variant in comparison.variants]
    if not {*old_names} & {*new_names}:
        message = f"Expected some of the variants of {record.id}: {join_names(old_names, limit=3)}."
        received = f"Received: {comparison.file}, with {join_names(new_names, limit=3)}."
        raise RequestError(f"{message} {received} {hint}")


def _write_report(path: Path, table: VariantTable, name: str) -> None:
    from nnlab.report.comparison.files import write_comparison_plots
    from nnlab.report.html import write_report
    from nnlab.runs import read_run

    list(write_comparison_plots(path, table, name))
    write_report(read_run(path))


def _print_results(path: Path, table: VariantTable, record: ComparisonRecord, flag: str) -> None:
    from nnlab.report.comparison.tables import next_step_tables, variants_table, verdicts_table
    from nnlab.report.comparison.verdict import recommended_seeds
    from nnlab.report.text.table import print_tables
    from nnlab.runs.records.comparison import ComparisonFiles

    seeds = recommended_seeds(table) or 2 * len(table.seeds)
    files = ComparisonFiles(path)
    is_outdated = files.is_outdated(files.report_html)
    purpose = "update the report" if is_outdated else "the report, one HTML file"
    commands = [
        (f"nnlab report {record.id} --open{flag}", purpose),
        (f"nnlab compare variants --resume {record.id}{flag} --seeds {seeds}", "more seeds"),
    ]
    tables = [variants_table(table), verdicts_table(table), *next_step_tables(path, commands)]
    print_tables([shown for shown in tables if shown.rows])
    typer.echo(f"\n{record.verdict}")
