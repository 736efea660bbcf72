"""Advice: each rule speaks where its lesson applies, and is silent where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config import load_config
from nnlab.config.lint.check import check_config
from nnlab.config.lint.rules import RULES, advice
from nnlab.config.yaml.builtin_configs import list_builtin_configs
from nnlab.config.yaml.document import format_path

BAD = Path(__file__).parents[1] / "bad"

SOFTMAX = "{Dense: {units: 3, activation: softmax}}"
SIGMOID = "{Dense: {units: 8, activation: sigmoid}}"
TANH = "{Dense: {units: 8, activation: tanh}}"
HEAD = "model.layers.2.Dense"
HIDDEN = "model.layers.0.Dense"


def net(*layers: str) -> str:
    """The flag that gives the stack other layers."""
    return f"model.layers=[{', '.join(layers)}]"


# A rule, changes to stack.yaml that it speaks of, where, and how it begins.
SPEAKS = [
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
            (f"{HIDDEN}.kernel_initializer={start}",),
            f"{HIDDEN}.kernel_initializer",
            f"{word} starts all weights of the layer equal",
        )
        for start, word in [("zeros", "Zeros"), ("ones", "Ones"), ("{Constant: 0.5}", "Constant")]
    ],
    (
        "large_start",
        (f"{HIDDEN}.kernel_initializer={{RandomNormal: {{stddev: 2}}}}",),
        f"{HIDDEN}.kernel_initializer",
        "Weights that start with deviation 2 make large sums",
    ),
    (
        "initializer_fits_activation",
        (f"{HIDDEN}.kernel_initializer=he_normal", f"{HIDDEN}.activation=tanh"),
        f"{HIDDEN}.kernel_initializer",
        "HeNormal is made for relu: with tanh",
    ),
    (
        "initializer_fits_activation",
        (f"{HIDDEN}.activation=selu",),
        f"{HIDDEN}.kernel_initializer",
        "selu keeps its values normalized only with LecunNormal. Received: GlorotUniform.",
    ),
    (
        "linear_net",
        (f"{HIDDEN}.activation=linear",),
        f"{HIDDEN}.activation",
        "No hidden layer has an activation",
    ),
    (
        "head_fits_loss",
        (f"{HEAD}.units=1",),
        f"{HEAD}.activation",
        "softmax over one unit is always 1",
    ),
    (
        "head_fits_loss",
        (f"{HEAD}.activation=sigmoid",),
        f"{HEAD}.activation",
        "sigmoid units are not one distribution over classes, which CategoricalCrossentropy",
    ),
    (
        "head_fits_loss",
        (f"{HEAD}.activation=sigmoid", f"{HEAD}.units=1"),
        f"{HEAD}.activation",
        "CategoricalCrossentropy chooses among classes; one unit",
    ),
    (
        "head_fits_loss",
        ("training.loss=binary_crossentropy",),
        f"{HEAD}.activation",
        "BinaryCrossentropy judges each unit by itself",
    ),
    (
        "head_fits_loss",
        (net("{Dense: 8}", "ReLU", "{Dense: 3}"),),
        f"{HEAD}.activation",
        "CategoricalCrossentropy expects probabilities; a linear head gives any number",
    ),
    (
        "head_fits_loss",
        ("training.loss={CategoricalCrossentropy: {from_logits: true}}",),
        f"{HEAD}.activation",
        "from_logits: true applies the softmax a second time",
    ),
    (
        "accuracy_of_numbers",
        ("training.loss=mse", f"{HEAD}.activation=linear"),
        "training.metrics.0",
        "Accuracy counts classes that are right",
    ),
    (
        "noise_at_the_output",
        ("model.layers.3={Dropout: 0.2}",),
        "model.layers.3.Dropout",
        "Dropout on the output layer throws away the prediction",
    ),
    (
        "noise_at_the_output",
        ("model.layers.1={Dropout: 0.9}",),
        "model.layers.1.Dropout.rate",
        "At rate 0.9 few units are left",
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
        "BatchNormalization over one row subtracts the row from itself",
    ),
    (
        "early_stopping_can_stop",
        ("training.early_stopping={patience: 10, restore_best_weights: true}",),
        "training.early_stopping.patience",
        "With patience 10 from epoch 0 on, training cannot stop before its 10 epochs are over.",
    ),
    (
        "early_stopping_can_stop",
        ("training.early_stopping={patience: 3}",),
        "training.early_stopping.restore_best_weights",
        "The run keeps the last epoch's weights",
    ),
]

# Changes to stack.yaml that come near a rule, and that no rule speaks of.
SILENT = [
    ("vanishing_gradients", (net(*2 * [SIGMOID], SOFTMAX),)),
    ("vanishing_gradients", (net(*3 * [SIGMOID, "BatchNormalization"], SOFTMAX),)),
    ("vanishing_gradients", (net(*5 * [TANH], SOFTMAX),)),
    ("symmetry", (f"{HIDDEN}.bias_initializer=ones", f"{HEAD}.kernel_initializer=zeros")),
    ("large_start", (f"{HIDDEN}.kernel_initializer={{RandomNormal: {{stddev: 0.1}}}}",)),
    (
        "large_start",
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
    ("linear_net", (net("{Dense: 8}", "BatchNormalization", "ReLU", SOFTMAX),)),
    ("linear_net", (net(SOFTMAX),)),
    ("head_fits_loss", (net("{Dense: 8}", "ReLU", "{Dense: 3}", "Softmax"),)),
    (
        "head_fits_loss",
        (
            f"{HEAD}.activation=linear",
            "training.loss={CategoricalCrossentropy: {from_logits: true}}",
        ),
    ),
    ("head_fits_loss", (f"{HEAD}.activation=sigmoid", "training.loss=binary_crossentropy")),
    ("head_fits_loss", ("training.loss=crossentropy",)),
    ("accuracy_of_numbers", ("training.loss=mse",)),
    (
        "accuracy_of_numbers",
        ("training.loss=mse", f"{HEAD}.activation=linear", "training.metrics=[mae]"),
    ),
    ("noise_at_the_output", ("model.layers.1={GaussianNoise: 0.9}",)),
    ("unscaled_features", ("data.scaling=none", "data.dataset=blobs")),
    ("unscaled_features", ("data.scaling=none", "data.dataset=diabetes")),
    (
        "unscaled_features",
        ("data.scaling=none", net("BatchNormalization", TANH, SOFTMAX)),
    ),
    ("batch_of_one", ("training.batch_size=1", "model.layers.1=LayerNormalization")),
    ("batch_of_one", ("training.batch_size=2", "model.layers.1=BatchNormalization")),
    (
        "early_stopping_can_stop",
        ("training.early_stopping={patience: 3, restore_best_weights: true}",),
    ),
]

# Layers of a graph from `flower` to `kind`, and the place that a rule speaks of, if any does.
GRAPHS = [
    ("hidden: {Dense: 8, from: flower}, kind: %s, from: hidden}", "hidden.Dense.activation"),
    ("hidden: {Dense: 8, from: flower}, bent: {ReLU: {}, from: hidden}, kind: %s, from: bent}", ""),
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


def rule_of(name: str) -> str:
    return f"_{name}"


@pytest.mark.parametrize(("rule", "changes", "place", "begin"), SPEAKS)
def test_rule_speaks(rule: str, changes: tuple[str, ...], place: str, begin: str) -> None:
    experiment = load_config(BAD / "stack.yaml", changes)
    (speaking,) = (one for one in RULES if one.__name__ == rule_of(rule))
    (warning,) = speaking(experiment)
    assert format_path(warning.path) == place
    assert warning.message.startswith(begin)
    assert warning.message.endswith(".")
    assert warning.hint.endswith(".")
    assert warning in advice(experiment)


@pytest.mark.parametrize(("rule", "changes"), SILENT)
def test_rule_is_silent(rule: str, changes: tuple[str, ...]) -> None:
    assert rule_of(rule) in [one.__name__ for one in RULES]
    assert advice(load_config(BAD / "stack.yaml", changes)) == []


def test_every_rule_has_a_case_on_either_side() -> None:
    names = {one.__name__ for one in RULES}
    assert {rule_of(rule) for rule, *_ in SPEAKS} == names
    assert {rule_of(rule) for rule, *_ in SILENT} == names


@pytest.mark.parametrize(("layers", "place"), GRAPHS)
def test_rules_follow_the_edges_of_a_graph(layers: str, place: str, tmp_path: Path) -> None:
    layers = layers.replace("%s", SOFTMAX.removesuffix("}"))
    path = tmp_path / "graph.yaml"
    path.write_text(
        "data: {dataset: iris, scaling: standard}\n"
        f"model: {{inputs: {{flower: {{shape: [4]}}}}, layers: {{{layers}}}, outputs: [kind]}}\n"
        "training: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 3}\n"
    )
    places = [format_path(warning.path) for warning in advice(load_config(path))]
    assert places == ([f"model.layers.{place}"] if place else [])


def test_advice_points_at_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(
        f"extends: {BAD}/stack.yaml\n"
        "model:\n"
        "  defaults: {Dense: {activation: sigmoid}, Embedding: {mask_zero: true}}\n"
        "  layers: [{Dense: 8}, {Dense: 8}, {Dense: 8}, {Dense: {units: 3, activation: softmax}}]\n"
    )
    checked = check_config(path)
    assert checked.is_valid
    assert [(str(one.location).removeprefix(f"{path}:"), one.path) for one in checked.advice] == [
        ("3:34", "model.defaults.Dense.activation"),
        ("3:44", "model.defaults.Embedding"),
    ]


def test_shipped_configs_are_advised_only_where_that_is_their_lesson() -> None:
    advised = {
        shipped.name for shipped in list_builtin_configs() if check_config(shipped.path).advice
    }
    assert advised == {"vanishing_gradients", "exploding_gradients"}
