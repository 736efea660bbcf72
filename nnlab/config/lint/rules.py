"""Advice on configs that are legal and yet unwise: each rule a lesson, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnlab.config.diagnostics.issues import Issue
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.dense_layers import DenseLayer, dense_layers
from nnlab.config.schema.experiment import Experiment
from nnlab.config.vocabulary.losses import Loss

Rule = Callable[[Experiment], Iterator[Issue]]

DEEP = 3
HIGH_DROPOUT = 0.7
LARGE_DEVIATION = 1.0
_NOISE = ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise")
_NONLINEAR = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
_NONLINEAR_JOINTS = ("Multiply", "Dot", "Maximum", "Minimum")
_PROBABILITIES = ("sigmoid", "hard_sigmoid", "sparse_sigmoid", "softmax", "sparsemax")
_REGRESSION_LOSSES = (
    "MeanSquaredError",
    "MeanAbsoluteError",
    "Huber",
    "LogCosh",
    "MeanSquaredLogarithmicError",
)


def advice(experiment: Experiment) -> list[Issue]:
    """What is unwise in an experiment.

    Args:
        experiment: A sound experiment.

    Returns:
        Warnings with their reasons, with paths from the top; empty where there is nothing to say.
    """
    return [warning for rule in RULES for warning in rule(experiment)]


def _hidden(experiment: Experiment) -> list[DenseLayer]:
    return [dense for dense in dense_layers(experiment.model) if dense.output is None]


def _kinds(experiment: Experiment) -> list[str]:
    """The types of all layers."""
    return [layer.display_name() for _, layer in experiment.model.named_layers()]


def _vanishing_gradients(experiment: Experiment) -> Iterator[Issue]:
    squashed = [
        dense for dense in _hidden(experiment) if dense.activation in ("sigmoid", "hard_sigmoid")
    ]
    cured = any("Normalization" in kind or kind == "Add" for kind in _kinds(experiment))
    if len(squashed) >= DEEP and not cured:
        message = (
            f"{len(squashed)} hidden layers use {squashed[0].activation}, whose slope is at most "
            "0.25: the gradient shrinks at least fourfold at each, and the first layers hardly "
            "learn."
        )
        hint = (
            "Use relu with he_normal, BatchNormalization, fewer layers, "
            "or Add for residual connections."
        )
        yield Issue((*squashed[0].path, "activation"), message, hint)


def _symmetry(experiment: Experiment) -> Iterator[Issue]:
    for dense in _hidden(experiment):
        start = dense.layer.kernel_initializer.display_name()
        if start in ("Zeros", "Ones", "Constant"):
            message = (
                f"{start} starts all weights of the layer equal: its units get equal gradients "
                "and stay equal, so the layer acts as one unit."
            )
            hint = "Use glorot_uniform, or he_normal for relu."
            yield Issue((*dense.path, "kernel_initializer"), message, hint)


def _large_start(experiment: Experiment) -> Iterator[Issue]:
    optimizer = experiment.training.optimizer
    if optimizer.clipnorm or optimizer.clipvalue or optimizer.global_clipnorm:
        return
    for dense in _hidden(experiment):
        deviation = getattr(dense.layer.kernel_initializer, "stddev", 0.0)
        if deviation >= LARGE_DEVIATION:
            message = (
                f"Weights that start with deviation {deviation:g} make large sums: "
                "units saturate or gradients explode."
            )
            hint = "Use he_normal or glorot_uniform, or clipnorm."
            yield Issue((*dense.path, "kernel_initializer"), message, hint)


def _initializer_fits_activation(experiment: Experiment) -> Iterator[Issue]:
    for dense in _hidden(experiment):
        start, kind = dense.layer.kernel_initializer.display_name(), dense.activation
        at = (*dense.path, "kernel_initializer")
        if start in ("HeNormal", "HeUniform") and kind in ("sigmoid", "hard_sigmoid", "tanh"):
            message = f"{start} is made for relu: with {kind} it starts the units near saturation."
            yield Issue(at, message, "Use glorot_uniform or glorot_normal.")
        if start not in ("LecunNormal", "LecunUniform") and kind == "selu":
            message = f"selu keeps its values normalized only with LecunNormal. Received: {start}."
            yield Issue(at, message, "Use lecun_normal.")


def _linear_net(experiment: Experiment) -> Iterator[Issue]:
    hidden, kinds = _hidden(experiment), _kinds(experiment)
    if any(kind in (*_NONLINEAR, *_NONLINEAR_JOINTS) for kind in kinds):
        return
    if hidden and all(dense.activation == "linear" for dense in hidden):
        message = (
            "No hidden layer has an activation: "
            "the layers of a linear net collapse into one linear model."
        )
        hint = "Give the hidden layers an activation, such as relu."
        yield Issue((*hidden[0].path, "activation"), message, hint)


def _loss_of(experiment: Experiment, output: str) -> Loss:
    loss = experiment.training.loss
    return loss[output] if isinstance(loss, dict) else loss


def _head_fits_loss(experiment: Experiment) -> Iterator[Issue]:
    for dense in dense_layers(experiment.model):
        if dense.output is None:
            continue
        found = _misfit(dense, _loss_of(experiment, dense.output))
        if found is not None:
            yield Issue((*dense.path, "activation"), *found)


def _misfit(head: DenseLayer, loss: Loss) -> tuple[str, str] | None:
    """Why a loss does not fit what a head gives, and the remedy; None where it does."""
    kind, units, name = head.activation, head.layer.units, loss.display_name()
    crossentropy = "rossentropy" in name
    logits = getattr(loss, "from_logits", False)
    binary = name in ("BinaryCrossentropy", "BinaryFocalCrossentropy")
    categorical = crossentropy and not binary and name != "crossentropy"
    cases = [
        (
            kind == "softmax" and units == 1,
            "softmax over one unit is always 1: the net can say nothing.",
            "Use sigmoid with one unit, or one unit for each class.",
        ),
        (
            crossentropy and logits and kind in _PROBABILITIES,
            f"from_logits: true applies the {kind} a second time.",
            "Remove the activation, or from_logits.",
        ),
        (
            crossentropy and not logits and kind not in _PROBABILITIES,
            f"{name} expects probabilities; a {kind} head gives any number.",
            (
                "Use sigmoid for one unit or softmax for several, "
                "or from_logits: true with a linear head."
            ),
        ),
        (
            categorical and "sigmoid" in kind and units == 1,
            f"{name} chooses among classes; one unit holds the probability of one.",
            "Use binary_crossentropy, or softmax with a unit for each class.",
        ),
        (
            categorical and "sigmoid" in kind,
            f"sigmoid units are not one distribution over classes, which {name} expects.",
            "Use softmax; BinaryCrossentropy for labels that do not exclude each other.",
        ),
        (
            binary and kind == "softmax",
            f"{name} judges each unit by itself; softmax units share one probability.",
            "Use categorical_crossentropy, or sigmoid units.",
        ),
    ]
    return next(((message, hint) for holds, message, hint in cases if holds), None)


def _accuracy_of_numbers(experiment: Experiment) -> Iterator[Issue]:
    metrics, loss = experiment.training.metrics, experiment.training.loss
    heads = [dense for dense in dense_layers(experiment.model) if dense.output is not None]
    if isinstance(metrics, dict) or isinstance(loss, dict):
        return
    if loss.display_name() not in _REGRESSION_LOSSES or any(
        one.activation != "linear" for one in heads
    ):
        return
    for position, metric in enumerate(metrics):
        if "ccuracy" in metric.display_name():
            message = "Accuracy counts classes that are right; a linear head predicts numbers."
            yield Issue(("training", "metrics", position), message, "Use mae or r2_score.")


def _noise_at_the_output(experiment: Experiment) -> Iterator[Issue]:
    last = {id(layer) for layer in experiment.model.output_layers.values()}
    for path, layer in experiment.model.named_layers():
        kind = layer.display_name()
        if kind in _NOISE and id(layer) in last:
            message = f"{kind} on the output layer throws away the prediction itself."
            hint = "Put it after hidden layers only."
            yield Issue(("model", *path), message, hint, at_key=True)
        rate = getattr(layer, "rate", 0)
        if "Dropout" in kind and rate > HIGH_DROPOUT:
            message = f"At rate {rate:g} few units are left: the net underfits."
            yield Issue(("model", *path, "rate"), message, "Rates of 0.1 to 0.5 are usual.")


def _unscaled_features(experiment: Experiment) -> Iterator[Issue]:
    data = experiment.data
    scaled_by_layer = any(
        kind in ("Rescaling", "BatchNormalization", "LayerNormalization", "Embedding")
        for kind in _kinds(experiment)[:2]
    )
    coded = data.encoding == "integer"
    if data.scaling == "none" and _has_raw_features(data) and not scaled_by_layer and not coded:
        message = (
            "The features are not scaled: "
            "those with large values decide the gradient, and training stalls."
        )
        hint = "Set data.scaling: standard, or minmax for images."
        yield Issue(("data", "scaling"), message, hint)


def _has_raw_features(data: DataConfig) -> bool:
    """Whether the features come in units of their own, unlike generated ones and word counts."""
    if data.dataset is None:
        return True
    name = data.dataset.display_name()
    of_one_scale = name in ("reuters", "imdb") or getattr(data.dataset, "scaled", False)
    return data.dataset.source != "generated" and not of_one_scale


def _batch_of_one(experiment: Experiment) -> Iterator[Issue]:
    if experiment.training.batch_size != 1:
        return
    for path, layer in experiment.model.named_layers():
        if layer.display_name() == "BatchNormalization":
            message = (
                "BatchNormalization over one row subtracts the row from itself: nothing is left."
            )
            hint = "Use a larger batch_size, or LayerNormalization."
            yield Issue(("model", *path), message, hint, at_key=True)


def _early_stopping_can_stop(experiment: Experiment) -> Iterator[Issue]:
    stopping = experiment.training.early_stopping
    if stopping is None:
        return
    at = ("training", "early_stopping")
    if stopping.start_from_epoch + stopping.patience >= experiment.training.epochs:
        message = (
            f"With patience {stopping.patience} from epoch {stopping.start_from_epoch} on, "
            f"training cannot stop before its {experiment.training.epochs} epochs are over."
        )
        hint = "Lower patience, or raise training.epochs."
        yield Issue((*at, "patience"), message, hint)
    if not stopping.restore_best_weights:
        message = "The run keeps the last epoch's weights, from after the best epoch."
        yield Issue((*at, "restore_best_weights"), message, "Set restore_best_weights: true.")


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
