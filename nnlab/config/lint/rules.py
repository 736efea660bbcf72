"""Warnings about valid configs that are likely a mistake; each rule gives its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnlab.config.diagnostics import Issue
from nnlab.config.schema.dense_layers import DenseLayer, dense_layers
from nnlab.config.schema.experiment import Experiment
from nnlab.config.vocabulary.losses import Loss

Rule = Callable[[Experiment], Iterator[Issue]]

_MIN_VANISHING_LAYERS = 3
_HIGH_DROPOUT = 0.7
_LARGE_STDDEV = 1.0
_NOISE_LAYERS = ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise")
_NONLINEAR_LAYERS = (
    *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
    *("Multiply", "Dot", "Maximum", "Minimum"),
)
_SCALING_LAYERS = ("Rescaling", "BatchNormalization", "LayerNormalization", "Embedding")
_SCALED_DATASETS = ("reuters", "imdb")
_PROBABILITY_ACTIVATIONS = ("sigmoid", "hard_sigmoid", "sparse_sigmoid", "softmax", "sparsemax")
_REGRESSION_LOSSES = (
    "MeanSquaredError",
    "MeanAbsoluteError",
    "Huber",
    "LogCosh",
    "MeanSquaredLogarithmicError",
)


def lint_experiment(experiment: Experiment) -> list[Issue]:
    """Return the warnings of all rules about a valid experiment."""
    return [warning for rule in RULES for warning in rule(experiment)]


def _hidden(experiment: Experiment) -> list[DenseLayer]:
    return [dense for dense in dense_layers(experiment.model) if dense.output is None]


def _layer_types(experiment: Experiment) -> list[str]:
    return [layer.display_name() for _, layer in experiment.model.named_layers()]


def _vanishing_gradients(experiment: Experiment) -> Iterator[Issue]:
    saturating = [
        dense for dense in _hidden(experiment) if dense.activation in ("sigmoid", "hard_sigmoid")
    ]
    is_prevented = any(
        "Normalization" in kind or kind == "Add" for kind in _layer_types(experiment)
    )
    if len(saturating) >= _MIN_VANISHING_LAYERS and not is_prevented:
        message = (
            f"{len(saturating)} hidden layers use {saturating[0].activation}, whose slope is at "
            "most 0.25: each one shrinks the gradient at least fourfold, and the first layers "
            "hardly learn."
        )
        hint = (
            "Use relu with he_normal, BatchNormalization, fewer layers, "
            "or Add for residual connections."
        )
        yield Issue((*saturating[0].path, "activation"), message, hint)


def _symmetry(experiment: Experiment) -> Iterator[Issue]:
    for dense in _hidden(experiment):
        initializer = dense.layer.kernel_initializer.display_name()
        if initializer in ("Zeros", "Ones", "Constant"):
            message = (
                f"{initializer} makes all weights of the layer equal: its units get equal "
                "gradients and stay equal, so the layer acts as one unit."
            )
            hint = "Use glorot_uniform, or he_normal for relu."
            yield Issue((*dense.path, "kernel_initializer"), message, hint)


def _large_initial_weights(experiment: Experiment) -> Iterator[Issue]:
    optimizer = experiment.training.optimizer
    if optimizer.clipnorm or optimizer.clipvalue or optimizer.global_clipnorm:
        return
    for dense in _hidden(experiment):
        stddev = getattr(dense.layer.kernel_initializer, "stddev", 0.0)
        if stddev >= _LARGE_STDDEV:
            message = (
                f"Initial weights with a standard deviation of {stddev:g} produce large sums: "
                "units saturate or gradients explode."
            )
            hint = "Use he_normal or glorot_uniform, or clipnorm."
            yield Issue((*dense.path, "kernel_initializer"), message, hint)


def _initializer_fits_activation(experiment: Experiment) -> Iterator[Issue]:
    for dense in _hidden(experiment):
        initializer = dense.layer.kernel_initializer.display_name()
        activation = dense.activation
        path = (*dense.path, "kernel_initializer")
        is_saturating = activation in ("sigmoid", "hard_sigmoid", "tanh")
        if initializer in ("HeNormal", "HeUniform") and is_saturating:
            message = (
                f"{initializer} is designed for relu: with {activation} the units start near "
                "saturation."
            )
            yield Issue(path, message, "Use glorot_uniform or glorot_normal.")
        if initializer not in ("LecunNormal", "LecunUniform") and activation == "selu":
            message = (
                f"selu keeps its values normalized only with LecunNormal. Received: {initializer}."
            )
            yield Issue(path, message, "Use lecun_normal.")


def _linear_network(experiment: Experiment) -> Iterator[Issue]:
    hidden = _hidden(experiment)
    if any(kind in _NONLINEAR_LAYERS for kind in _layer_types(experiment)):
        return
    if hidden and all(dense.activation == "linear" for dense in hidden):
        message = (
            "No hidden layer has an activation: "
            "without one the layers collapse into a single linear model."
        )
        hint = "Give the hidden layers an activation, such as relu."
        yield Issue((*hidden[0].path, "activation"), message, hint)


def _output_fits_loss(experiment: Experiment) -> Iterator[Issue]:
    loss = experiment.training.loss
    for dense in dense_layers(experiment.model):
        if dense.output is None:
            continue
        mismatch = _mismatch(dense, loss[dense.output] if isinstance(loss, dict) else loss)
        if mismatch is not None:
            yield Issue((*dense.path, "activation"), *mismatch)


def _mismatch(output: DenseLayer, loss: Loss) -> tuple[str, str] | None:
    """Return why a loss does not fit an output layer, and the hint; None if it fits."""
    activation, units, name = output.activation, output.layer.units, loss.display_name()
    is_crossentropy = "rossentropy" in name
    has_logits = getattr(loss, "from_logits", False)
    is_probability = activation in _PROBABILITY_ACTIVATIONS
    is_binary = name in ("BinaryCrossentropy", "BinaryFocalCrossentropy")
    is_categorical = is_crossentropy and not is_binary and name != "crossentropy"
    cases = [
        (
            activation == "softmax" and units == 1,
            "softmax over one unit is always 1: the output is constant.",
            "Use sigmoid with one unit, or one unit for each class.",
        ),
        (
            is_crossentropy and has_logits and is_probability,
            f"from_logits: true applies the {activation} a second time.",
            "Remove the activation, or from_logits.",
        ),
        (
            is_crossentropy and not has_logits and not is_probability,
            f"{name} expects probabilities; the {activation} output layer returns any number.",
            (
                "Use sigmoid for one unit or softmax for several, "
                "or from_logits: true with a linear output layer."
            ),
        ),
        (
            is_categorical and "sigmoid" in activation and units == 1,
            f"{name} expects one unit for each class. Received: units=1.",
            "Use binary_crossentropy, or softmax with one unit for each class.",
        ),
        (
            is_categorical and "sigmoid" in activation,
            f"{name} expects one distribution over the classes; sigmoid units are independent.",
            "Use softmax; BinaryCrossentropy if a row can have several labels.",
        ),
        (
            is_binary and activation == "softmax",
            f"{name} expects independent units; softmax units share one distribution.",
            "Use categorical_crossentropy, or sigmoid units.",
        ),
    ]
    return next(((message, hint) for applies, message, hint in cases if applies), None)


def _accuracy_of_regression(experiment: Experiment) -> Iterator[Issue]:
    metrics, loss = experiment.training.metrics, experiment.training.loss
    if isinstance(metrics, dict) or isinstance(loss, dict):
        return
    outputs = [dense for dense in dense_layers(experiment.model) if dense.output is not None]
    is_linear = all(dense.activation == "linear" for dense in outputs)
    if loss.display_name() not in _REGRESSION_LOSSES or not is_linear:
        return
    for position, metric in enumerate(metrics):
        if "ccuracy" in metric.display_name():
            message = "Accuracy counts correct classes; a linear output layer predicts numbers."
            yield Issue(("training", "metrics", position), message, "Use mae or r2_score.")


def _noise(experiment: Experiment) -> Iterator[Issue]:
    output_layers = {id(layer) for layer in experiment.model.output_layers.values()}
    for path, layer in experiment.model.named_layers():
        kind = layer.display_name()
        if kind in _NOISE_LAYERS and id(layer) in output_layers:
            message = f"{kind} as the output layer corrupts the prediction itself."
            hint = "Use it after hidden layers only."
            yield Issue(("model", *path), message, hint, at_key=True)
        rate = getattr(layer, "rate", 0)
        if "Dropout" in kind and rate > _HIGH_DROPOUT:
            message = f"A rate of {rate:g} leaves few units: the model underfits."
            yield Issue(("model", *path, "rate"), message, "Common rates are 0.1 to 0.5.")


def _unscaled_features(experiment: Experiment) -> Iterator[Issue]:
    data, dataset = experiment.data, experiment.data.dataset
    is_scaled = data.scaling != "none" or data.encoding == "integer"
    is_scaled |= any(kind in _SCALING_LAYERS for kind in _layer_types(experiment)[:2])
    if dataset is not None:
        # The features of generated data and texts do not have different units.
        is_scaled |= dataset.source == "generated" or getattr(dataset, "scaled", False)
        is_scaled |= dataset.display_name() in _SCALED_DATASETS
    if not is_scaled:
        message = (
            "The features are not scaled: "
            "those with large values dominate the gradient, and training stalls."
        )
        hint = "Set data.scaling: standard, or minmax for images."
        yield Issue(("data", "scaling"), message, hint)


def _batch_of_one(experiment: Experiment) -> Iterator[Issue]:
    if experiment.training.batch_size != 1:
        return
    for path, layer in experiment.model.named_layers():
        if layer.display_name() == "BatchNormalization":
            message = "BatchNormalization of a single row subtracts the row from itself."
            hint = "Use a larger batch_size, or LayerNormalization."
            yield Issue(("model", *path), message, hint, at_key=True)


def _early_stopping(experiment: Experiment) -> Iterator[Issue]:
    stopping, epochs = experiment.training.early_stopping, experiment.training.epochs
    if stopping is None:
        return
    path = ("training", "early_stopping")
    if stopping.start_from_epoch + stopping.patience >= epochs:
        message = (
            f"With patience {stopping.patience} from epoch {stopping.start_from_epoch}, "
            f"training cannot stop before its {epochs} epochs are over."
        )
        hint = "Reduce patience, or increase training.epochs."
        yield Issue((*path, "patience"), message, hint)
    if not stopping.restore_best_weights:
        message = "The run keeps the weights of the last epoch, not those of the best one."
        yield Issue((*path, "restore_best_weights"), message, "Set restore_best_weights: true.")


RULES: tuple[Rule, ...] = (
    _vanishing_gradients,
    _symmetry,
    _large_initial_weights,
    _initializer_fits_activation,
    _linear_network,
    _output_fits_loss,
    _accuracy_of_regression,
    _noise,
    _unscaled_features,
    _batch_of_one,
    _early_stopping,
)
