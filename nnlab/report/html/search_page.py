"""The report of a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnlab.report.html.drawing import stored_picture
from nnlab.report.html.page import Block, Code, Page, Section, Text
from nnlab.report.html.run_page import (
    config,
    curves,
    environment,
    predictions,
    read_figures,
    weights_and_gradients,
)
from nnlab.report.html.run_page import model as model_of
from nnlab.report.numbers import count_text, metric_text, plural, seconds_text
from nnlab.report.search_tables import search_tables, value_text
from nnlab.report.tables import Cell, Column, Table
from nnlab.runs import StoredRun, read_run
from nnlab.runs.search import SearchFiles, SearchRecord, read_search, read_trials
from nnlab.runs.trial import TrialRecord

_CAPTIONS = {
    "optimization_history": "The score of each trial, and the best so far",
    "parallel_coordinates": "Each trial as a line through its values to its score",
    "slices": "The score against each hyperparameter",
    "importance": "How much of the score each hyperparameter explains",
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
        f"{record.name}: search {record.id}",
        _lead(record, trials),
        [
            Section("Result", search_tables(record, trials)),
            Section("Pictures", list(_pictures(search, record, trials))),
            Section("Trials", [_trials(record, trials)]),
            *_best_sections(files),
            Section("Config with its search space", config(search.config_yaml)),
            Section("Environment", environment(search.record)),
            Section("How to repeat it", _repeat(files)),
        ],
        _facts(record, trials),
    )


def _lead(record: SearchRecord, trials: Sequence[TrialRecord]) -> str:
    words = f"The search is {record.status.value} after {plural(len(trials), 'trial')}."
    if record.best is not None:
        score = f"{record.objective} {metric_text(record.best['score'])}"
        words += f" The best is trial {record.best['number']}, {score}."
    return f"{words} {record.error}" if record.error else words


def _facts(record: SearchRecord, trials: Sequence[TrialRecord]) -> list[tuple[str, str]]:
    facts = [("trials", count_text(len(trials))), ("algorithm", record.algorithm)]
    if record.best is not None:
        name = f"best {record.objective}".replace("_", " ")
        facts.insert(0, (name, metric_text(record.best["score"])))
    if "total_s" in record.timing:
        facts.append(("time", seconds_text(record.timing["total_s"])))
    return facts


def _pictures(
    search: StoredRun, record: SearchRecord, trials: Sequence[TrialRecord]
) -> Iterator[Block]:
    best = "" if record.best is None else f", the best {metric_text(record.best['score'])}"
    about = f"{plural(len(trials), 'trial')} by {record.objective}{best}"
    for path in sorted(search.plots.glob("*.png")):
        caption = _CAPTIONS.get(path.stem, path.stem.replace("_", " "))
        if picture := stored_picture(path, f"{caption}: {about}.", caption):
            yield picture


def _trials(record: SearchRecord, trials: Sequence[TrialRecord]) -> Table:
    """Every trial in its order, with its values."""
    names = dict.fromkeys(name for trial in trials for name in trial.values)
    best = None if record.best is None else record.best["number"]
    columns = (
        Column("trial"),
        Column("status"),
        Column(record.objective, right=True),
        Column("epochs", right=True),
        Column("time", right=True),
        *(Column(name) for name in names),
    )
    rows = tuple(
        (
            Cell(str(trial.number)),
            Cell(trial.status.value, "bad" if trial.error else ""),
            _score(trial, is_best=trial.number == best),
            Cell(count_text(trial.epochs)),
            Cell(seconds_text(trial.seconds)),
            *(
                Cell(value_text(trial.values[name])) if name in trial.values else Cell("-", "dim")
                for name in names
            ),
        )
        for trial in trials
    )
    return Table("All trials", columns, rows, star="the best trial")


def _score(trial: TrialRecord, *, is_best: bool) -> Cell:
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


def _repeat(files: SearchFiles) -> list[Block]:
    lines = [f"nnlab tune {files.config_yaml}", f"nnlab tune --resume {files.path}"]
    words = "The first command repeats the search; the second goes on with it."
    return [Text(words), Code("\n".join(lines), "commands that repeat the search")]
