"""What the pictures of a run show, in words and figures: for whoever cannot see them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.analysis.weight_histograms import LayerHistograms
from nnlab.report.text.model_summary import ModelSummary, shape_text
from nnlab.report.text.numbers import count_text, metric_text, percent_text
from nnlab.runs.records.run import RunRecord
from nnlab.text import plural

_CONFUSIONS = 3
_LAYERS = 12


def curve_words(metric: str, history: Mapping[str, Sequence[float]], record: RunRecord) -> str:
    """The curves of a metric.

    Args:
        metric: The metric, without `val_`.
        history: The columns of metrics.csv.
        record: The run.

    Returns:
        A few sentences.

    Example:
        >>> history = {"loss": [0.9, 0.4], "val_loss": [0.8, 0.5]}
        >>> curve_words("loss", history, RunRecord("a", "a", best_epoch=2))
        'Line chart of loss over 2 epochs. Training: from 0.9000 to 0.4000, at its best 0.4000 in \
epoch 2. Validation: from 0.8000 to 0.5000, at its best 0.5000 in epoch 2. The run keeps epoch 2.'
    """
    parts = [("Training", metric), ("Validation", f"val_{metric}")]
    shown = [(label, list(history[name])) for label, name in parts if name in history]
    epochs = plural(max((len(values) for _, values in shown), default=0), "epoch")
    words = [f"Line chart of {metric} over {epochs}."]
    pick = max if record.direction(metric) == "max" else min
    for label, values in shown:
        finite = [value for value in values if math.isfinite(value)]
        if not finite:
            words.append(f"{label}: no finite values.")
            continue
        best = pick(finite)
        ends = f"from {metric_text(values[0])} to {metric_text(values[-1])}"
        where = f"at its best {metric_text(best)} in epoch {count_text(values.index(best) + 1)}"
        is_known = record.direction(metric) is not None
        words.append(f"{label}: {ends}, {where}." if is_known else f"{label}: {ends}.")
    if record.best_epoch is not None:
        words.append(f"The run keeps epoch {count_text(record.best_epoch)}.")
    return " ".join(words)


def confusion_words(shown: Mapping[str, Any]) -> str:
    """A confusion matrix.

    Args:
        shown: What figures.json holds of it: `part`, `classes`, `counts`.

    Returns:
        A few sentences.

    Example:
        >>> counts = [[8, 2], [0, 10]]
        >>> confusion_words({"part": "test", "classes": ["cat", "dog"], "counts": counts})
        'Confusion matrix of 2 classes on 20 test rows: 90.0 % right. Most often wrong: cat taken \
for dog (2).'
    """
    classes, counts = shown["classes"], shown["counts"]
    total = sum(map(sum, counts))
    right = sum(counts[i][i] for i in range(len(classes)))
    wrong = [
        (count, classes[i], classes[j])
        for i, row in enumerate(counts)
        for j, count in enumerate(row)
        if i != j and count
    ]
    wrong.sort(key=lambda one: -one[0])
    head = f"Confusion matrix of {len(classes)} classes on {count_text(total)} {shown['part']} rows"
    words = f"{head}: {percent_text(right / max(total, 1), 1)} right."
    if not wrong:
        return words
    worst = [f"{true} taken for {made} ({count_text(n)})" for n, true, made in wrong[:_CONFUSIONS]]
    return f"{words} Most often wrong: {', '.join(worst)}."


def residual_words(shown: Mapping[str, Any]) -> str:
    """Predicted against true numbers.

    Args:
        shown: What figures.json holds of it: `part`, `rows`, `mae`, `rmse`, `r2`.

    Returns:
        A sentence or two.
    """
    head = f"Predicted against true values of {plural(shown['rows'], shown['part'] + ' row')}"
    words = f"{head}, and the distribution of their differences."
    if shown["mae"] is None:
        return f"{words} No prediction is finite."
    errors = f"Mean absolute error {metric_text(shown['mae'])}"
    errors += f", root mean square error {metric_text(shown['rmse'])}"
    if shown["r2"] is not None:
        errors += f", R squared {metric_text(shown['r2'])}"
    return f"{words} {errors}."


def region_words(shown: Mapping[str, Any]) -> str:
    """Decision regions.

    Args:
        shown: What figures.json holds of it: `features`, `classes`, `rows`, `right`.

    Returns:
        A sentence.
    """
    plane = " and ".join(shown["features"])
    classes = ", ".join(shown["classes"])
    rows = plural(shown["rows"], "training row")
    return (
        f"The plane of {plane}, coloured by the class that the model gives to each place: "
        f"{classes}. On it {rows}, of which {percent_text(shown['right'], 1)} lie in the region of "
        "their class."
    )


def spread_words(spreads: Sequence[LayerHistograms]) -> str:
    """Histograms of weights or gradients.

    Args:
        spreads: The layers, all of one kind.

    Returns:
        A sentence for the whole, and a clause for each of the first layers.
    """
    kind = spreads[0].kind
    layers = plural(len(spreads), "layer")
    if kind == "weights":
        head = f"Histograms of the weights of {layers}, before the training and after it."
        name, figures = "Standard deviations", [(s.first.std, s.last.std) for s in spreads]
    else:
        head = f"Histograms of the sizes of the loss's gradient in {layers}, before and after."
        name, figures = "Norms", [(s.first.norm, s.last.norm) for s in spreads]
    changes = [
        f"{spread.layer} {metric_text(first)} to {metric_text(last)}"
        for spread, (first, last) in zip(spreads[:_LAYERS], figures, strict=False)
    ]
    rest = "" if len(spreads) <= _LAYERS else ", and so on"
    return f"{head} {name}: {', '.join(changes)}{rest}."


def model_words(summary: ModelSummary) -> str:
    """The picture of a model.

    Args:
        summary: The model.

    Returns:
        Its layers in their order, with their outputs.
    """
    layers = [
        f"{layer.name} ({layer.type}, out {shape_text(layer.output_shape)}"
        + (f", from {', '.join(layer.inbound)})" if len(layer.inbound) > 1 else ")")
        for layer in summary.layers
    ]
    head = f"The model as a graph of {plural(len(layers), 'layer')}"
    return f"{head} and {plural(summary.params, 'parameter')}: {'; '.join(layers)}."
