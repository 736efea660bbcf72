"""Tests of the lint rules: each warns where it applies, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config import load_config
from nnlab.config.lint.check import check_config
from nnlab.config.lint.rules import RULES, lint_experiment
from nnlab.config.yaml.builtin_configs import list_builtin_configs
from nnlab.config.yaml.document import format_path

BAD = Path(__file__).parents[1] / "bad"

SOFTMAX = "{Dense: {units: 3, activation: softmax}}"
SIGMOID = "{Dense: {units: 8, activation: sigmoid}}"
TANH = "{Dense: {units: 8, activation: tanh}}"
HEAD = "model.layers.2.Dense"
HIDDEN = "model.layers.0.Dense"


def net(*layers: str) -> str:
    """Return the assignment of other layers to the stack."""
    return f"model.layers=[{', '.join(layers)}]"


# A rule, changes to stack.yaml that it warns about, the path, and the start of the message.
WARNS = [
    (
        "vanishing_gradients",
        (net(*3 * [SIGMOID], SOFTMAX),),
        "model.layers.0.Dense.activation",
        "3 hidden layers use sigmoid, whose slope is at most 0.25",
    ),
    (
        "vanishing_gradients",
        (net(*3 * ["{Dense: 8}", "{Activation: hard_sigmoid}"], SOFTMAX),),
        "model.layers.0.Dense.activation",
        "3 hidden layers use hard_sigmoid",
    ),
    (
        "vanishing_gradients",
        (net(*4 * ["{Dense: 8}"], SOFTMAX), "model.defaults={Dense: {activation: sigmoid}}"),
        "model.layers.0.Dense.activation",
        "4 hidden layers use sigmoid",
    ),
    *[
        (
            "symmetry",
            (f"{HIDDEN}.kernel_initializer={initializer}",),
            f"{HIDDEN}.kernel_initializer",
            f"{name} makes all weights of the layer equal",
        )
        for initializer, name in [
            ("zeros", "Zeros"),
            ("ones", "Ones"),
            ("{Constant: 0.5}", "Constant"),
        ]
    ],
    (
        "large_initial_weights",
        (f"{HIDDEN}.kernel_initializer={{RandomNormal: {{stddev: 2}}}}",),
        f"{HIDDEN}.kernel_initializer",
        "Initial weights with a standard deviation of 2",
    ),
    (
        "initializer_fits_activation",
        (f"{HIDDEN}.kernel_initializer=he_normal", f"{HIDDEN}.activation=tanh"),
        f"{HIDDEN}.kernel_initializer",
        "HeNormal is designed for relu: with tanh",
    ),
    (
        "initializer_fits_activation",
        (f"{HIDDEN}.activation=selu",),
        f"{HIDDEN}.kernel_initializer",
        "selu keeps its values normalized only with LecunNormal. Received: GlorotUniform.",
    ),
    (
        "linear_network",
        (f"{HIDDEN}.activation=linear",),
        f"{HIDDEN}.activation",
        "No hidden layer has an activation",
    ),
    (
        "output_fits_loss",
        (f"{HEAD}.units=1",),
        f"{HEAD}.activation",
        "softmax over one unit is always 1",
    ),
    (
        "output_fits_loss",
        (f"{HEAD}.activation=sigmoid",),
        f"{HEAD}.activation",
        "CategoricalCrossentropy expects one distribution over the classes",
    ),
    (
        "output_fits_loss",
        (f"{HEAD}.activation=sigmoid", f"{HEAD}.units=1"),
        f"{HEAD}.activation",
        "CategoricalCrossentropy expects one unit for each class",
    ),
    (
        "output_fits_loss",
        ("training.loss=binary_crossentropy",),
        f"{HEAD}.activation",
        "BinaryCrossentropy expects independent units",
    ),
    (
        "output_fits_loss",
        (net("{Dense: 8}", "ReLU", "{Dense: 3}"),),
        f"{HEAD}.activation",
        "CategoricalCrossentropy expects probabilities; the linear output layer",
    ),
    (
        "output_fits_loss",
        ("training.loss={CategoricalCrossentropy: {from_logits: true}}",),
        f"{HEAD}.activation",
        "from_logits: true applies the softmax a second time",
    ),
    (
        "accuracy_of_regression",
        ("training.loss=mse", f"{HEAD}.activation=linear"),
        "training.metrics.0",
        "Accuracy counts correct classes",
    ),
    (
        "noise",
        ("model.layers.3={Dropout: 0.2}",),
        "model.layers.3.Dropout",
        "Dropout as the output layer",
    ),
    (
        "noise",
        ("model.layers.1={Dropout: 0.9}",),
        "model.layers.1.Dropout.rate",
        "A rate of 0.9 leaves few units",
    ),
    (
        "unscaled_features",
        ("data.scaling=none",),
        "data.scaling",
        "The features are not scaled",
    ),
    (
        "unscaled_features",
        ("data={file: flowers.csv, target: kind}",),
        "data.scaling",
        "The features are not scaled",
    ),
    (
        "batch_of_one",
        ("training.batch_size=1", "model.layers.1=BatchNormalization"),
        "model.layers.1.BatchNormalization",
        "BatchNormalization of a single row",
    ),
    (
        "early_stopping",
        ("training.early_stopping={patience: 10, restore_best_weights: true}",),
        "training.early_stopping.patience",
        "With patience 10 from epoch 0, training cannot stop before its 10 epochs are over.",
    ),
    (
        "early_stopping",
        ("training.early_stopping={patience: 3}",),
        "training.early_stopping.restore_best_weights",
        "The run keeps the weights of the last epoch",
    ),
]

# Changes to stack.yaml that almost match a rule, without a warning.
SILENT = [
    ("vanishing_gradients", (net(*2 * [SIGMOID], SOFTMAX),)),
    ("vanishing_gradients", (net(*3 * [SIGMOID, "BatchNormalization"], SOFTMAX),)),
    ("vanishing_gradients", (net(*5 * [TANH], SOFTMAX),)),
    ("symmetry", (f"{HIDDEN}.bias_initializer=ones", f"{HEAD}.kernel_initializer=zeros")),
    ("large_initial_weights", (f"{HIDDEN}.kernel_initializer={{RandomNormal: {{stddev: 0.1}}}}",)),
    (
        "large_initial_weights",
        (
            f"{HIDDEN}.kernel_initializer={{RandomNormal: {{stddev: 2}}}}",
            "training.optimizer.Adam.clipnorm=1",
        ),
    ),
    ("initializer_fits_activation", (f"{HIDDEN}.kernel_initializer=he_uniform",)),
    (
        "initializer_fits_activation",
        (f"{HIDDEN}.kernel_initializer=lecun_normal", f"{HIDDEN}.activation=selu"),
    ),
    ("linear_network", (net("{Dense: 8}", "BatchNormalization", "ReLU", SOFTMAX),)),
    ("linear_network", (net(SOFTMAX),)),
    ("output_fits_loss", (net("{Dense: 8}", "ReLU", "{Dense: 3}", "Softmax"),)),
    (
        "output_fits_loss",
        (
            f"{HEAD}.activation=linear",
            "training.loss={CategoricalCrossentropy: {from_logits: true}}",
        ),
    ),
    ("output_fits_loss", (f"{HEAD}.activation=sigmoid", "training.loss=binary_crossentropy")),
    ("output_fits_loss", ("training.loss=crossentropy",)),
    ("accuracy_of_regression", ("training.loss=mse",)),
    (
        "accuracy_of_regression",
        ("training.loss=mse", f"{HEAD}.activation=linear", "training.metrics=[mae]"),
    ),
    ("noise", ("model.layers.1={GaussianNoise: 0.9}",)),
    ("unscaled_features", ("data.scaling=none", "data.dataset=blobs")),
    ("unscaled_features", ("data.scaling=none", "data.dataset=diabetes")),
    (
        "unscaled_features",
        ("data.scaling=none", net("BatchNormalization", TANH, SOFTMAX)),
    ),
    ("batch_of_one", ("training.batch_size=1", "model.layers.1=LayerNormalization")),
    ("batch_of_one", ("training.batch_size=2", "model.layers.1=BatchNormalization")),
    (
        "early_stopping",
        ("training.early_stopping={patience: 3, restore_best_weights: true}",),
    ),
]

# Layers of a graph from `flower` to `kind`, and the path of the warning, if there is one.
GRAPHS = [
    ("hidden: {Dense: 8, from: flower}, kind: %s, from: hidden}", "hidden.Dense.activation"),
    ("hidden: {Dense: 8, from: flower}, relu: {ReLU: {}, from: hidden}, kind: %s, from: relu}", ""),
    ("logits: {Dense: 3, from: flower}, kind: {Softmax: {}, from: logits}", ""),
    ("logits: {Dense: 3, from: flower}, kind: {ReLU: {}, from: logits}", "logits.Dense.activation"),
    ("head: %s, from: flower}, kind: {Dropout: 0.2, from: head}", "kind.Dropout"),
    (
        (
            "a: {Dense: {units: 4, activation: sigmoid}, from: flower}, "
            "b: {Dense: {units: 4, activation: sigmoid}, from: a}, "
            "c: {Dense: {units: 4, activation: sigmoid}, from: b}, "
            "d: {Add: {}, from: [a, c]}, "
            "kind: %s, from: d}"
        ),
        "",
    ),
]


def rule_name(name: str) -> str:
    return f"_{name}"


@pytest.mark.parametrize(("rule", "changes", "path", "message"), WARNS)
def test_rule_warns(rule: str, changes: tuple[str, ...], path: str, message: str) -> None:
    experiment = load_config(BAD / "stack.yaml", changes)
    (function,) = (function for function in RULES if function.__name__ == rule_name(rule))
    (warning,) = function(experiment)
    assert format_path(warning.path) == path
    assert warning.message.startswith(message)
    assert warning.message.endswith(".")
    assert warning.hint.endswith(".")
    assert warning in lint_experiment(experiment)


@pytest.mark.parametrize(("rule", "changes"), SILENT)
def test_rule_is_silent(rule: str, changes: tuple[str, ...]) -> None:
    assert rule_name(rule) in [function.__name__ for function in RULES]
    assert lint_experiment(load_config(BAD / "stack.yaml", changes)) == []


def test_every_rule_has_cases_with_and_without_a_warning() -> None:
    names = {function.__name__ for function in RULES}
    assert {rule_name(rule) for rule, *_ in WARNS} == names
    assert {rule_name(rule) for rule, *_ in SILENT} == names


@pytest.mark.parametrize(("layers", "expected"), GRAPHS)
def test_rules_follow_the_edges_of_a_graph(layers: str, expected: str, tmp_path: Path) -> None:
    layers = layers.replace("%s", SOFTMAX.removesuffix("}"))
    path = tmp_path / "graph.yaml"
    path.write_text(
        "data: {dataset: iris, scaling: standard}\n"
        f"model: {{inputs: {{flower: {{shape: [4]}}}}, layers: {{{layers}}}, outputs: [kind]}}\n"
        "training: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 3}\n"
    )
    paths = [format_path(warning.path) for warning in lint_experiment(load_config(path))]
    assert paths == ([f"model.layers.{expected}"] if expected else [])


def test_warnings_are_located_at_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(
        f"extends: {BAD}/stack.yaml\n"
        "model:\n"
        "  defaults: {Dense: {activation: sigmoid}, Embedding: {mask_zero: true}}\n"
        "  layers: [{Dense: 8}, {Dense: 8}, {Dense: 8}, {Dense: {units: 3, activation: softmax}}]\n"
    )
    checked = check_config(path)
    assert checked.is_valid
    assert [
        (str(warning.location).removeprefix(f"{path}:"), warning.path)
        for warning in checked.warnings
    ] == [
        ("3:34", "model.defaults.Dense.activation"),
        ("3:44", "model.defaults.Embedding"),
    ]


def test_only_built_in_configs_that_demonstrate_a_mistake_have_warnings() -> None:
    names = {config.name for config in list_builtin_configs() if check_config(config.path).warnings}
    assert names == {"vanishing_gradients", "exploding_gradients"}
