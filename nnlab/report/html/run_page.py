"""The report of a run, made from the files in its folder."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.analysis.weight_histograms import LayerHistograms
from nnlab.config.metrics import LEARNING_RATE
from nnlab.errors import DataError
from nnlab.report.html.captions import (
    confusion_caption,
    curve_caption,
    histogram_caption,
    model_caption,
    region_caption,
    residual_caption,
)
from nnlab.report.html.page import Block, Code, Image, Page, Section, Text, read_image, render_image
from nnlab.report.runs.tables import run_tables
from nnlab.report.text.formatting import (
    format_count,
    format_metric,
    format_percent,
    format_seconds,
    format_sentence,
)
from nnlab.report.text.model_summary import ModelSummary
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table
from nnlab.runs import StoredRun
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.records.run import RunRecord, RunStatus
from nnlab.text import plural

if TYPE_CHECKING:
    from nnlab.runs.records.benchmark import BenchmarkRecord
    from nnlab.runs.records.comparison import ComparisonRecord

STATUS_PHRASES = {
    RunStatus.RUNNING: "is running",
    RunStatus.COMPLETE: "is complete",
    RunStatus.FAILED: "failed",
    RunStatus.INTERRUPTED: "was interrupted",
}

_NOT_RECORDED = "Not recorded by this run."
_MAX_METRIC_FACTS = 3


def run_page(run: StoredRun) -> Page:
    """Return the report of a run; missing files are left out or reported as missing."""
    record, plot_data = run.record, read_plot_data(run)
    prefixes = ("test_", "val_", "")
    names = sorted(
        (name for name in record.metrics if name != LEARNING_RATE),
        key=lambda name: next(i for i, prefix in enumerate(prefixes) if name.startswith(prefix)),
    )
    facts = [
        (name.replace("_", " "), format_metric(record.metrics[name]))
        for name in names[:_MAX_METRIC_FACTS]
    ]
    facts.append(("epochs", format_count(record.epochs_run)))
    if record.params is not None:
        facts.append(("parameters", format_count(record.params)))
    if "total_s" in record.timing:
        facts.append(("time", format_seconds(record.timing["total_s"])))
    return Page(
        f"{record.name}: run {record.id}",
        summarize_run(record),
        [
            Section("Results", [t for t in run_tables(record) if t.title != "Environment"]),
            Section("Curves", list(curve_images(run))),
            Section("Predictions", list(prediction_images(run, plot_data))),
            Section("Model", list(model_blocks(run))),
            Section("Weights and gradients", list(weight_blocks(run, plot_data))),
            Section("Config", config_blocks(run.config_yaml)),
            Section("Environment", environment_tables(record)),
            Section("Reproduce", _commands(run)),
        ],
        facts,
    )


def read_plot_data(run: StoredRun) -> dict[str, Any]:
    """Read the numbers behind a run's plots; empty if the run recorded none."""
    return _read_json(run.plot_data_json)


def summarize_run(record: RunRecord) -> str:
    """Describe the outcome of a run in one to three sentences."""
    progress = f" on {record.device}" if record.device else ""
    if record.epochs_run or record.status is RunStatus.COMPLETE:
        progress += f" after {plural(record.epochs_run, 'epoch')}"
    elif record.status is not RunStatus.RUNNING:
        progress += " before the end of its first epoch"
    summary = f"The run {STATUS_PHRASES[record.status]}{progress}."
    if record.best_epoch is not None and record.best_epoch != record.epochs_run:
        summary += f" The weights of epoch {format_count(record.best_epoch)} are kept."
    if not record.error:
        return summary
    return f"{summary} {format_sentence(record.error.removesuffix('.'))}"


def summarize_verdict(
    noun: str, record: BenchmarkRecord | ComparisonRecord, names: Iterable[str]
) -> str:
    """Return the verdict of a benchmark or comparison of the names, or else its status."""
    summary = format_sentence(record.verdict, names)
    summary = summary or f"The {noun} {STATUS_PHRASES[RunStatus(record.status)]}."
    return f"{summary} {record.error}" if record.error else summary


def curve_images(run: StoredRun) -> Iterator[Image]:
    """Yield an image of each metric over the epochs, except a constant learning rate."""
    history = read_history(run.metrics_csv)
    for metric, values in history.items():
        is_constant = metric == LEARNING_RATE and len(set(values)) == 1
        if metric == "epoch" or metric.startswith("val_") or is_constant or not values:
            continue
        alt = curve_caption(metric, history, run.record)
        image = read_image(run.plots / f"{metric}.png", alt, metric)
        if image is None:
            from nnlab.report.plots import plot_curves

            best, name = run.record.best_epoch, run.record.name
            draw = partial(plot_curves, history, metric, best_epoch=best, title=name)
            image = render_image(draw, "png", alt, metric)
        yield image


def prediction_images(run: StoredRun, plot_data: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the confusion matrices or residuals, and the decision regions."""
    kinds = (
        ("confusion_matrix*.png", confusion_caption, "Confusion matrix"),
        ("residuals*.png", residual_caption, "Predicted and true values"),
        ("decision_regions.png", region_caption, "Decision regions"),
    )
    for pattern, describe, name in kinds:
        for path in sorted(run.plots.glob(pattern)):
            values = plot_data.get(path.stem)
            alt = caption = describe(values) if values else name
            if not values:
                alt = f"{name}. {_NOT_RECORDED}"
            elif path.stem.endswith(f"_{values.get('output')}"):
                alt = caption = f"Output {values['output']}: {caption}"
            if image := read_image(path, alt, caption):
                yield image


def model_blocks(run: StoredRun) -> Iterator[Block]:
    """Yield the graph of the model, and a table of its layers."""
    values = _read_json(run.summary_json)
    if not values:
        yield Text(_NOT_RECORDED)
        return
    summary = ModelSummary.from_dict(values)
    from nnlab.report.plots.model import plot_model

    alt = model_caption(summary)
    yield render_image(lambda path: plot_model(summary, path), "svg", alt, "Graph of the layers")
    table = summary.table()
    yield Table("Layers", table.columns, table.rows, notes=tuple(summary.totals()))


def weight_blocks(run: StoredRun, plot_data: Mapping[str, Any]) -> Iterator[Block]:
    """Yield histograms of weights and gradients before and after training, and a table."""
    if run.record.status is not RunStatus.COMPLETE and run.record.best_epoch is None:
        # No epoch has finished.
        return
    weights = _read_histograms(run, plot_data, "weights")
    gradients = _read_histograms(run, plot_data, "gradients")
    if not weights and not gradients:
        path = run.plots / "weights.png"
        if image := read_image(path, f"Histograms of weights. {_NOT_RECORDED}", "Weights"):
            yield image
        yield Text(f"Gradients: {_NOT_RECORDED}")
        return
    if weights:
        yield _histogram_image(run, weights, "Weights before and after training")
    if gradients:
        caption = "Gradient magnitudes on one batch, before and after training"
        yield _histogram_image(run, gradients, caption)
    yield _histogram_table(weights, gradients)


def _histogram_image(run: StoredRun, layers: Sequence[LayerHistograms], caption: str) -> Image:
    alt, name, kind = histogram_caption(layers), run.record.name, layers[0].kind
    if image := read_image(run.plots / f"{kind}.png", alt, caption):
        return image
    from nnlab.report.plots import plot_histograms

    title = name if kind == "weights" else f"{name}, {kind}"
    draw = partial(plot_histograms, layers, title=title)
    return render_image(draw, "png", alt, caption)


def _histogram_table(
    weights: Sequence[LayerHistograms], gradients: Sequence[LayerHistograms]
) -> Table:
    """Return a row per layer with its weights and, if recorded, its gradients."""
    gradients_by_layer = {gradient.layer: gradient for gradient in gradients}
    columns = (
        Column("layer"),
        Column("weights", right=True),
        Column("std before", right=True),
        Column("std after", right=True),
        Column("gradient norm before", right=True),
        Column("gradient norm after", right=True),
        Column("zeros", right=True),
    )
    rows = []
    for weight in weights:
        cells = [
            Cell(weight.layer),
            Cell(format_count(weight.last.size)),
            Cell(format_metric(weight.first.std)),
            Cell(format_metric(weight.last.std)),
        ]
        gradient = gradients_by_layer.get(weight.layer)
        if gradient is None:
            cells += [EMPTY_CELL] * 3
        else:
            zeros = gradient.last.zeros / max(gradient.last.size, 1)
            cells += [
                Cell(format_metric(gradient.first.norm)),
                Cell(format_metric(gradient.last.norm)),
                Cell(format_percent(zeros, 1)),
            ]
        rows.append(tuple(cells))
    notes = (
        "std: standard deviation of the weights.",
        "gradient norm: measured on one batch of training rows.",
        "zeros: share of the weights with a zero gradient after training.",
    )
    return Table("Layers before and after training", columns, tuple(rows), notes=notes)


def config_blocks(path: Path) -> list[Block]:
    """Return the text of a config file, or the reason why it is unreadable."""
    try:
        text = path.read_text(encoding="utf-8").rstrip()
    except (OSError, UnicodeDecodeError) as error:
        return [Text(f"{path.name} is unreadable: {error}.")]
    return [Code(text, path.name)]


def environment_tables(record: RunRecord) -> list[Block]:
    """Return the table of versions, hardware and command line."""
    return [table for table in run_tables(record) if table.title == "Environment"]


def _commands(run: StoredRun) -> list[Block]:
    environment = run.record.environment
    packages = {"Python": environment.get("python")} | (environment.get("packages") or {})
    versions = ", ".join(f"{name} {version}" for name, version in packages.items() if version)
    text = (
        "The first command repeats the run and reports whether all numbers are equal; the second "
        "trains its config again."
    )
    if versions:
        text += f" The run used {versions}; other versions may give different numbers."
    lines = [
        shlex.join(["nnlab", "reproduce", str(run.path)]),
        shlex.join(["nnlab", "train", str(run.config_yaml)]),
    ]
    return [Text(text), Code("\n".join(lines), "commands that repeat the run")]


def _read_histograms(
    run: StoredRun, plot_data: Mapping[str, Any], kind: str
) -> list[LayerHistograms]:
    try:
        return [LayerHistograms.from_dict(values) for values in plot_data.get(kind, ())]
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(run.plot_data_json, error) from error


def _read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of the run; empty if the file is missing."""
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
    return DataError(f"{message} The file was changed by another program: restore or delete it.")
