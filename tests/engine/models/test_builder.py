"""Models: preprocessing, initial weights, names, and errors for layers that do not match."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.inputs import model_inputs
from nnlab.errors import ConfigError, Diagnostic

IMAGES = {"input": InputSpec("input", (28, 28), "uint8", (), 1 / 255, 0.0)}


def dense(units: int, **arguments: Any) -> dict[str, Any]:
    return {"Dense": {"units": units, **arguments}}


def functional(
    inputs: dict[str, list[int]], layers: dict[str, Any], *outputs: str
) -> dict[str, Any]:
    return {
        "inputs": {name: {"shape": shape} for name, shape in inputs.items()},
        "layers": layers,
        "outputs": list(outputs),
    }


def errors_of(experiment: Any, inputs: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(ConfigError) as caught:
        build_model(experiment, inputs)
    return caught.value.diagnostics


LAYERS: list[Any] = [
    dense(16, activation="relu", kernel_initializer="he_normal"),
    {"Dropout": 0.3},
    "BatchNormalization",
    dense(10, activation="softmax"),
]
GRAPH = functional(
    {"pixels": [784]},
    {
        # Out of order: layers are built after their sources.
        "digit": {**LAYERS[3], "from": "norm"},
        "norm": {"BatchNormalization": {}, "from": "drop"},
        "drop": {"Dropout": 0.3, "from": "hidden"},
        "hidden": {**LAYERS[0], "from": "pixels"},
    },
    "digit",
)


def test_sequential_and_functional_have_bit_identical_initial_weights(make_experiment: Any) -> None:
    sequential, graph = (build_model(make_experiment(model), IMAGES) for model in (LAYERS, GRAPH))
    assert len(sequential.variables) == len(graph.variables)
    for variable, expected in zip(graph.variables, sequential.variables, strict=True):
        np.testing.assert_array_equal(variable, expected)


@pytest.mark.slow
def test_sequential_and_functional_train_with_equal_losses(make_experiment: Any) -> None:
    generator = np.random.default_rng(0)
    rows = generator.integers(0, 256, (64, 28, 28)).astype("uint8")
    targets = np.eye(10, dtype="float32")[generator.integers(0, 10, 64)]
    losses = []
    for model in (LAYERS, GRAPH):
        built = build_model(make_experiment(model), IMAGES)
        built.compile("adam", "categorical_crossentropy", jit_compile=False)
        losses.append(built.fit(rows, targets, epochs=2, batch_size=16, verbose=0).history["loss"])
    assert losses[0] == losses[1]


def test_preprocessing_does_not_change_the_initial_weights(make_experiment: Any) -> None:
    experiment = make_experiment(LAYERS)
    preprocessed = build_model(experiment, IMAGES)
    plain = build_model(experiment, {"input": InputSpec("input", (784,), "float32")})
    for variable, expected in zip(preprocessed.variables, plain.variables, strict=True):
        np.testing.assert_array_equal(variable, expected)


def test_seed_changes_the_initial_weights(make_experiment: Any) -> None:
    models = [build_model(make_experiment([dense(3)], seed=seed), IMAGES) for seed in (1, 2)]
    assert not np.array_equal(models[0].weights[0], models[1].weights[0])


def test_model_takes_raw_images_and_scales_them(make_experiment: Any) -> None:
    model = build_model(make_experiment([dense(2, kernel_initializer="ones")]), IMAGES)
    rows = np.full((3, 28, 28), 255, np.uint8)
    np.testing.assert_allclose(model(rows), np.full((3, 2), 784), rtol=1e-5)
    assert model.count_params() == 784 * 2 + 2


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16", "float64"])
def test_features_are_scaled_in_full_precision(
    make_experiment: Any, rows_of: Any, policy: str
) -> None:
    scale, offset = np.array([[0.1, 2], [-1000, 1]], np.float32)
    experiment = make_experiment(["Identity"], dtype_policy=policy)
    model = build_model(experiment, rows_of(2, scale=scale, offset=offset))
    # As float16 this value is 10008 or infinite, and the difference is lost.
    result = np.asarray(keras.ops.cast(model(np.array([[10010.3, 3]], np.float32)), "float32"))
    np.testing.assert_allclose(result, [[1.03, 7]], rtol=5e-3)


def test_dtype_policy_applies_to_the_model_and_is_restored(
    make_experiment: Any, rows_of: Any
) -> None:
    before = keras.config.dtype_policy().name, keras.config.floatx()
    model = build_model(make_experiment([dense(2)], dtype_policy="mixed_bfloat16"), rows_of(3))
    assert model.layers[-1].compute_dtype == "bfloat16"
    assert model.layers[-1].variable_dtype == "float32"
    assert (keras.config.dtype_policy().name, keras.config.floatx()) == before


@pytest.mark.parametrize(
    "first", ["BatchNormalization", {"Dropout": 0.1}, {"GaussianNoise": 0.1}, "LayerNormalization"]
)
def test_unscaled_integers_are_cast_to_floats(
    make_experiment: Any, rows_of: Any, first: Any
) -> None:
    model = build_model(make_experiment([first, dense(2)]), rows_of(3, dtype="uint8"))
    assert model(np.array([[1, 2, 255]], np.uint8), training=True).dtype == "float32"


CODES = {"Embedding": {"input_dim": 70000, "output_dim": 2}}


@pytest.mark.parametrize(
    "section",
    [
        {"layers": [CODES, "Flatten"]},
        {"layers": ["Flatten", CODES, "Flatten"]},
        functional(
            {"x": [3]},
            {
                "same": {"Reshape": [3], "from": "x"},
                "embedding": {**CODES, "from": "same"},
                "flat": {"Flatten": {}, "from": "embedding"},
            },
            "flat",
        ),
    ],
)
def test_embedding_takes_codes_unscaled(make_experiment: Any, rows_of: Any, section: Any) -> None:
    experiment = make_experiment(section, dtype_policy="mixed_float16")
    model = build_model(experiment, rows_of(3, dtype="int32", scale=0.5))
    # As float16, 65535 is infinity and 2049 is 2048.
    codes = np.array([[65535, 2049, 3]], np.int32)
    table = keras.ops.cast(model.get_layer("embedding").embeddings, "float16")
    np.testing.assert_array_equal(model(codes), np.asarray(table)[codes].reshape(1, 6))


def test_images_keep_their_shape_before_a_flatten(make_experiment: Any) -> None:
    model = build_model(make_experiment(["Flatten", dense(2)]), IMAGES)
    assert [layer.name for layer in model.layers] == ["input_scaled", "flatten", "output"]


@pytest.mark.parametrize(
    ("declared", "expected"), [([784], (784,)), ([28, 28, 1], (28, 28, 1)), ([28, 28], (28, 28))]
)
def test_rows_are_reshaped_to_the_declared_shape(
    make_experiment: Any, declared: list[int], expected: tuple[int, ...]
) -> None:
    layers = {"flat": {"Flatten": {}, "from": "pixels"}, "digit": {**dense(10), "from": "flat"}}
    model = build_model(make_experiment(functional({"pixels": declared}, layers, "digit")), IMAGES)
    assert model.get_layer("flat").input.shape == (None, *expected)
    assert model(np.zeros((2, 28, 28), np.uint8)).shape == (2, 10)


def test_layer_names_do_not_depend_on_earlier_models(make_experiment: Any, rows_of: Any) -> None:
    layers = [dense(4, name="mine"), dense(4), dense(4), {"Dropout": 0.1}, dense(1)]
    for _ in range(2):
        model = build_model(make_experiment(layers), rows_of(3))
        assert [layer.name for layer in model.layers] == [
            "mine",
            "dense",
            "dense_1",
            "dropout",
            "output",
        ]


def test_names_in_the_config_take_precedence(make_experiment: Any) -> None:
    layers = [
        dense(4, name="input"),
        dense(4, name="input_flat"),
        dense(4, name="output"),
        dense(1),
    ]
    model = build_model(make_experiment(layers), IMAGES)
    assert [layer.name for layer in model.layers][-4:] == [
        "input",
        "input_flat",
        "output",
        "output_1",
    ]


def test_model_name_defaults_to_that_of_the_experiment(make_experiment: Any, rows_of: Any) -> None:
    assert (
        build_model(make_experiment({"name": "mine", "layers": [dense(1)]}), rows_of(3)).name
        == "mine"
    )
    assert build_model(make_experiment([dense(1)]), rows_of(3)).name == "experiment"


def test_several_inputs_and_outputs_match_by_name(make_experiment: Any) -> None:
    layers = {
        "both": {"Concatenate": {}, "from": ["right", "left"]},
        "price": {**dense(1), "from": "both"},
        "kind": {**dense(3), "from": "both"},
    }
    section = functional({"right": [2], "left": [3]}, layers, "price", "kind")
    inputs = {
        "left": InputSpec("left", (3,), "float32"),
        "right": InputSpec("right", (2,), "float32"),
    }
    experiment = make_experiment(section, loss={"price": "mse", "kind": "mse"})
    model = build_model(experiment, inputs)
    rows = {"left": np.ones((4, 3), np.float32), "right": np.ones((4, 2), np.float32)}
    outputs = model(model_inputs(model, rows))
    assert {name: array.shape for name, array in outputs.items()} == {
        "price": (4, 1),
        "kind": (4, 3),
    }


def test_single_input_matches_by_position(make_experiment: Any) -> None:
    model = build_model(make_experiment(GRAPH), IMAGES)
    rows = np.zeros((2, 28, 28), np.uint8)
    assert model_inputs(model, {"input": rows}) is rows
    assert model(rows).shape == (2, 10)


def test_input_size_that_differs_from_the_data_is_an_error(make_experiment: Any) -> None:
    layers = {"digit": {**dense(10), "from": "pixels"}}
    (diagnostic,) = errors_of(
        make_experiment(functional({"pixels": [780]}, layers, "digit")), IMAGES
    )
    assert diagnostic.path == "model.inputs.pixels.shape"
    assert "[28, 28] (784 values)" in diagnostic.message
    assert "Received: shape=[780]." in diagnostic.message
    assert "`shape: [784]`" in diagnostic.hint


def test_all_inputs_of_the_wrong_size_are_reported(make_experiment: Any) -> None:
    layers = {"all": {"Concatenate": {}, "from": ["a", "b"]}, "y": {**dense(1), "from": "all"}}
    inputs = {name: InputSpec(name, (4,), "float32") for name in ("a", "b")}
    diagnostics = errors_of(make_experiment(functional({"a": [3], "b": [5]}, layers, "y")), inputs)
    assert [diagnostic.path for diagnostic in diagnostics] == [
        "model.inputs.a.shape",
        "model.inputs.b.shape",
    ]


def test_inputs_with_other_names_are_an_error(make_experiment: Any) -> None:
    layers = {"all": {"Concatenate": {}, "from": ["a", "b"]}, "y": {**dense(1), "from": "all"}}
    inputs = {name: InputSpec(name, (3,), "float32") for name in ("a", "c")}
    (diagnostic,) = errors_of(
        make_experiment(functional({"a": [3], "b": [3]}, layers, "y")), inputs
    )
    assert diagnostic.path == "model.inputs"
    assert "`a`, `c`" in diagnostic.message
    assert "Received: `a`, `b`." in diagnostic.message


def test_sequential_model_with_several_inputs_is_an_error(make_experiment: Any) -> None:
    inputs = {name: InputSpec(name, (3,), "float32") for name in ("a", "b")}
    (diagnostic,) = errors_of(make_experiment([dense(1)]), inputs)
    assert diagnostic.path == "model"
    assert "Functional" in diagnostic.hint


@pytest.mark.parametrize(
    ("layer", "component", "message", "hint"),
    [
        (
            {"Reshape": [28, 29]},
            "Reshape",
            "Reshape with target_shape=[28, 29] cannot take rows of shape [784]. Keras: The total",
            "target_shape",
        ),
        (
            {"GroupNormalization": {"groups": 5}},
            "GroupNormalization",
            "Number of groups (5)",
            "divides",
        ),
        (
            {"BatchNormalization": {"axis": 4}},
            "BatchNormalization",
            "rows of shape [784]",
            "Axis 0 is the batch",
        ),
        (
            {"UnitNormalization": {"axis": 4}},
            "UnitNormalization",
            "Axis 4 is out of bounds",
            "Axis 0 is the batch",
        ),
        (
            {"Dense": {"units": 3, "bias_initializer": "orthogonal"}},
            "Dense",
            "must be at least two-dimensional",
            "Change the layer's arguments",
        ),
    ],
)
def test_layer_that_keras_rejects_is_located_in_the_stack(
    make_experiment: Any, layer: Any, component: str, message: str, hint: str
) -> None:
    (diagnostic,) = errors_of(make_experiment([dense(784), layer, dense(3), dense(1)]), IMAGES)
    assert diagnostic.path == f"model.layers.1.{component}"
    assert message in diagnostic.message
    assert hint in diagnostic.hint
    assert "\n" not in diagnostic.message
    assert "\x1b" not in diagnostic.message


def test_all_mismatched_layers_of_a_graph_are_reported(make_experiment: Any) -> None:
    layers = {
        "a": {**dense(3), "from": "x"},
        "b": {**dense(4), "from": "x"},
        "skip": {"Add": {}, "from": ["a", "b"]},
        "shaped": {"Reshape": [5, 5], "from": "a"},
        "behind": {**dense(2), "from": "skip"},
        "all": {"Concatenate": {}, "from": ["behind", "shaped"]},
    }
    inputs = {"input": InputSpec("input", (7,), "float32")}
    diagnostics = errors_of(make_experiment(functional({"x": [7]}, layers, "all")), inputs)
    assert [diagnostic.path for diagnostic in diagnostics] == [
        "model.layers.skip",
        "model.layers.shaped",
    ]
    assert "rows of shapes [3] and [4]" in diagnostics[0].message
    assert "Concatenate" in diagnostics[0].hint


def test_output_with_several_axes_is_an_error(make_experiment: Any) -> None:
    section = functional({"pixels": [28, 28]}, {"digit": {**dense(10), "from": "pixels"}}, "digit")
    (diagnostic,) = errors_of(make_experiment(section), IMAGES)
    assert diagnostic.path == "model.layers.digit"
    assert "[28, 10]" in diagnostic.message
    assert "Flatten" in diagnostic.hint
    (diagnostic,) = errors_of(make_experiment([{"Reshape": [28, 28]}, dense(10)]), IMAGES)
    assert diagnostic.path == "model.layers.1.Dense"


@pytest.mark.parametrize("declared", ["float32", "int32", "uint8"])
def test_rows_are_cast_to_the_declared_dtype(
    make_experiment: Any, rows_of: Any, declared: str
) -> None:
    section = functional({"x": [2]}, {"y": {"Identity": {}, "from": "x"}}, "y")
    section["inputs"]["x"]["dtype"] = declared
    model = build_model(make_experiment(section), rows_of(2))
    assert model.inputs[0].dtype == declared
    np.testing.assert_array_equal(model(np.array([[1, 2]], np.float32)), [[1, 2]])
