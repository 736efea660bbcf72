"""The report of a search."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from nnlab.report.html.images import stored_picture
from nnlab.report.html.page import Block, Code, Page, Section
from nnlab.report.html.run_page import (
    config,
    curves,
    environment,
    predictions,
    read_figures,
    weights_and_gradients,
)
from nnlab.report.html.run_page import model as model_of
from nnlab.report.search.suggested_commands import resume_commands
from nnlab.report.search.summary import retrain_mismatch, score_conditions
from nnlab.report.search.tables import parent_trial, search_tables, used_markers, values_cell
from nnlab.report.text.numbers import count_text, metric_text, seconds_text
from nnlab.report.text.table import Cell, Column, Table
from nnlab.runs import RunStatus, StoredRun, read_run
from nnlab.runs.records.search import SearchFiles, SearchRecord, read_search, read_trials
from nnlab.runs.records.trial import FrozenTrial, ranked
from nnlab.text import plural

_CAPTIONS = {
    "optimization_history": "The score of each trial, and the best so far",
    "parallel_coordinates": "Each trial as a line through its values to its score",
    "slices": "The score against each hyperparameter",
    "importance": "How much of the score each hyperparameter explains",
}
_ENDED = {
    RunStatus.RUNNING: "is at work,",
    RunStatus.COMPLETE: "is complete",
    RunStatus.FAILED: "failed",
    RunStatus.INTERRUPTED: "was interrupted",
}


def search_page(search: StoredRun) -> Page:
    """The report of a search.

    Args:
        search: The search, as a run among runs.

    Returns:
        The page, with that of the best run in it where that was trained again.

    Raises:
        DataError: A file of the search cannot be read.
    """
    record, files = read_search(search.path), SearchFiles(search.path)
    trials = read_trials(search.path)
    return Page(
        record.id,
        _lead(record, trials),
        [
            Section("Result", search_tables(record, trials)),
            Section("Pictures", list(_pictures(search, record, trials))),
            Section("Trials", [_trials(record, trials)]),
            *_best_sections(files),
            Section("Config with its search space", config(search.config_yaml)),
            Section("Environment", environment(search.record)),
            Section("How to repeat it", _repeat(record, files)),
        ],
        _facts(record, trials),
    )


def _lead(record: SearchRecord, trials: Sequence[FrozenTrial]) -> str:
    over = sum(trial.is_finished for trial in trials)
    words = f"The search {_ENDED[record.status]} after {plural(over, 'trial')}."
    best = next(iter(ranked(trials, record.direction)), None)
    if best is not None:
        reached = score_conditions(record, best)
        score = f"{record.objective} {metric_text(best.score or 0)}{reached and f', {reached}'}"
        words += f" The best is trial {best.number}, {score}."
        otherwise = retrain_mismatch(record, best)
        if record.retrained and otherwise:
            words += f" Its config was trained once more: {otherwise}."
    return f"{words} {record.error}" if record.error else words


def _facts(record: SearchRecord, trials: Sequence[FrozenTrial]) -> list[tuple[str, str]]:
    facts = []
    if record.best is not None:
        name = f"best {record.objective}".replace("_", " ")
        facts.append((name, metric_text(record.best["score"])))
        facts += _tested(record)
    over = sum(trial.is_finished for trial in trials)
    facts += [("trials", count_text(over)), ("algorithm", record.algorithm)]
    if "total_s" in record.timing:
        facts.append(("time", seconds_text(record.timing["total_s"])))
    return facts


def _tested(record: SearchRecord) -> list[tuple[str, str]]:
    """The test score of the best, retrained: of the objective, else the first there is."""
    tested = {k: v for k, v in (record.retrained or {}).items() if k.startswith("test_")}
    wanted = f"test_{record.objective.removeprefix('val_')}"
    name = wanted if wanted in tested else next(iter(tested), None)
    if name is None:
        return []
    return [(f"{name.replace('_', ' ')}, retrained", metric_text(tested[name]))]


def _pictures(
    search: StoredRun, record: SearchRecord, trials: Sequence[FrozenTrial]
) -> Iterator[Block]:
    best = "" if record.best is None else f", the best {metric_text(record.best['score'])}"
    about = (
        f"{plural(sum(trial.is_finished for trial in trials), 'trial')} by {record.objective}{best}"
    )
    for path in sorted(search.plots.glob("*.png")):
        caption = _CAPTIONS.get(path.stem, path.stem.replace("_", " "))
        if picture := stored_picture(path, f"{caption}: {about}.", caption):
            yield picture


def _trials(record: SearchRecord, trials: Sequence[FrozenTrial]) -> Table:
    """Every trial in its order, with its values; repetitions share a column."""
    markers = used_markers(record, trials)
    best = None if record.best is None else record.best["number"]
    repeated = any(trial.spread is not None for trial in trials)
    by_rungs = record.algorithm == "hyperband"
    columns = (
        Column("trial"),
        Column("status"),
        Column(record.objective, right=True),
        *((Column("spread", right=True),) if repeated else ()),
        Column("epochs run", right=True),
        *((Column("goes on from"),) if by_rungs else ()),
        Column("time", right=True),
        *(Column(name) for name in markers.values()),
    )
    rows = tuple(
        (
            Cell(str(trial.number)),
            Cell(trial.status.value, "bad" if trial.error else ""),
            _score(trial, is_best=trial.number == best),
            *((_spread(trial),) if repeated else ()),
            Cell(count_text(trial.epochs) if trial.is_finished else "-"),
            *((parent_trial(trial),) if by_rungs else ()),
            Cell(seconds_text(trial.seconds) if trial.is_finished else "-"),
            *(values_cell(trial, marker) for marker in markers),
        )
        for trial in trials
    )
    return Table("All trials", columns, rows, star="the best trial")


def _spread(trial: FrozenTrial) -> Cell:
    return Cell("-", "dim") if trial.spread is None else Cell(metric_text(trial.spread))


def _score(trial: FrozenTrial, *, is_best: bool) -> Cell:
    if trial.score is None:
        return Cell("-", "dim")
    return Cell(metric_text(trial.score), "best" if is_best else "")


def _best_sections(files: SearchFiles) -> list[Section]:
    """What the report of the best run shows, where it was trained again; else its config alone."""
    sections = [Section("Config of the best trial", config(files.best_yaml))]
    if not files.best.joinpath("record.json").is_file():
        return sections if files.best_yaml.is_file() else []
    best = read_run(files.best)
    figures = read_figures(best)
    return [
        *sections,
        Section("Curves of the best", list(curves(best))),
        Section("Predictions of the best", list(predictions(best, figures))),
        Section("Model of the best", list(model_of(best))),
        Section("Weights and gradients of the best", list(weights_and_gradients(best, figures))),
    ]


def _repeat(record: SearchRecord, files: SearchFiles) -> list[Block]:
    commands = [(f"nnlab tune {shlex.quote(str(files.config_yaml))}", "repeat the search")]
    commands += resume_commands(record, files.path)
    lines = [f"# {words}\n{command}" for command, words in commands]
    return [Code("\n".join(lines), "commands that repeat the search or go on with it")]
