"""The pictures of a run that has ended: what was logged, learnt and predicted, as plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.config.schema.cross_checks import LEARNING_RATE
from nnlab.config.vocabulary.losses import Loss
from nnlab.data import PreparedData, Rows, TargetSpec
from nnlab.engine.models.prediction import predict
from nnlab.engine.training.gradients import kernel_gradients, kernels

# More would make no other picture, and on a large test set a run that ends waits for it.
_MOST_ROWS = 50_000
_PLANE = 2

Figures = dict[str, Any]
"""What pictures show in figures, by their names: plain data for plot_data.json."""


@dataclass(frozen=True)
class Trained:
    """What pictures are drawn from.

    Args:
        experiment: The experiment.
        data: Its data.
        model: The model, with the weights that the run reports on.
        history: Each epoch's values by name.
        best_epoch: The epoch of those weights, from 1; None where no epoch ended.
        first_weights: What `get_weights` gave before the training.
        batch: Some training rows as the model takes them: inputs, targets and perhaps weights.
    """

    experiment: Experiment
    data: PreparedData
    model: keras.Model
    history: Sequence[Mapping[str, float]]
    best_epoch: int | None
    first_weights: Sequence[NDArray[Any]]
    batch: tuple[Any, ...]


def draw_plots(trained: Trained, folder: Path) -> Iterator[Figures]:
    """Draw what suits the problem: curves, weights, confusion matrix or residuals, regions.

    Args:
        trained: What was trained.
        folder: Where the PNGs go.

    Yields:
        What a picture shows in figures, after each picture: the caller may leave out the rest.
        Curves show no more than metrics.csv holds.

    Raises:
        RunFailedError: The disk refuses.
    """
    yield from _curves(trained, folder)
    yield from _spreads(trained, folder)
    yield from _predictions(trained, folder)
    yield from _regions(trained, folder)


# Matplotlib takes most of a second to load: each of these loads it, so that whoever only wants to
# train never does.


def _curves(trained: Trained, folder: Path) -> Iterator[Figures]:
    from nnlab.report.plots import plot_curves

    epochs = trained.history
    history = {name: [logs[name] for logs in epochs] for name in (epochs[0] if epochs else ())}
    for metric, values in history.items():
        if metric.startswith("val_") or (metric == LEARNING_RATE and len(set(values)) == 1):
            continue
        path, title = folder / f"{metric}.png", trained.experiment.name
        plot_curves(history, metric, path, best_epoch=trained.best_epoch, title=title)
        yield {}


def _spreads(trained: Trained, folder: Path) -> Iterator[Figures]:
    from nnlab.analysis.weight_histograms import layer_histograms
    from nnlab.report.plots import plot_histograms

    model = trained.model
    last, last_weights = kernels(model), model.get_weights()
    if not last:
        return
    model.set_weights(trained.first_weights)
    first = kernels(model)
    model.set_weights(last_weights)
    weights = layer_histograms("weights", first, last)
    plot_histograms(weights, folder / "weights.png", title=trained.experiment.name)
    gradients = layer_histograms(
        "gradients",
        kernel_gradients(model, trained.batch, trained.first_weights),
        kernel_gradients(model, trained.batch, last_weights),
    )
    yield {
        "weights": [spread.to_dict() for spread in weights],
        "gradients": [spread.to_dict() for spread in gradients],
    }


def _predictions(trained: Trained, folder: Path) -> Iterator[Figures]:
    from nnlab.report.plots import plot_confusion_matrix, plot_residuals
    from nnlab.report.plots.confusion import count_confusions
    from nnlab.report.plots.residuals import residual_metrics

    part, rows = _unseen(trained.data)
    names = trained.experiment.model.output_names
    title = f"{trained.experiment.name}, {part} rows"
    outputs = predict(trained.model, rows.inputs, names)
    for name, target in trained.data.targets.items():
        suffix = f"_{name}" if len(names) > 1 else ""
        true, made = rows.targets[name], outputs[name]
        if target.kind == "classes":
            predicted = predicted_codes(made, _loss(trained.experiment, name))
            codes = _true_codes(true, target)
            path = folder / f"confusion_matrix{suffix}.png"
            plot_confusion_matrix(codes, predicted, target.classes, path, title=title)
            counts = count_confusions(codes, predicted, len(target.classes))
            shown = {"classes": [*map(str, target.classes)], "counts": counts.tolist()}
        else:
            path = folder / f"residuals{suffix}.png"
            plot_residuals(true, made, path, title=title)
            shown = residual_metrics(true, made)
        yield {path.stem: {"part": part, "output": name} | shown}


def _regions(trained: Trained, folder: Path) -> Iterator[Figures]:
    from nnlab.report.plots import Plane, plot_decision_regions

    data = trained.data
    spec, target = next(iter(data.inputs.values())), next(iter(data.targets.values()))
    alone = len(data.inputs) == len(data.targets) == 1
    if not alone or spec.shape != (_PLANE,) or target.kind != "classes":
        return
    (name,) = trained.experiment.model.output_names
    loss = _loss(trained.experiment, name)

    def classify(points: NDArray[np.float32]) -> NDArray[np.intp]:
        outputs = predict(trained.model, {spec.name: points.astype(spec.dtype)}, (name,))
        return predicted_codes(outputs[name], loss)

    columns = tuple(column.name for column in spec.columns) or ("feature 1", "feature 2")
    # The rows that it was trained on: what it learnt of them, and what only by heart.
    plane = Plane(
        data.train.inputs[spec.name],
        _true_codes(data.train.targets[target.name], target),
        target.classes,
        columns,
    )
    path, title = folder / "decision_regions.png", trained.experiment.name
    plot_decision_regions(plane, classify, path, title=title)
    right = float(np.mean(classify(np.asarray(plane.features, np.float32)) == plane.classes))
    yield {
        "decision_regions": {
            "features": list(columns),
            "classes": [*map(str, target.classes)],
            "rows": len(plane.features),
            "right": right,
        }
    }


def predicted_codes(outputs: NDArray[Any], loss: Loss) -> NDArray[np.intp]:
    """The classes that a model's outputs mean.

    Args:
        outputs: [rows, units].
        loss: The output's loss, which says what a single unit means.

    Returns:
        Codes from 0, [rows].

    Example:
        >>> predicted_codes(np.array([[0.2], [0.7]]), Loss.parse("bce")).tolist()
        [0, 1]
    """
    if outputs.shape[-1] > 1:
        return np.asarray(outputs.argmax(axis=-1), np.intp)
    # A margin is either side of 0, and so is a logit.
    is_signed = loss.outputs == "margin" or bool(getattr(loss, "from_logits", False))
    return np.asarray(outputs.reshape(-1) > (0.0 if is_signed else 0.5), np.intp)


def _true_codes(values: NDArray[Any], target: TargetSpec) -> NDArray[np.intp]:
    if target.encoding == "one_hot":
        return np.asarray(values.argmax(axis=-1), np.intp)
    return np.asarray(np.rint(values).reshape(-1), np.intp)


def _unseen(data: PreparedData) -> tuple[str, Rows]:
    """The rows that say most of what the model is worth."""
    parts = {"test": data.test, "validation": data.validation, "training": data.train}
    part, rows = next((part, rows) for part, rows in parts.items() if rows is not None)
    return part, Rows(
        {name: values[:_MOST_ROWS] for name, values in rows.inputs.items()},
        {name: values[:_MOST_ROWS] for name, values in rows.targets.items()},
    )


def _loss(experiment: Experiment, output: str) -> Loss:
    loss = experiment.training.loss
    return loss[output] if isinstance(loss, dict) else loss
