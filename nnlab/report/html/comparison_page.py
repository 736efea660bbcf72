"""The report of a comparison of variants."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.analysis.differences import differences
from nnlab.analysis.variants import VariantRow, VariantTable
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, DataError
from nnlab.report.comparison.files import INTERVALS, comparison_plots, read_comparison_results
from nnlab.report.comparison.tables import variants_table, verdicts_table
from nnlab.report.html.page import Block, Code, Page, Section, Text, read_image, render_image
from nnlab.report.html.run_page import config_blocks, environment_tables, summarize_verdict
from nnlab.report.text.formatting import (
    format_count,
    format_interval,
    format_metric,
    format_seconds,
    format_yaml_value,
)
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table
from nnlab.runs import StoredRun
from nnlab.runs.records.comparison import ComparisonFiles

# The comparison overrides these keys.
_IGNORED_KEYS = ("name", "seed")
_MAX_DIFFERENCES = 12


def comparison_page(run: StoredRun) -> Page:
    """Return the report of a comparison."""
    record, table = read_comparison_results(run.path)
    files = ComparisonFiles(run.path)
    names = [str(variant["name"]) for variant in record.variants]
    facts = [
        ("metric", record.metric.replace("_", " ")),
        ("variants", format_count(len(record.variants))),
        ("seeds", format_count(len(record.seeds))),
        ("baseline", record.baseline),
    ]
    if "total_s" in record.timing:
        facts.append(("time", format_seconds(record.timing["total_s"])))
    paths = [
        files.config_yaml,
        # A comparison of complete configs has no base.
        *([files.base_yaml] if files.base_yaml.exists() else []),
        *(files.full_config(row.name) for row in table.rows if row.file),
    ]
    configs = [block for path in paths for block in (Text(path.name), *config_blocks(path))]
    command = ["nnlab", "compare", "variants"]
    lines = [shlex.join([*command, str(files.config_yaml)])]
    lines += [shlex.join([*command, "--resume", str(files.path)])]
    commands: list[Block] = [
        Text("The first command repeats the comparison; the second resumes it."),
        Code("\n".join(lines), "commands that repeat or resume the comparison"),
    ]
    return Page(
        f"{record.name}: comparison {record.id}",
        summarize_verdict("comparison", record, names),
        [
            Section("Results", [variants_table(table), verdicts_table(table)]),
            Section("Plots", list(_images(run, table))),
            Section("Changes per variant", [_changes_table(table, files)]),
            Section("Runs", [_runs_table(table)]),
            Section("Config", configs),
            Section("Environment", environment_tables(run.record)),
            Section("Reproduce", commands),
        ],
        facts,
    )


def _images(run: StoredRun, table: VariantTable) -> Iterator[Block]:
    """Yield the stored plots; render those that are missing or older than the results."""
    means = [
        f"{row.name} {format_metric(row.mean.value)}"
        + (
            ""
            if row.mean.low is None or row.mean.high is None
            else f" (95 % interval {format_interval(row.mean.low, row.mean.high)})"
        )
        for row in table.rows
        if row.mean is not None
    ]
    if not means:
        return
    files = ComparisonFiles(run.path)
    try:
        for plot in comparison_plots(run.path, table, run.record.name):
            if plot.name == INTERVALS:
                alt = f"Mean of {table.metric} for each variant: {'; '.join(means)}."
                caption = f"{table.metric}: mean and 95 % interval"
            else:
                alt = f"Curves of {plot.name} over the epochs, mean and band for each variant: "
                alt += f"{', '.join(plot.variants)}."
                caption = f"{plot.name}: mean over the seeds, with a band"
            path = run.plots / f"{plot.name}.png"
            stored = None if files.is_outdated(path) else read_image(path, alt, caption)
            yield stored or render_image(plot.draw, "png", alt, caption)
    except DataError as error:
        yield Text(str(error))


def _changes_table(table: VariantTable, files: ComparisonFiles) -> Table:
    changes = [row.changes for row in table.rows]
    shared = {
        key: value
        for key, value in changes[0].items()
        if all(key in others and others[key] == value for others in changes)
    }
    rows = [(Cell("all variants", "dim"), Cell(_format_changes(shared)))] if shared else []
    for row in table.rows:
        own = {key: value for key, value in row.changes.items() if key not in shared}
        parts = [_describe_config(row, files) if row.file else "", _format_changes(own)]
        no_changes = "no other changes" if shared else "none (base config)"
        rows.append((Cell(row.name), Cell("; ".join(filter(None, parts)) or no_changes)))
    return Table("", (Column("variant"), Column("changes")), tuple(rows))


def _describe_config(row: VariantRow, files: ComparisonFiles) -> str:
    """Name the config of a variant, and how it differs from the base if both are readable."""
    name = f"config {row.file}"
    paths = [files.base_yaml, files.full_config(row.name)]
    try:
        trees = [read_yaml(path.read_text(encoding="utf-8"), path.name).tree for path in paths]
    except (OSError, UnicodeDecodeError, ConfigError):
        return name
    changes = {
        difference.path: difference.values[1]
        for difference in differences(trees)
        if difference.path not in _IGNORED_KEYS
    }
    if not changes:
        return f"{name}, identical to the base"
    first = dict(list(changes.items())[:_MAX_DIFFERENCES])
    rest = f"; and {len(changes) - len(first)} more" if len(changes) > len(first) else ""
    return f"{name}, different from the base: {_format_changes(first)}{rest}"


def _format_changes(changes: Mapping[str, Any]) -> str:
    return "; ".join(f"{key}: {format_yaml_value(value)}" for key, value in changes.items())


def _runs_table(table: VariantTable) -> Table:
    columns = (Column("variant"), *(Column(f"seed {seed}", right=True) for seed in table.seeds))
    rows = []
    for row in table.rows:
        cells = [Cell(row.name)]
        for seed in table.seeds:
            if seed in row.values:
                cells.append(Cell(format_metric(row.values[seed])))
            else:
                cells.append(Cell("failed", "error") if seed in row.failures else EMPTY_CELL)
        rows.append(tuple(cells))
    return Table(f"{table.metric} of each run", columns, tuple(rows))
