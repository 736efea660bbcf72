"""Advice on configs that are legal and yet unwise: each rule a lesson, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnlab.config.data import DataConfig
from nnlab.config.experiment import Experiment
from nnlab.config.model import FunctionalModel
from nnlab.config.problems import Problem
from nnlab.config.words.layers import Layer

Rule = Callable[[Experiment], Iterator[Problem]]

DEEP = 3
HIGH_DROPOUT = 0.7
LARGE_DEVIATION = 1.0
_SQUASHING = ("sigmoid", "hard_sigmoid", "tanh")
_NOISE = ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise")
_ONE_CONSTANT = ("Zeros", "Ones", "Constant")
_REGRESSION_LOSSES = (
    "MeanSquaredError",
    "MeanAbsoluteError",
    "Huber",
    "LogCosh",
    "MeanSquaredLogarithmicError",
)


def advice(experiment: Experiment) -> list[Problem]:
    """What is unwise in an experiment.

    Args:
        experiment: A sound experiment.

    Returns:
        Warnings with their reasons, with paths from the top; empty where there is nothing to say.
    """
    return [warning for rule in RULES for warning in rule(experiment)]


def _layers(experiment: Experiment) -> Iterator[tuple[tuple[str | int, ...], Layer]]:
    for path, layer in experiment.model.named_layers():
        yield ("model", *path), layer


def _hidden_dense(experiment: Experiment) -> list[tuple[tuple[str | int, ...], Layer]]:
    heads = _heads(experiment)
    return [
        (path, layer)
        for path, layer in _layers(experiment)
        if layer.called() == "Dense" and all(layer is not head for _, _, head in heads)
    ]


def _heads(experiment: Experiment) -> list[tuple[str, tuple[str | int, ...], Layer]]:
    """For each output, the last Dense on the way to it, with its path."""
    found = []
    layers = list(_layers(experiment))
    if isinstance(experiment.model, FunctionalModel):
        nodes = experiment.model.layers
        for output in experiment.model.outputs:
            name = output
            while name in nodes and nodes[name].layer.called() != "Dense":
                name = nodes[name].sources[0]
            found += [
                (output, path, layer)
                for path, layer in layers
                if name in nodes and layer is nodes[name].layer
            ]
        return found
    dense = [(path, layer) for path, layer in layers if layer.called() == "Dense"]
    return [(experiment.model.output_names[0], *dense[-1])] if dense else []


def _activation(experiment: Experiment, path: tuple[str | int, ...], layer: Layer) -> str:
    """A Dense layer's activation, its own or that of the activation layer right behind it."""
    own = getattr(layer, "activation", None) or "linear"
    if own != "linear" or isinstance(experiment.model, FunctionalModel):
        return str(own)
    position = path[2]
    following = experiment.model.layers[int(position) + 1 : int(position) + 3]
    for after in following:
        if after.called() == "Activation":
            return str(getattr(after, "activation", "linear"))
        if after.called().lower() in ("relu", "leakyrelu", "prelu", "elu", "softmax"):
            return after.called().lower()
        if after.called() not in ("BatchNormalization", "LayerNormalization"):
            break
    return "linear"


def _loss_of(experiment: Experiment, output: str) -> str:
    loss = experiment.training.loss
    return (loss[output] if isinstance(loss, dict) else loss).called()


def _from_logits(experiment: Experiment, output: str) -> bool:
    loss = experiment.training.loss
    return bool(getattr(loss[output] if isinstance(loss, dict) else loss, "from_logits", False))


def _vanishing_gradients(experiment: Experiment) -> Iterator[Problem]:
    squashed = [
        (path, kind)
        for path, layer in _hidden_dense(experiment)
        if (kind := _activation(experiment, path, layer)) in ("sigmoid", "hard_sigmoid")
    ]
    normalized = any("Normalization" in layer.called() for _, layer in _layers(experiment))
    if len(squashed) >= DEEP and not normalized:
        message = (
            f"{len(squashed)} hidden layers use {squashed[0][1]}, whose slope is at most 0.25: the "
            "gradient shrinks at least fourfold at each, and the first layers hardly learn."
        )
        remedy = (
            "Use relu with he_normal, BatchNormalization, fewer layers, "
            "or Add for residual connections."
        )
        yield Problem((*squashed[0][0], "activation"), message, remedy)


def _symmetry(experiment: Experiment) -> Iterator[Problem]:
    for path, layer in _hidden_dense(experiment):
        start = getattr(layer, "kernel_initializer", None)
        if start is not None and start.called() in _ONE_CONSTANT:
            message = (
                f"{start.called()} starts all weights of the layer equal: its units get equal "
                "gradients and stay equal, so the layer acts as one unit."
            )
            yield Problem(
                (*path, "kernel_initializer"), message, "Use glorot_uniform, or he_normal for relu."
            )


def _large_start(experiment: Experiment) -> Iterator[Problem]:
    for path, layer in _hidden_dense(experiment):
        start = getattr(layer, "kernel_initializer", None)
        deviation = getattr(start, "stddev", 0.0)
        if deviation >= LARGE_DEVIATION:
            message = (
                f"Weights that start with deviation {deviation:g} make large sums: "
                "units saturate or gradients explode."
            )
            yield Problem(
                (*path, "kernel_initializer"),
                message,
                "Use he_normal or glorot_uniform, or clipnorm.",
            )


def _initializer_fits_activation(experiment: Experiment) -> Iterator[Problem]:
    for path, layer in _hidden_dense(experiment):
        start = getattr(layer, "kernel_initializer", None)
        kind = _activation(experiment, path, layer)
        if start is not None and start.called() in ("HeNormal", "HeUniform") and kind in _SQUASHING:
            message = (
                f"{start.called()} is made for relu: "
                f"with {kind} it starts the units near saturation."
            )
            yield Problem(
                (*path, "kernel_initializer"), message, "Use glorot_uniform or glorot_normal."
            )
        if (
            kind == "selu"
            and start is not None
            and start.called() not in ("LecunNormal", "LecunUniform")
        ):
            message = (
                "selu keeps its values normalized only with LecunNormal. "
                f"Received: {start.called()}."
            )
            yield Problem((*path, "kernel_initializer"), message, "Use lecun_normal.")


def _linear_net(experiment: Experiment) -> Iterator[Problem]:
    hidden = _hidden_dense(experiment)
    nonlinear_layers = (
        "Activation",
        "ReLU",
        "LeakyReLU",
        "PReLU",
        "ELU",
        "Softmax",
        "Multiply",
        "Dot",
        "Maximum",
        "Minimum",
    )
    if any(layer.called() in nonlinear_layers for _, layer in _layers(experiment)):
        return
    if hidden and all(_activation(experiment, path, layer) == "linear" for path, layer in hidden):
        message = (
            "No hidden layer has an activation: "
            "the layers of a linear net collapse into one linear model."
        )
        yield Problem(hidden[0][0], message, "Give the hidden layers an activation, such as relu.")


def _head_fits_loss(experiment: Experiment) -> Iterator[Problem]:
    for output, path, layer in _heads(experiment):
        units, kind = getattr(layer, "units", None), _activation(experiment, path, layer)
        loss, logits = _loss_of(experiment, output), _from_logits(experiment, output)
        at = (*path, "activation")
        if kind == "softmax" and units == 1:
            message = "softmax over one unit is always 1: the net can say nothing."
            yield Problem(at, message, "Use sigmoid with one unit, or one unit for each class.")
        elif kind == "sigmoid" and "CategoricalCrossentropy" in loss and (units or 0) > 1:
            message = f"sigmoid units are not one distribution over classes, which {loss} expects."
            yield Problem(
                at,
                message,
                "Use softmax; for labels that do not exclude each other, BinaryCrossentropy.",
            )
        elif kind == "softmax" and loss == "BinaryCrossentropy" and (units or 0) > 1:
            message = (
                "BinaryCrossentropy judges each unit by itself; softmax units share the whole."
            )
            yield Problem(at, message, "Use categorical_crossentropy, or sigmoid units.")
        elif "Crossentropy" in loss and kind in ("linear", "relu", "tanh") and not logits:
            message = f"{loss} expects probabilities; a {kind} head gives any number."
            remedy = (
                "Use sigmoid for one unit or softmax for several, "
                "or from_logits: true with a linear head."
            )
            yield Problem(at, message, remedy)
        elif "Crossentropy" in loss and kind in ("sigmoid", "softmax") and logits:
            message = f"from_logits: true applies the {kind} a second time."
            yield Problem(at, message, "Remove the activation, or from_logits.")


def _accuracy_of_numbers(experiment: Experiment) -> Iterator[Problem]:
    metrics, loss = experiment.training.metrics, experiment.training.loss
    if (
        isinstance(metrics, dict)
        or isinstance(loss, dict)
        or loss.called() not in _REGRESSION_LOSSES
    ):
        return
    heads = _heads(experiment)
    if heads and _activation(experiment, heads[0][1], heads[0][2]) != "linear":
        return
    for position, metric in enumerate(metrics):
        if "ccuracy" in metric.called():
            message = "Accuracy counts classes that are right; a linear head predicts numbers."
            yield Problem(("training", "metrics", position), message, "Use mae or r2_score.")


def _noise_at_the_output(experiment: Experiment) -> Iterator[Problem]:
    last = {id(layer) for layer in experiment.model.output_layers.values()}
    for path, layer in _layers(experiment):
        if layer.called() in _NOISE and id(layer) in last:
            message = f"{layer.called()} on the output layer throws away the prediction itself."
            yield Problem(path, message, "Put it after hidden layers only.")
        rate = getattr(layer, "rate", 0)
        if "Dropout" in layer.called() and rate > HIGH_DROPOUT:
            message = f"At rate {rate:g} few units are left: the net underfits."
            yield Problem((*path, "rate"), message, "Rates of 0.1 to 0.5 are usual.")


def _unscaled_features(experiment: Experiment) -> Iterator[Problem]:
    data = experiment.data
    scaled_by_layer = any(
        layer.called() in ("Rescaling", "BatchNormalization", "LayerNormalization", "Embedding")
        for _, layer in list(_layers(experiment))[:2]
    )
    if (
        data.scaling == "none"
        and _has_raw_features(data)
        and not scaled_by_layer
        and data.encoding != "integer"
    ):
        message = (
            "The features are not scaled: "
            "those with large values decide the gradient, and training stalls."
        )
        yield Problem(("data",), message, "Set data.scaling: standard, or minmax for images.")


def _has_raw_features(data: DataConfig) -> bool:
    """Whether the features come in units of their own, unlike generated ones and word counts."""
    if data.dataset is None:
        return True
    of_one_scale = data.dataset.called() in ("reuters", "imdb") or getattr(
        data.dataset, "scaled", False
    )
    return data.dataset.source != "generated" and not of_one_scale


def _batch_of_one(experiment: Experiment) -> Iterator[Problem]:
    if experiment.training.batch_size != 1:
        return
    for path, layer in _layers(experiment):
        if layer.called() == "BatchNormalization":
            message = (
                "BatchNormalization over one row subtracts the row from itself: nothing is left."
            )
            yield Problem(path, message, "Use a larger batch_size, or LayerNormalization.")


def _early_stopping_can_stop(experiment: Experiment) -> Iterator[Problem]:
    stopping = experiment.training.early_stopping
    if stopping is None:
        return
    at = ("training", "early_stopping")
    if stopping.start_from_epoch + stopping.patience >= experiment.training.epochs:
        message = (
            f"With patience {stopping.patience} from epoch {stopping.start_from_epoch} on, "
            f"training cannot stop before its {experiment.training.epochs} epochs are over."
        )
        yield Problem((*at, "patience"), message, "Lower patience, or raise training.epochs.")
    if not stopping.restore_best_weights:
        message = "The run keeps the last epoch's weights, from after the best epoch."
        yield Problem(at, message, "Set restore_best_weights: true.")


RULES: tuple[Rule, ...] = (
    _vanishing_gradients,
    _symmetry,
    _large_start,
    _initializer_fits_activation,
    _linear_net,
    _head_fits_loss,
    _accuracy_of_numbers,
    _noise_at_the_output,
    _unscaled_features,
    _batch_of_one,
    _early_stopping_can_stop,
)
