"""Descriptions of a run's plots with their important values, for screen readers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.analysis.weight_histograms import LayerHistograms
from nnlab.report.text.formatting import format_count, format_metric, format_percent
from nnlab.report.text.model_summary import ModelSummary, format_shape
from nnlab.runs.records.run import RunRecord
from nnlab.text import join_names, plural

_MAX_CONFUSIONS = 3
_MAX_LAYERS = 12


def curve_caption(metric: str, history: Mapping[str, Sequence[float]], record: RunRecord) -> str:
    """Describe the curves of a metric, given without `val_`.

    Example:
        >>> history = {"loss": [0.9, 0.4], "val_loss": [0.8, 0.5]}
        >>> curve_caption("loss", history, RunRecord("a", "a", best_epoch=2))
        'Line chart of loss over 2 epochs. Training: 0.9000 to 0.4000, best 0.4000 in epoch 2. \
Validation: 0.8000 to 0.5000, best 0.5000 in epoch 2. The weights of epoch 2 are kept.'
    """
    columns = [("Training", metric), ("Validation", f"val_{metric}")]
    curves = [(label, list(history[name])) for label, name in columns if name in history]
    epochs = plural(max((len(values) for _, values in curves), default=0), "epoch")
    sentences = [f"Line chart of {metric} over {epochs}."]
    direction = record.direction(metric)
    for label, values in curves:
        finite = [value for value in values if math.isfinite(value)]
        if not finite:
            sentences.append(f"{label}: no finite values.")
            continue
        text = f"{label}: {format_metric(values[0])} to {format_metric(values[-1])}"
        if direction is not None:
            best = max(finite) if direction == "max" else min(finite)
            epoch = format_count(values.index(best) + 1)
            text += f", best {format_metric(best)} in epoch {epoch}"
        sentences.append(f"{text}.")
    if record.best_epoch is not None:
        sentences.append(f"The weights of epoch {format_count(record.best_epoch)} are kept.")
    return " ".join(sentences)


def confusion_caption(plot_data: Mapping[str, Any]) -> str:
    """Describe a confusion matrix by its `part`, `classes` and `counts`.

    Example:
        >>> counts = [[8, 2], [0, 10]]
        >>> confusion_caption({"part": "test", "classes": ["cat", "dog"], "counts": counts})
        'Confusion matrix of 2 classes on 20 test rows: 90.0 % correct. Most frequent errors: \
cat predicted as dog (2).'
    """
    classes, counts = plot_data["classes"], plot_data["counts"]
    total = sum(map(sum, counts))
    correct = sum(counts[i][i] for i in range(len(classes)))
    errors = [
        (count, classes[i], classes[j])
        for i, row in enumerate(counts)
        for j, count in enumerate(row)
        if i != j and count
    ]
    errors.sort(key=lambda error: -error[0])
    rows = f"{format_count(total)} {plot_data['part']} rows"
    accuracy = format_percent(correct / max(total, 1), 1)
    caption = f"Confusion matrix of {len(classes)} classes on {rows}: {accuracy} correct."
    if not errors:
        return caption
    largest = [
        f"{true} predicted as {predicted} ({format_count(count)})"
        for count, true, predicted in errors[:_MAX_CONFUSIONS]
    ]
    return f"{caption} Most frequent errors: {', '.join(largest)}."


def residual_caption(plot_data: Mapping[str, Any]) -> str:
    """Describe predictions and residuals by their `part`, `rows`, `mae`, `rmse` and `r2`."""
    rows = plural(plot_data["rows"], f"{plot_data['part']} row")
    caption = f"Predicted against true values of {rows}, and the distribution of the residuals."
    if plot_data["mae"] is None:
        return f"{caption} No prediction is finite."
    metrics = f"Mean absolute error {format_metric(plot_data['mae'])}"
    metrics += f", root mean squared error {format_metric(plot_data['rmse'])}"
    if plot_data["r2"] is not None:
        metrics += f", R squared {format_metric(plot_data['r2'])}"
    return f"{caption} {metrics}."


def region_caption(plot_data: Mapping[str, Any]) -> str:
    """Describe decision regions by their `features`, `classes`, `rows` and `right`."""
    plane = " and ".join(plot_data["features"])
    classes = ", ".join(plot_data["classes"])
    share, rows = format_percent(plot_data["right"], 1), plural(plot_data["rows"], "training row")
    return (
        f"Decision regions in the plane of {plane}, colored by predicted class: {classes}. "
        f"{share} of {rows} are in the region of their class."
    )


def histogram_caption(layers: Sequence[LayerHistograms]) -> str:
    """Describe the histograms of layers, all of weights or all of gradients."""
    if layers[0].kind == "weights":
        quantity, statistic = "weights", "Standard deviations"
        values = [(layer.first.std, layer.last.std) for layer in layers]
    else:
        quantity, statistic = "gradient magnitudes", "Norms"
        values = [(layer.first.norm, layer.last.norm) for layer in layers]
    changes = [
        f"{layer.layer} {format_metric(before)} to {format_metric(after)}"
        for layer, (before, after) in zip(layers, values, strict=True)
    ]
    count = plural(len(layers), "layer")
    return (
        f"Histograms of the {quantity} of {count}, before and after training. "
        f"{statistic}: {join_names(changes, _MAX_LAYERS)}."
    )


def model_caption(summary: ModelSummary) -> str:
    """Describe the graph of a model by its layers."""
    layers = [
        f"{layer.name} ({layer.type}, output {format_shape(layer.output_shape)}"
        + (f", inputs {', '.join(layer.inbound)})" if len(layer.inbound) > 1 else ")")
        for layer in summary.layers
    ]
    size = f"{plural(len(layers), 'layer')} and {plural(summary.params, 'parameter')}"
    return f"Graph of the model with {size}: {'; '.join(layers)}."
