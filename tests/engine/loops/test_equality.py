"""Epochs on the device have the results of Keras' `fit`, for every component of a config."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.config.vocabulary.arguments import Schedule
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer
from nnlab.data import PreparedData
from nnlab.engine.loops.compiled import CompiledEpochs
from nnlab.engine.loops.epoch_pass import NO_JIT, JitCompile
from nnlab.engine.loops.loop import KerasFit

pytestmark = pytest.mark.slow

Run = Callable[..., Any]
Prepared = Callable[..., PreparedData]

GRAPH = CompiledEpochs(NO_JIT)
COMPILED = CompiledEpochs(JitCompile(full_batches=True, last_batch=True))
MIXED = CompiledEpochs(JitCompile(full_batches=True, last_batch=False))

ROWS = 38
# Without validation, tests are traced and compiled half as often.
TRAIN_ROWS = 27
# Batch sizes without and with a smaller last batch.
EVEN_BATCH, UNEVEN_BATCH = 9, 8
RNG = np.random.default_rng(7)
X = RNG.normal(size=(ROWS, 4)).astype(np.float32)
NUMBER = (np.tanh(X[:, :1]) + 0.1 * X[:, 1:2] + 2).astype(np.float32)
CODES = (X[:, 0] > 0).astype(np.int32) + (X[:, 1] > 0.5).astype(np.int32)
ONE_HOT = np.eye(3, dtype=np.float32)[CODES]
TRUTH = (X[:, :1] > 0).astype(np.float32)
WEIGHT = RNG.uniform(0.2, 2.0, ROWS).astype(np.float32)

NET = [{"Dense": {"units": 6, "activation": "tanh"}}, {"Dense": {"units": 1}}]


def experiment_of(model: Any, inputs: Any = None, **training: Any) -> Experiment:
    section = {"layers": model} if isinstance(model, list) else model
    settings = {
        "optimizer": {"SGD": {"learning_rate": 0.05}},
        "loss": "mse",
        "batch_size": EVEN_BATCH,
        "epochs": 3,
    } | training
    return Experiment.model_validate(
        {
            "seed": 3,
            "data": {"dataset": "xor", "inputs": inputs},
            "model": section,
            "training": settings,
        }
    )


def assert_equal(outcome: Any, expected: Any, rtol: float = 1e-5) -> None:
    assert len(outcome.log.epochs) == len(expected.log.epochs)
    for epoch, reference in zip(outcome.log.epochs, expected.log.epochs, strict=True):
        assert list(epoch) == list(reference)
        assert epoch == pytest.approx(reference, rel=rtol, abs=1e-7, nan_ok=True)
    for values, reference in zip(outcome.weights, expected.weights, strict=True):
        assert_close(values, reference, rtol)
    for values, reference in zip(outcome.slots, expected.slots, strict=True):
        assert_close(values, reference, 10 * rtol)


def assert_close(values: NDArray[Any], reference: NDArray[Any], rtol: float) -> None:
    """Compare relative to the largest value: the smallest are differences of large ones."""
    if reference.size and np.issubdtype(reference.dtype, np.floating):
        scale = max(float(np.abs(reference).max()), 0.1)
        np.testing.assert_allclose(values, reference, rtol=0, atol=rtol * scale)
    else:
        np.testing.assert_array_equal(values, reference)


@pytest.fixture
def numbers(prepared: Prepared) -> PreparedData:
    """Return regression data without validation rows."""
    return prepared({"output": NUMBER[:TRAIN_ROWS]}, {"input": X[:TRAIN_ROWS]})


@pytest.fixture
def assert_same(run: Run) -> Callable[..., None]:
    """Return a function that compares the results of loops with those of `fit`."""

    def compare(experiment: Experiment, data: PreparedData, *loops: CompiledEpochs) -> None:
        expected = run(KerasFit(), experiment, data)
        for loop in loops or (COMPILED,):
            assert_equal(run(loop, experiment, data), expected)

    return compare


def test_graph_is_bit_identical_to_fit(run: Run, prepared: Prepared) -> None:
    experiment = experiment_of(NET, optimizer="adam", metrics=["mae"], batch_size=UNEVEN_BATCH)
    data = prepared({"output": NUMBER}, {"input": X})
    expected, outcome = (run(loop, experiment, data) for loop in (KerasFit(), GRAPH))
    assert outcome.log.epochs == expected.log.epochs
    for values, reference in zip(outcome.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(values, reference)


@pytest.mark.parametrize("name", sorted(Optimizer.members))
def test_optimizers(name: str, assert_same: Any, numbers: PreparedData) -> None:
    assert_same(experiment_of(NET, optimizer={name: {"learning_rate": 0.02}}), numbers)


@pytest.mark.parametrize(
    "arguments",
    [
        {"clipnorm": 0.1, "weight_decay": 0.01, "use_ema": True, "ema_overwrite_frequency": 3},
        {"clipvalue": 0.01, "gradient_accumulation_steps": 3},
        {"global_clipnorm": 0.1, "use_ema": True, "ema_momentum": 0.9},
        {"loss_scale_factor": 128.0},
    ],
)
def test_optimizer_arguments(arguments: Any, assert_same: Any, numbers: PreparedData) -> None:
    optimizer = {"SGD": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True, **arguments}}
    assert_same(experiment_of(NET, optimizer=optimizer), numbers)


SCHEDULES = {
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 9, "warmup_steps": 0},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 5},
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [3, 7], "values": [0.1, 0.05, 0.01]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 9, "power": 2.0},
}


@pytest.mark.parametrize("name", sorted(Schedule.members))
def test_schedules(name: str, assert_same: Any, numbers: PreparedData) -> None:
    optimizer = {"SGD": {"learning_rate": {name: SCHEDULES[name]}}}
    assert_same(experiment_of([{"Dense": 1}], optimizer=optimizer), numbers)


def heads(losses: dict[str, Any], units: int, activation: str) -> dict[str, Any]:
    body = {"Dense": {"units": 5, "activation": "tanh"}, "from": "input"}
    head = {"Dense": {"units": units, "activation": activation}, "from": "body"}
    return {
        "inputs": {"input": {"shape": [4]}},
        "layers": {"body": body} | dict.fromkeys(losses, head),
        "outputs": list(losses),
    }


# For each loss: target, units and activation of its head.
OF_NUMBERS = (NUMBER, 1, "softplus")
OF_TRUTHS = (TRUTH, 1, "sigmoid")
OF_CLASSES = (ONE_HOT, 3, "softmax")
OF_CODES = (CODES, 3, "softmax")
LOSS_KINDS: dict[str, Any] = {
    "BinaryCrossentropy": OF_TRUTHS,
    "BinaryFocalCrossentropy": OF_TRUTHS,
    "Dice": OF_TRUTHS,
    "Hinge": OF_TRUTHS,
    "SquaredHinge": OF_TRUTHS,
    "Tversky": OF_TRUTHS,
    "CategoricalCrossentropy": OF_CLASSES,
    "CategoricalFocalCrossentropy": OF_CLASSES,
    "CategoricalGeneralizedCrossEntropy": OF_CODES,
    "CategoricalHinge": OF_CLASSES,
    "CosineSimilarity": OF_CLASSES,
    "Circle": OF_CODES,
    "KLDivergence": OF_CLASSES,
    "SparseCategoricalCrossentropy": OF_CODES,
}


@pytest.mark.parametrize(
    "kind",
    [OF_NUMBERS, OF_TRUTHS, OF_CLASSES, OF_CODES],
    ids=["number", "truth", "one_hot", "code"],
)
def test_losses_of_several_outputs(kind: Any, assert_same: Any, prepared: Prepared) -> None:
    names = [name for name in sorted(Loss.members) if LOSS_KINDS.get(name, OF_NUMBERS) is kind]
    # Keras resolves it to another loss, by the shape of the target.
    names = [name for name in names if name != "crossentropy"]
    target, units, activation = kind
    # The default gamma has exponents of hundreds: their sums depend on the order.
    losses = {
        f"head_{name.lower()}": {"Circle": {"gamma": 2.0}} if name == "Circle" else name
        for name in names
    }
    weights = dict.fromkeys(losses, 0.5)
    experiment = experiment_of(
        heads(losses, units, activation),
        loss=losses,
        loss_weights=weights,
        optimizer={"SGD": 0.01},
    )
    assert_same(experiment, prepared(dict.fromkeys(losses, target), {"input": X}, WEIGHT), MIXED)


# Each metric, by the kind of target that it compares.
METRICS: dict[str, list[Any]] = {
    "number": [
        {"CosineSimilarity": {"axis": 0}},
        "LogCoshError",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredError",
        "MeanSquaredLogarithmicError",
        "Poisson",
        "R2Score",
        "RootMeanSquaredError",
        {"PearsonCorrelation": {"axis": 0}},
        {"ConcordanceCorrelation": {"axis": 0}},
    ],
    "truth": [
        "Accuracy",
        "AUC",
        "BinaryAccuracy",
        "BinaryCrossentropy",
        {"BinaryIoU": {}},
        "FalseNegatives",
        "FalsePositives",
        "Hinge",
        "Precision",
        {"PrecisionAtRecall": 0.5},
        "Recall",
        {"RecallAtPrecision": 0.5},
        {"SensitivityAtSpecificity": 0.5},
        {"SpecificityAtSensitivity": 0.5},
        "SquaredHinge",
        "TrueNegatives",
        "TruePositives",
    ],
    "one_hot": [
        "accuracy",
        "CategoricalAccuracy",
        "CategoricalCrossentropy",
        "CategoricalHinge",
        {"F1Score": {"average": "macro"}},
        {"FBetaScore": {"average": "micro"}},
        "KLDivergence",
        {"OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]}},
        {"OneHotMeanIoU": 3},
        {"TopKCategoricalAccuracy": 2},
    ],
    "code": [
        "SparseCategoricalAccuracy",
        "SparseCategoricalCrossentropy",
        {"SparseTopKCategoricalAccuracy": 2},
        {"IoU": {"num_classes": 3, "target_class_ids": [0], "sparse_y_pred": False}},
        {"MeanIoU": {"num_classes": 3, "sparse_y_pred": False}},
    ],
}


def names_of(nodes: list[Any]) -> set[str]:
    return {node if isinstance(node, str) else next(iter(node)) for node in nodes}


def test_every_metric_is_tested() -> None:
    tested = {name for nodes in METRICS.values() for name in names_of(nodes)}
    assert set(Metric.members) == tested


@pytest.mark.parametrize(
    ("kind", "metrics"),
    [
        ((NUMBER, 1, "softplus", "mse"), METRICS["number"]),
        ((TRUTH, 1, "sigmoid", "binary_crossentropy"), METRICS["truth"]),
        ((ONE_HOT, 3, "softmax", "categorical_crossentropy"), METRICS["one_hot"]),
        ((CODES, 3, "softmax", "sparse_categorical_crossentropy"), METRICS["code"]),
    ],
    ids=list(METRICS),
)
def test_metrics(kind: Any, metrics: list[Any], assert_same: Any, prepared: Prepared) -> None:
    target, units, activation, loss = kind
    last = {"Dense": {"units": units, "activation": activation}}
    net = [{"Dense": {"units": 5, "activation": "tanh"}}, last]
    experiment = experiment_of(net, loss=loss, metrics=metrics)
    assert_same(experiment, prepared({"output": target}, {"input": X}), MIXED)


STACKS: dict[str, list[Any]] = {
    "batch_normalization": [
        {"Dense": {"units": 6, "activation": "tanh", "kernel_regularizer": {"L2": 0.01}}},
        {"BatchNormalization": {"momentum": 0.9}},
        {"Dense": {"units": 5, "activation": "tanh", "activity_regularizer": {"L1": 0.01}}},
        {"ActivityRegularization": {"l1": 0.01, "l2": 0.01}},
        {"SpectralNormalization": {"layer": {"Dense": 4}}},
    ],
    "normalizations": [
        {"Dense": {"units": 8, "kernel_constraint": {"MaxNorm": 0.8}, "bias_regularizer": "L1L2"}},
        "LayerNormalization",
        {"Dense": {"units": 8, "kernel_constraint": "NonNeg"}},
        {"GroupNormalization": 2},
        {"Dense": {"units": 8, "kernel_constraint": "UnitNorm"}},
        "RMSNormalization",
        {"Dense": {"units": 8, "kernel_regularizer": {"OrthogonalRegularizer": 0.01}}},
        "UnitNormalization",
        {"Dense": {"units": 8, "kernel_constraint": {"MinMaxNorm": {"max_value": 0.9}}}},
    ],
    "activations": [
        {"Dense": 8},
        "ELU",
        {"Dense": 8},
        "LeakyReLU",
        {"Dense": 8},
        "PReLU",
        {"Dense": 8},
        {"ReLU": {"max_value": 6.0, "negative_slope": 0.1}},
        {"Dense": 8},
        "Softmax",
        {"Dense": 8},
        {"Activation": "swish"},
        "Identity",
    ],
    "shapes": [
        {"Dense": {"units": 12, "activation": "tanh"}},
        {"Reshape": [3, 4]},
        {"Permute": [2, 1]},
        "GlobalAveragePooling1D",
        {"RepeatVector": 2},
        "GlobalMaxPooling1D",
        {"Rescaling": 0.5},
        "Flatten",
    ],
}
BRANCHES = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract", "Dot")
RANDOM_LAYERS = {"AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"}


def test_every_layer_is_tested() -> None:
    tested = {name for nodes in STACKS.values() for name in names_of(nodes)}
    tested |= {*BRANCHES, *RANDOM_LAYERS, "Embedding"}
    assert set(Layer.members) == tested


@pytest.mark.parametrize("name", STACKS)
def test_layers(name: str, assert_same: Any, prepared: Prepared) -> None:
    experiment = experiment_of([*STACKS[name], {"Dense": 1}], optimizer={"SGD": 0.01})
    assert_same(experiment, prepared({"output": NUMBER}, {"input": X}), MIXED)


def test_branches_and_several_inputs(assert_same: Any, prepared: Prepared) -> None:
    layers: dict[str, Any] = {
        "left": {"Dense": {"units": 4, "activation": "tanh"}, "from": "input"},
        "codes": {"Embedding": {"input_dim": 3, "output_dim": 4}, "from": "code"},
        "right": {"Flatten": {}, "from": "codes"},
    }
    for name in BRANCHES:
        arguments = {"axes": 1} if name == "Dot" else {}
        layers[name.lower()] = {name: arguments, "from": ["left", "right"]}
    layers["all"] = {"Concatenate": {}, "from": [name.lower() for name in BRANCHES]}
    layers["result"] = {"Dense": {"units": 1}, "from": "all"}
    model = {
        "inputs": {"input": {"shape": [4]}, "code": {"shape": [1], "dtype": "int32"}},
        "layers": layers,
        "outputs": ["result"],
    }
    data = prepared({"result": NUMBER}, {"input": X, "code": CODES[:, None]})
    columns = {"input": ["a"], "code": ["b"]}
    assert_same(experiment_of(model, inputs=columns), data, MIXED)


def test_class_and_sample_weights(assert_same: Any, prepared: Prepared) -> None:
    net = [{"Dense": {"units": 3, "activation": "softmax"}}]
    weighted = {"loss": "categorical_crossentropy", "class_weight": {0: 2.0, 2: 0.5}}
    experiment = experiment_of(net, metrics=["accuracy"], batch_size=UNEVEN_BATCH, **weighted)
    assert_same(experiment, prepared({"output": ONE_HOT}, {"input": X}, WEIGHT), MIXED)


@pytest.mark.parametrize("batch_size", [1, EVEN_BATCH, UNEVEN_BATCH, "full", 1000])
def test_batch_sizes(batch_size: Any, assert_same: Any, numbers: PreparedData) -> None:
    experiment = experiment_of(NET, batch_size=batch_size, metrics=["mae"])
    assert_same(experiment, numbers, GRAPH, COMPILED)


def test_without_shuffling(assert_same: Any, numbers: PreparedData) -> None:
    assert_same(experiment_of(NET, shuffle=False), numbers)


@pytest.mark.parametrize(
    ("policy", "rtol"), [("float64", 1e-12), ("mixed_bfloat16", 0.1), ("mixed_float16", 0.02)]
)
def test_precisions_with_penalties(policy: str, rtol: float, run: Run, prepared: Prepared) -> None:
    penalties = {
        "kernel_regularizer": "OrthogonalRegularizer",
        "bias_regularizer": "L2",
        "activity_regularizer": "L1",
    }
    net = [{"Dense": {"units": 6, "activation": "tanh", **penalties}}, {"Dense": 1}]
    experiment = experiment_of(net, dtype_policy=policy, metrics=["mae"], batch_size=UNEVEN_BATCH)
    data = prepared({"output": NUMBER}, {"input": X})
    expected, outcome = (run(loop, experiment, data) for loop in (KerasFit(), MIXED))
    for epoch, reference in zip(outcome.log.epochs, expected.log.epochs, strict=True):
        assert epoch == pytest.approx(reference, rel=rtol)
