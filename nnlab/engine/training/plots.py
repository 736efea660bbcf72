"""The plots of a finished training: curves, weights, predictions, decision regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.config.metrics import LEARNING_RATE
from nnlab.config.vocabulary.losses import Loss
from nnlab.data import PreparedData, TargetSpec
from nnlab.engine.models.prediction import predict
from nnlab.engine.training.gradients import kernel_gradients, kernels

# More rows would not change the plots, and delay the end of the run.
_MAX_ROWS = 50_000
_PLANE_FEATURES = 2

PlotData = dict[str, Any]
"""The data of plots by name, for plot_data.json."""


@dataclass(frozen=True)
class TrainedModel:
    """A trained model and the data for its plots.

    Args:
        experiment: The experiment.
        data: Its data.
        model: The model with the kept weights.
        history: The logs of each epoch.
        best_epoch: The epoch of the kept weights, from 1; None without a finished epoch.
        first_weights: The weights before the training.
        batch: Some training rows as the model takes them: inputs, targets and optional weights.
    """

    experiment: Experiment
    data: PreparedData
    model: keras.Model
    history: Sequence[Mapping[str, float]]
    best_epoch: int | None
    first_weights: Sequence[NDArray[Any]]
    batch: tuple[Any, ...]


def draw_plots(trained: TrainedModel, folder: Path) -> Iterator[PlotData]:
    """Draw the plots that suit the problem, and yield their data after each."""
    yield from _curves(trained, folder)
    yield from _weight_histograms(trained, folder)
    yield from _predictions(trained, folder)
    yield from _regions(trained, folder)


# Matplotlib takes most of a second to import: only these functions import it.


def _curves(trained: TrainedModel, folder: Path) -> Iterator[PlotData]:
    from nnlab.report.plots import plot_curves

    epochs = trained.history
    history = {name: [logs[name] for logs in epochs] for name in (epochs[0] if epochs else ())}
    for metric, values in history.items():
        if metric.startswith("val_") or (metric == LEARNING_RATE and len(set(values)) == 1):
            continue
        path, title = folder / f"{metric}.png", trained.experiment.name
        plot_curves(history, metric, path, best_epoch=trained.best_epoch, title=title)
        yield {}


def _weight_histograms(trained: TrainedModel, folder: Path) -> Iterator[PlotData]:
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
        "weights": [layer.to_dict() for layer in weights],
        "gradients": [layer.to_dict() for layer in gradients],
    }


def _predictions(trained: TrainedModel, folder: Path) -> Iterator[PlotData]:
    from nnlab.report.plots import plot_confusion_matrix, plot_residuals
    from nnlab.report.plots.confusion import count_confusions
    from nnlab.report.plots.residuals import residual_metrics

    data, names = trained.data, trained.experiment.model.output_names
    parts = {"test": data.test, "validation": data.validation, "training": data.train}
    part, rows = next((part, rows) for part, rows in parts.items() if rows is not None)
    title = f"{trained.experiment.name}, {part} rows"
    inputs = {name: values[:_MAX_ROWS] for name, values in rows.inputs.items()}
    outputs = predict(trained.model, inputs, names)
    for name, target in data.targets.items():
        suffix = f"_{name}" if len(names) > 1 else ""
        true, output = rows.targets[name][:_MAX_ROWS], outputs[name]
        if target.kind == "classes":
            predicted = predicted_codes(output, _loss(trained.experiment, name))
            codes = _true_codes(true, target)
            path = folder / f"confusion_matrix{suffix}.png"
            plot_confusion_matrix(codes, predicted, target.classes, path, title=title)
            counts = count_confusions(codes, predicted, len(target.classes))
            values = {"classes": [*map(str, target.classes)], "counts": counts.tolist()}
        else:
            path = folder / f"residuals{suffix}.png"
            plot_residuals(true, output, path, title=title)
            values = residual_metrics(true, output)
        yield {path.stem: {"part": part, "output": name} | values}


def _regions(trained: TrainedModel, folder: Path) -> Iterator[PlotData]:
    from nnlab.report.plots import Plane, plot_decision_regions

    data = trained.data
    spec, target = next(iter(data.inputs.values())), next(iter(data.targets.values()))
    is_single = len(data.inputs) == len(data.targets) == 1
    if not is_single or spec.shape != (_PLANE_FEATURES,) or target.kind != "classes":
        return
    (name,) = trained.experiment.model.output_names
    loss = _loss(trained.experiment, name)

    def classify(points: NDArray[np.float32]) -> NDArray[np.intp]:
        outputs = predict(trained.model, {spec.name: points.astype(spec.dtype)}, (name,))
        return predicted_codes(outputs[name], loss)

    columns = tuple(column.name for column in spec.columns) or ("feature 1", "feature 2")
    # The training rows, which show overfitting.
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
    """Return the predicted class codes, shape (rows,), for outputs of shape (rows, units)."""
    if outputs.shape[-1] > 1:
        return np.asarray(outputs.argmax(axis=-1), np.intp)
    # Margins and logits have their threshold at 0.
    is_signed = loss.outputs == "margin" or bool(getattr(loss, "from_logits", False))
    return np.asarray(outputs.reshape(-1) > (0.0 if is_signed else 0.5), np.intp)


def _true_codes(values: NDArray[Any], target: TargetSpec) -> NDArray[np.intp]:
    if target.encoding == "one_hot":
        return np.asarray(values.argmax(axis=-1), np.intp)
    return np.asarray(np.rint(values).reshape(-1), np.intp)


def _loss(experiment: Experiment, output: str) -> Loss:
    loss = experiment.training.loss
    return loss[output] if isinstance(loss, dict) else loss
