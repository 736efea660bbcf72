"""The report of a search."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from nnlab.report.html.page import Code, Page, Section, read_image
from nnlab.report.html.run_page import (
    STATUS_PHRASES,
    config_blocks,
    curve_images,
    environment_tables,
    model_blocks,
    prediction_images,
    read_plot_data,
    weight_blocks,
)
from nnlab.report.search.suggested_commands import resume_commands
from nnlab.report.search.summary import retrain_mismatch, score_conditions
from nnlab.report.search.tables import (
    hyperparameter_cell,
    hyperparameter_columns,
    parent_cell,
    search_tables,
)
from nnlab.report.text.formatting import format_count, format_metric, format_seconds
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table
from nnlab.runs import RunStatus, StoredRun, read_run
from nnlab.runs.records.search import SearchFiles, SearchRecord, read_search, read_trials
from nnlab.runs.records.trial import FrozenTrial, rank_trials
from nnlab.text import plural

_CAPTIONS = {
    "optimization_history": "Score of each trial, and the best so far",
    "parallel_coordinates": "Each trial as a line through its values, colored by score",
    "slices": "Score by each hyperparameter",
    "importance": "Importance of each hyperparameter for the score",
}


def search_page(search: StoredRun) -> Page:
    """Return the report of a search, including that of the best run if it was retrained."""
    record, files = read_search(search.path), SearchFiles(search.path)
    trials = read_trials(search.path)
    best = "" if record.best is None else f", best {format_metric(record.best['score'])}"
    result = f"{plural(_count_finished(trials), 'trial')} by {record.objective}{best}"
    images = []
    for path in sorted(search.plots.glob("*.png")):
        caption = _CAPTIONS.get(path.stem, path.stem.replace("_", " "))
        images.append(read_image(path, f"{caption}: {result}.", caption))
    commands = [
        (f"nnlab tune {shlex.quote(str(files.config_yaml))}", "repeat the search"),
        *resume_commands(record, files.path),
    ]
    lines = [f"# {description}\n{command}" for command, description in commands]
    return Page(
        record.id,
        _summarize(record, trials),
        [
            Section("Results", search_tables(record, trials)),
            Section("Plots", [image for image in images if image]),
            Section("Trials", [_trials_table(record, trials)]),
            *_best_sections(files),
            Section("Config and search space", config_blocks(search.config_yaml)),
            Section("Environment", environment_tables(search.record)),
            Section(
                "Reproduce",
                [Code("\n".join(lines), "commands that repeat or resume the search")],
            ),
        ],
        _facts(record, trials),
    )


def _summarize(record: SearchRecord, trials: Sequence[FrozenTrial]) -> str:
    finished = plural(_count_finished(trials), "trial")
    if record.status is RunStatus.RUNNING:
        summary = f"The search is running, {finished} finished."
    else:
        summary = f"The search {STATUS_PHRASES[record.status]} after {finished}."
    best = next(iter(rank_trials(trials, record.direction)), None)
    if best is not None:
        conditions = score_conditions(record, best)
        score = f"{record.objective} {format_metric(best.score or 0)}"
        summary += f" The best is trial {best.number}, {score}{conditions and f', {conditions}'}."
        mismatch = retrain_mismatch(record, best)
        if record.final_metrics and mismatch:
            summary += f" Its config was retrained: {mismatch}."
    return f"{summary} {record.error}" if record.error else summary


def _facts(record: SearchRecord, trials: Sequence[FrozenTrial]) -> list[tuple[str, str]]:
    facts = []
    if record.best is not None:
        name = f"best {record.objective}".replace("_", " ")
        facts.append((name, format_metric(record.best["score"])))
        # Of the retrained best trial, one metric is shown: preferably the objective.
        preferred = f"test_{record.objective.removeprefix('val_')}"
        metrics = {k: v for k, v in (record.final_metrics or {}).items() if k.startswith("test_")}
        facts += [
            (f"{name.replace('_', ' ')}, retrained", format_metric(metrics[name]))
            for name in sorted(metrics, key=lambda name: name != preferred)[:1]
        ]
    facts += [
        ("trials", format_count(_count_finished(trials))),
        ("algorithm", record.algorithm),
    ]
    if "total_s" in record.timing:
        facts.append(("time", format_seconds(record.timing["total_s"])))
    return facts


def _count_finished(trials: Sequence[FrozenTrial]) -> int:
    return sum(trial.is_finished for trial in trials)


def _trials_table(record: SearchRecord, trials: Sequence[FrozenTrial]) -> Table:
    """Return every trial in order with its values; repetitions share a column."""
    markers = hyperparameter_columns(record, trials)
    best = None if record.best is None else record.best["number"]
    has_spread = any(trial.spread is not None for trial in trials)
    has_parents = record.algorithm == "hyperband"
    columns = (
        Column("trial"),
        Column("status"),
        Column(record.objective, right=True),
        *((Column("std", right=True),) if has_spread else ()),
        Column("epochs run", right=True),
        *((Column("parent"),) if has_parents else ()),
        Column("time", right=True),
        *(Column(name) for name in markers.values()),
    )
    rows = []
    for trial in trials:
        score = spread = EMPTY_CELL
        if trial.score is not None:
            score = Cell(format_metric(trial.score), "best" if trial.number == best else "")
        if trial.spread is not None:
            spread = Cell(format_metric(trial.spread))
        rows.append(
            (
                Cell(str(trial.number)),
                Cell(trial.status.value, "error" if trial.error else ""),
                score,
                *((spread,) if has_spread else ()),
                Cell(format_count(trial.epochs) if trial.is_finished else "-"),
                *((parent_cell(trial),) if has_parents else ()),
                Cell(format_seconds(trial.seconds) if trial.is_finished else "-"),
                *(hyperparameter_cell(trial, marker) for marker in markers),
            )
        )
    return Table("All trials", columns, tuple(rows), star_note="best trial")


def _best_sections(files: SearchFiles) -> list[Section]:
    """Return the config of the best trial, and the report's sections if it was retrained."""
    sections = [Section("Config of the best trial", config_blocks(files.best_yaml))]
    if not files.best.joinpath("record.json").is_file():
        return sections if files.best_yaml.is_file() else []
    best = read_run(files.best)
    plot_data = read_plot_data(best)
    return [
        *sections,
        Section("Curves of the best trial", list(curve_images(best))),
        Section("Predictions of the best trial", list(prediction_images(best, plot_data))),
        Section("Model of the best trial", list(model_blocks(best))),
        Section("Weights and gradients of the best trial", list(weight_blocks(best, plot_data))),
    ]
