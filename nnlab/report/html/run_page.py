"""The report of a run: made of what lies in its folder, and of nothing else."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.analysis.weight_histograms import LayerHistograms
from nnlab.errors import DataError
from nnlab.report.html.captions import (
    confusion_words,
    curve_words,
    model_words,
    region_words,
    residual_words,
    spread_words,
)
from nnlab.report.html.images import drawn_picture, stored_picture
from nnlab.report.html.page import Block, Code, Page, Picture, Section, Text
from nnlab.report.runs.tables import run_tables
from nnlab.report.text.model_summary import ModelSummary
from nnlab.report.text.numbers import count_text, metric_text, percent_text, seconds_text
from nnlab.report.text.phrases import sentence
from nnlab.report.text.table import Cell, Column, Table
from nnlab.runs import StoredRun
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.records.run import RunRecord, RunStatus
from nnlab.text import plural

_NOT_RECORDED = "The run did not record it."
_LEARNING_RATE = "learning_rate"
_FACTS = 3
_ENDS = {
    RunStatus.RUNNING: "The run is at work",
    RunStatus.COMPLETE: "The run is complete",
    RunStatus.FAILED: "The run failed",
    RunStatus.INTERRUPTED: "The run was interrupted",
}


def run_page(run: StoredRun) -> Page:
    """The report of a run.

    Args:
        run: The run.

    Returns:
        The page. What the run lacks is left out, or said to be missing.

    Raises:
        DataError: A file of the run cannot be read.
    """
    record = run.record
    figures = read_figures(run)
    return Page(
        f"{record.name}: run {record.id}",
        lead(record),
        [
            Section("Result", result_tables(record)),
            Section("Curves", list(curves(run))),
            Section("Predictions", list(predictions(run, figures))),
            Section("Model", list(model(run))),
            Section("Weights and gradients", list(weights_and_gradients(run, figures))),
            Section("Config", config(run.config_yaml)),
            Section("Environment", environment(record)),
            Section("How to repeat it", repeat(run)),
        ],
        facts(record),
    )


def read_figures(run: StoredRun) -> dict[str, Any]:
    """The numbers behind a run's pictures; none where the run has kept none.

    Args:
        run: The run.

    Raises:
        DataError: They cannot be read.
    """
    return _read_json(run.figures_json)


def lead(record: RunRecord) -> str:
    """What came of a run, in a sentence or two.

    Args:
        record: The run.
    """
    where = f" on {record.device}" if record.device else ""
    words = f"{_ENDS[record.status]}{where}{_when(record)}."
    if record.best_epoch is not None and record.best_epoch != record.epochs_run:
        words += f" It keeps the weights of epoch {count_text(record.best_epoch)}."
    return f"{words} {sentence(record.error.removesuffix('.'))}" if record.error else words


def _when(record: RunRecord) -> str:
    """How far a run came."""
    if record.status is RunStatus.RUNNING and not record.epochs_run:
        return ""
    if record.epochs_run or record.status is RunStatus.COMPLETE:
        return f" after {plural(record.epochs_run, 'epoch')}"
    return " before its first epoch was over"


def facts(record: RunRecord) -> list[tuple[str, str]]:
    """The figures to see first.

    Args:
        record: The run.
    """
    parts = ("test_", "val_", "")
    names = sorted(
        (name for name in record.metrics if name != _LEARNING_RATE),
        key=lambda name: next(i for i, part in enumerate(parts) if name.startswith(part)),
    )
    shown = [(name.replace("_", " "), metric_text(record.metrics[name])) for name in names[:_FACTS]]
    shown.append(("epochs", count_text(record.epochs_run)))
    if record.params is not None:
        shown.append(("parameters", count_text(record.params)))
    if "total_s" in record.timing:
        shown.append(("time", seconds_text(record.timing["total_s"])))
    return shown


def result_tables(record: RunRecord) -> list[Block]:
    """Facts, metrics and times of a run.

    Args:
        record: The run.
    """
    return [table for table in run_tables(record) if table.title != "Environment"]


def curves(run: StoredRun) -> Iterator[Picture]:
    """A picture of each metric over the epochs.

    Args:
        run: The run.
    """
    history = read_history(run.metrics_csv)
    for metric in history:
        values = history[metric]
        is_still = metric == _LEARNING_RATE and len(set(values)) == 1
        if metric == "epoch" or metric.startswith("val_") or is_still or not values:
            continue
        words = curve_words(metric, history, run.record)
        found = stored_picture(run.plots / f"{metric}.png", words, metric)
        yield found or _drawn_curve(metric, history, run.record, words)


def _drawn_curve(
    metric: str, history: Mapping[str, Sequence[float]], record: RunRecord, words: str
) -> Picture:
    from nnlab.report.plots import plot_curves

    def draw(path: Path) -> None:
        plot_curves(history, metric, path, best_epoch=record.best_epoch, title=record.name)

    return drawn_picture(draw, ".png", words, metric)


def predictions(run: StoredRun, figures: Mapping[str, Any]) -> Iterator[Block]:
    """Confusion matrices or residuals, and decision regions.

    Args:
        run: The run.
        figures: The numbers behind its pictures.
    """
    kinds = (
        ("confusion_matrix*.png", confusion_words, "Confusion matrix"),
        ("residuals*.png", residual_words, "Predicted and true values"),
        ("decision_regions.png", region_words, "Decision regions"),
    )
    for pattern, in_words, name in kinds:
        for path in sorted(run.plots.glob(pattern)):
            shown = figures.get(path.stem)
            words = in_words(shown) if shown else f"{name}. {_NOT_RECORDED}"
            if shown and path.stem.endswith(f"_{shown.get('output')}"):
                words = f"Output {shown['output']}: {words}"
            if picture := stored_picture(path, words, words if shown else name):
                yield picture


def model(run: StoredRun) -> Iterator[Block]:
    """The model's picture and its layers.

    Args:
        run: The run.
    """
    values = _read_json(run.summary_json)
    if not values:
        yield Text(_NOT_RECORDED)
        return
    summary = ModelSummary.from_dict(values)
    from nnlab.report.plots.model import draw

    words = model_words(summary)
    yield drawn_picture(lambda path: draw(summary, path), ".svg", words, "The layers as a graph")
    table = summary.table()
    yield Table("Layers", table.columns, table.rows, notes=tuple(summary.totals()))


def weights_and_gradients(run: StoredRun, figures: Mapping[str, Any]) -> Iterator[Block]:
    """Histograms of weights and gradients first and last, and their figures in a table.

    Args:
        run: The run.
        figures: The numbers behind its pictures.
    """
    if run.record.status is not RunStatus.COMPLETE and run.record.best_epoch is None:
        # Without an epoch there is nothing to show; while the run is at work, not yet.
        return
    weights = _spreads(run, figures, "weights")
    gradients = _spreads(run, figures, "gradients")
    if not weights and not gradients:
        path = run.plots / "weights.png"
        if picture := stored_picture(path, f"Histograms of weights. {_NOT_RECORDED}", "Weights"):
            yield picture
        yield Text(f"Gradients: {_NOT_RECORDED}")
        return
    if weights:
        yield _spread_picture(run, weights, "Weights before the training and after it")
    if gradients:
        caption = "Sizes of the loss's gradient on one batch, before the training and after it"
        yield _spread_picture(run, gradients, caption)
    yield spread_table(weights, gradients)


def _spread_picture(run: StoredRun, spreads: Sequence[LayerHistograms], caption: str) -> Picture:
    from nnlab.report.plots import plot_spreads

    words, name, kind = spread_words(spreads), run.record.name, spreads[0].kind
    found = stored_picture(run.plots / f"{kind}.png", words, caption)
    title = name if kind == "weights" else f"{name}, {kind}"
    return found or drawn_picture(
        lambda path: plot_spreads(spreads, path, title=title), ".png", words, caption
    )


def spread_table(weights: Sequence[LayerHistograms], gradients: Sequence[LayerHistograms]) -> Table:
    """How each layer's weights and gradients changed.

    Args:
        weights: The spreads of the weights, by layer.
        gradients: Those of the gradients; they may be missing.

    Returns:
        A row for each layer.
    """
    found = {spread.layer: spread for spread in gradients}
    columns = (
        Column("layer"),
        Column("weights", right=True),
        Column("spread first", right=True),
        Column("spread last", right=True),
        Column("gradient first", right=True),
        Column("gradient last", right=True),
        Column("of it zero", right=True),
    )
    rows = []
    for spread in weights:
        gradient = found.get(spread.layer)
        cells = [count_text(spread.last.size), metric_text(spread.first.std)]
        cells += [metric_text(spread.last.std)]
        if gradient is None:
            cells += ["-"] * 3
        else:
            cells += [metric_text(gradient.first.norm), metric_text(gradient.last.norm)]
            cells += [percent_text(gradient.last.zeros / max(gradient.last.size, 1), 1)]
        rows.append((Cell(spread.layer), *map(Cell, cells)))
    notes = (
        "Spread: the standard deviation of the weights.",
        "Gradient: its norm on one batch of training rows, with the first and the last weights.",
        "Of it zero: the share of weights that the batch would not move at the end.",
    )
    return Table("Layers, first and last", columns, tuple(rows), notes=notes)


def config(path: Path) -> list[Block]:
    """A config as it lies in a folder.

    Args:
        path: The file.
    """
    try:
        text = path.read_text(encoding="utf-8").rstrip()
    except (OSError, UnicodeDecodeError) as error:
        return [Text(f"{path.name} cannot be read: {error}.")]
    return [Code(text, path.name)]


def environment(record: RunRecord) -> list[Block]:
    """What a run was made with.

    Args:
        record: The run.
    """
    return [table for table in run_tables(record) if table.title == "Environment"]


def repeat(run: StoredRun) -> list[Block]:
    """The commands that repeat a run.

    Args:
        run: The run.
    """
    known = run.record.environment
    versions = {"Python": known.get("python")} | (known.get("packages") or {})
    made_with = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    words = (
        "The first command repeats the run and says whether the numbers are the same to the bit; "
        "the second trains its config again."
    )
    if made_with:
        words += f" Other versions may come to other numbers; the run was made with {made_with}."
    lines = [
        shlex.join(["nnlab", "reproduce", str(run.path)]),
        shlex.join(["nnlab", "train", str(run.config_yaml)]),
    ]
    return [Text(words), Code("\n".join(lines), "commands that repeat the run")]


def _spreads(run: StoredRun, figures: Mapping[str, Any], kind: str) -> list[LayerHistograms]:
    try:
        return [LayerHistograms.from_dict(values) for values in figures.get(kind, ())]
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(run.figures_json, error) from error


def _read_json(path: Path) -> dict[str, Any]:
    """A file of the run; nothing where it is not there."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(values, dict):
        raise _unreadable(path, TypeError(f"a {type(values).__name__}"))
    return values


def _unreadable(path: Path, error: Exception) -> DataError:
    message = f"Expected {path} to be readable. Received: {type(error).__name__}: {error}."
    return DataError(f"{message} Something else has changed the file: restore it, or delete it.")
