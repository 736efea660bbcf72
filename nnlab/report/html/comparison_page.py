"""The report of a comparison of variants."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.analysis.differences import differences
from nnlab.analysis.variants import VariantRow, VariantTable
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, DataError
from nnlab.report.comparison.plots import INTERVALS, comparison_plots
from nnlab.report.comparison.records import read_compared
from nnlab.report.comparison.tables import variants_table, verdicts_table
from nnlab.report.html.images import drawn_picture, stored_picture
from nnlab.report.html.page import Block, Code, Page, Section, Text
from nnlab.report.html.run_page import config, environment
from nnlab.report.text.numbers import count_text, interval_text, metric_text, seconds_text
from nnlab.report.text.phrases import plain_text, sentence
from nnlab.report.text.table import Cell, Column, Table
from nnlab.runs import StoredRun
from nnlab.runs.records.comparison import ComparisonFiles, ComparisonRecord

# The comparison has its own.
_NEVER = ("name", "seed")
_DIFFERENCES = 12


def comparison_page(run: StoredRun) -> Page:
    """The report of a comparison.

    Args:
        run: The comparison, as a run among runs.

    Returns:
        The page.

    Raises:
        DataError: A file of the comparison cannot be read.
        RunNotFoundError: The folder holds no comparison.
    """
    record, table = read_compared(run.path)
    files = ComparisonFiles(run.path)
    return Page(
        f"{record.name}: comparison {record.id}",
        _lead(record),
        [
            Section("Result", [variants_table(table), verdicts_table(table)]),
            Section("Pictures", list(_pictures(run, table))),
            Section("What the variants change", [_changes(table, files)]),
            Section("Each run", [_runs(table)]),
            Section("Config", _configs(files, table)),
            Section("Environment", environment(run.record)),
            Section("How to repeat it", _repeat(files)),
        ],
        _facts(record),
    )


def _lead(record: ComparisonRecord) -> str:
    names = (str(variant["name"]) for variant in record.variants)
    words = sentence(record.verdict, names) or f"The comparison is {record.status}."
    return f"{words} {record.error}" if record.error else words


def _facts(record: ComparisonRecord) -> list[tuple[str, str]]:
    facts = [
        ("compared by", record.metric.replace("_", " ")),
        ("variants", count_text(len(record.variants))),
        ("seeds", count_text(len(record.seeds))),
        ("baseline", record.baseline),
    ]
    if "total_s" in record.timing:
        facts.append(("time", seconds_text(record.timing["total_s"])))
    return facts


def _pictures(run: StoredRun, table: VariantTable) -> Iterator[Block]:
    """The intervals and the curves, drawn anew where there are none of these results."""
    means = [
        f"{row.name} {metric_text(row.mean.value)}"
        + (
            ""
            if row.mean.low is None or row.mean.high is None
            else f" (95 % interval {interval_text(row.mean.low, row.mean.high)})"
        )
        for row in table.rows
        if row.mean is not None
    ]
    if not means:
        return
    try:
        for picture in comparison_plots(run.path, table, run.record.name):
            column = picture.name
            if column == INTERVALS:
                words = f"Mean of {table.metric} for each variant: {'; '.join(means)}."
                caption = f"{table.metric}: means with their 95 % intervals"
            else:
                words = f"Curves of {column} over the epochs: a mean and a band for each of "
                words += f"{', '.join(picture.variants)}."
                caption = f"{column}: mean over the seeds, with a band"
            stored = run.plots / f"{picture.name}.png"
            is_old = ComparisonFiles(run.path).is_outdated(stored)
            kept = None if is_old else stored_picture(stored, words, caption)
            yield kept or drawn_picture(picture.draw, ".png", words, caption)
    except DataError as error:
        yield Text(str(error))


def _changes(table: VariantTable, files: ComparisonFiles) -> Table:
    several = [row.changes for row in table.rows]
    shared = {
        key: value
        for key, value in several[0].items()
        if all(key in changes and changes[key] == value for changes in several)
    }
    rows = [(Cell("all of them", "dim"), Cell(_told(shared)))] if shared else []
    for row in table.rows:
        own = {key: value for key, value in row.changes.items() if key not in shared}
        whole = _whole(row, files) if row.file else ""
        told = "; ".join(filter(None, [whole, _told(own)]))
        nothing = "nothing else" if shared else "nothing: the base"
        rows.append((Cell(row.name), Cell(told or nothing)))
    return Table("", (Column("variant"), Column("changes")), tuple(rows))


def _whole(row: VariantRow, files: ComparisonFiles) -> str:
    """A whole config, and what of it differs from the base; the file itself stands below."""
    words = f"the config {row.file}"
    paths = [files.base_yaml, files.whole_config(row.name)]
    try:
        trees = [read_yaml(path.read_text(encoding="utf-8"), path.name).tree for path in paths]
    except (OSError, UnicodeDecodeError, ConfigError):
        return words
    unlike = {one.path: one.values[1] for one in differences(trees) if one.path not in _NEVER}
    if not unlike:
        return f"{words}, the same as the base"
    first = dict(list(unlike.items())[:_DIFFERENCES])
    more = f"; and {len(unlike) - len(first)} more" if len(unlike) > len(first) else ""
    return f"{words}, which differs from the base: {_told(first)}{more}"


def _told(changes: Mapping[str, Any]) -> str:
    return "; ".join(f"{key}: {plain_text(value)}" for key, value in changes.items())


def _runs(table: VariantTable) -> Table:
    columns = (Column("variant"), *(Column(f"seed {seed}", right=True) for seed in table.seeds))
    rows = tuple(
        (
            Cell(row.name),
            *(_score(row.values.get(seed), seed in row.failures) for seed in table.seeds),
        )
        for row in table.rows
    )
    return Table(f"{table.metric} of each run", columns, rows)


def _score(value: float | None, has_failed: bool) -> Cell:  # noqa: FBT001 - reads as it is called
    if value is not None:
        return Cell(metric_text(value))
    return Cell("failed", "bad") if has_failed else Cell("-", "dim")


def _configs(files: ComparisonFiles, table: VariantTable) -> list[Block]:
    wholes = [files.whole_config(row.name) for row in table.rows if row.file]
    # Of variants that are whole configs alone there is no base.
    several = [files.config_yaml, files.base_yaml, *wholes]
    found = [(path, config(path)) for path in several if path != files.base_yaml or path.exists()]
    return [block for path, blocks in found for block in (Text(path.name), *blocks)]


def _repeat(files: ComparisonFiles) -> list[Block]:
    own = ["nnlab", "compare", "variants"]
    lines = [shlex.join([*own, str(files.config_yaml)])]
    lines += [shlex.join([*own, "--resume", str(files.path)])]
    words = "The first command repeats the comparison; the second does what is left of it."
    return [Text(words), Code("\n".join(lines), "commands that repeat the comparison")]
