"""The saved model takes raw rows, needs only Keras, is complete and reproducible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.data.containers.prepared import Column, InputSpec
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import compile_model
from nnlab.engine.models.export import export_model, save_model
from nnlab.engine.models.inputs import model_inputs
from nnlab.engine.models.preprocessing import raw_dtype

SEX = Column("sex", "category", None, ("female", "male"), "one_hot")
AGE = Column("age", "number", 29.5)
DECK = Column("deck", "category", None, ("1", "2", "10"), "one_hot")
FARE = Column("fare/£", "number")
TABLE = {
    "input": InputSpec(
        "input",
        (7,),
        "float32",
        (SEX, AGE, DECK, FARE),
        np.array([1, 1, 0.1, 1, 1, 1, 0.01], np.float32),
        np.array([0, 0, -2, 0, 0, 0, 1], np.float32),
    )
}
RAW = {
    "sex": np.array([["male"], ["female"], [""], ["other"]]),
    "age": np.array([[30], [np.nan], [2], [3]], np.float32),
    "deck": np.array([[10], [1], [np.nan], [3]], np.float32),
    "fare_£": np.array([[7], [8], [9], [10]], np.float32),
}
PREPARED = {
    "input": np.array(
        [
            [0, 1, 30, 0, 0, 1, 7],
            [1, 0, 29.5, 1, 0, 0, 8],
            [0, 0, 2, 0, 0, 0, 9],
            [0, 0, 3, 0, 0, 0, 10],
        ],
        np.float32,
    )
}
LAYERS = [{"Dense": {"units": 4, "activation": "tanh"}}, {"Dense": {"units": 1}}]

# Loads saved models with only Keras, as another user would, and computes their outputs.
SCRIPT = """
import sys
import keras, numpy as np
for path in sys.argv[1:]:
    model = keras.models.load_model(path)
    raw = dict(np.load(path + ".raw.npz"))
    outputs = model(raw if len(raw) > 1 else raw["input"])
    outputs = outputs if isinstance(outputs, dict) else {"output": outputs}
    np.savez(path + ".outputs.npz", **{name: np.asarray(array) for name, array in outputs.items()})
assert not any(name.startswith("nnlab") for name in sys.modules)
"""


def trained(experiment: Any, inputs: dict[str, InputSpec], rows: dict[str, Any]) -> keras.Model:
    """Return a model trained for a few steps: its optimizer has a state."""
    model = build_model(experiment, inputs)
    compile_model(model, experiment)
    count = len(next(iter(rows.values())))
    targets = {name: np.ones((count, 1), np.float32) for name in experiment.model.output_names}
    y = targets if len(targets) > 1 else next(iter(targets.values()))
    model.fit(model_inputs(model, rows), y, epochs=2, verbose=0)
    return model


def integer_codes() -> tuple[dict[str, Any], dict[str, InputSpec]]:
    """Return a model section with two outputs and two inputs, one of codes; and the input specs."""
    city = Column("city", "category", None, ("unknown", "Wien", "Zürich"), "integer")
    large = Column("max", "category", None, ("7", "16777216", "16777217"), "integer")
    section = {
        "inputs": {"codes": {"shape": [2]}, "numbers": {"shape": [1]}},
        "layers": {
            "table": {"Embedding": {"input_dim": 4, "output_dim": 2}, "from": "codes"},
            "city": {"Flatten": {}, "from": "table"},
            "concatenate": {"Concatenate": {}, "from": ["city", "numbers"]},
            "price": {"Dense": {"units": 1}, "from": "concatenate"},
            "other": {"Dense": {"units": 1}, "from": "concatenate"},
        },
        "outputs": ["price", "other"],
    }
    return section, {
        "codes": InputSpec("codes", (2,), "int32", (city, large)),
        "numbers": InputSpec("numbers", (1,), "float32", (AGE,), 0.5, -1.0),
    }


CODED_RAW = {
    "city": np.array([["unknown"], ["Zürich"], ["Paris"]]),
    "max": np.array([[16777217], [16777216], [8]]),
    "age": np.array([[np.nan], [4], [5]], np.float32),
}
CODED_ROWS = {
    "codes": np.array([[1, 3], [3, 2], [0, 0]], np.int32),
    "numbers": np.array([[29.5], [4], [5]], np.float32),
}


@pytest.mark.slow
def test_saved_models_take_raw_rows_without_nnlab(
    make_experiment: Any, rows_of: Any, tmp_path: Path
) -> None:
    section, coded = integer_codes()
    images = rows_of(28, 28, dtype="uint8", scale=1 / 255, offset=0.0)
    pixels = {"input": np.arange(2 * 784).reshape(2, 28, 28).astype(np.uint8)}
    cases: dict[str, tuple[Any, Any, Any, Any]] = {
        "table": (make_experiment(LAYERS), TABLE, PREPARED, RAW),
        "coded": (
            make_experiment(section, loss={"price": "mse", "other": "mae"}),
            coded,
            CODED_ROWS,
            CODED_RAW,
        ),
        "images": (make_experiment(LAYERS), images, pixels, pixels),
    }
    expected, paths = {}, []
    for name, (experiment, inputs, rows, raw) in cases.items():
        model = trained(experiment, inputs, rows)
        outputs = model(model_inputs(model, rows))
        expected[name] = outputs if isinstance(outputs, dict) else {"output": outputs}
        paths.append(tmp_path / f"{name}.keras")
        save_model(export_model(model, inputs), paths[-1])
        np.savez(f"{paths[-1]}.raw.npz", **raw)
    command = [sys.executable, "-c", SCRIPT, *map(str, paths)]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    for path in paths:
        outputs = dict(np.load(f"{path}.outputs.npz"))
        assert outputs.keys() == expected[path.stem].keys()
        for name, values in outputs.items():
            np.testing.assert_array_equal(values, expected[path.stem][name])


def test_exported_model_equals_the_trained_one_on_raw_rows(
    make_experiment: Any,
) -> None:
    model = trained(make_experiment(LAYERS), TABLE, PREPARED)
    np.testing.assert_array_equal(export_model(model, TABLE)(RAW), model(PREPARED["input"]))


def test_columns_may_have_the_names_of_layers_and_operations(make_experiment: Any) -> None:
    section, inputs = integer_codes()
    model = build_model(make_experiment(section, loss={"price": "mse", "other": "mae"}), inputs)
    exported = export_model(model, inputs)
    assert {tensor.name for tensor in exported.inputs} == {"city", "max", "age"}


def test_model_without_text_or_missing_values_is_returned_unchanged(
    make_experiment: Any, rows_of: Any
) -> None:
    inputs = rows_of(28, 28, dtype="uint8", scale=1 / 255, offset=0.0)
    model = build_model(make_experiment(LAYERS), inputs)
    assert export_model(model, inputs) is model


def test_exported_model_equals_the_trained_one_on_cells_of_a_file(tmp_path: Path) -> None:
    colors, sizes, weights = (
        ["red", "blue", "", "green"],
        ["3", "", "1.5", "2"],
        ["1", "2", "1", "2"],
    )
    lines = [
        f"{colors[n % 4]},{sizes[(n // 2) % 4]},{weights[(n // 3) % 4]},{n % 2}" for n in range(40)
    ]
    (tmp_path / "data.csv").write_text("color,size,weight,y\n" + "\n".join(lines) + "\n")
    experiment = Experiment.model_validate(
        {
            "data": {
                "file": str(tmp_path / "data.csv"),
                "target": "y",
                "categorical": ["weight"],
                "missing": "mean",
                "scaling": "standard",
            },
            "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
            "training": {"optimizer": "sgd", "loss": "binary_crossentropy", "epochs": 1},
        }
    )
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    cells = [line.split(",") for line in lines]
    raw = {
        "color": np.array([[row[0]] for row in cells]),
        "size": np.array([[float(row[1] or "nan")] for row in cells], np.float32),
        "weight": np.array([[float(row[2])] for row in cells], np.float32),
    }
    from_cells = np.sort(np.asarray(export_model(model, data.inputs)(raw)), axis=0)
    from_rows = np.sort(np.asarray(model(data.train.inputs["input"])), axis=0)
    np.testing.assert_array_equal(from_cells, from_rows)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_saved_model_keeps_the_state_of_training(
    make_experiment: Any, tmp_path: Path, policy: str
) -> None:
    experiment = make_experiment(LAYERS, dtype_policy=policy, metrics=["mae"])
    model = trained(experiment, TABLE, PREPARED)
    save_model(export_model(model, TABLE), tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert len(loaded.optimizer.variables) > 5
    for variable, saved in zip(loaded.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(variable, saved)
    raw = {name: tf.constant(values) for name, values in RAW.items()}
    targets = np.ones((4, 1), np.float32)
    assert loaded.evaluate(raw, targets, verbose=0, return_dict=True) == pytest.approx(
        model.evaluate(PREPARED["input"], targets, verbose=0, return_dict=True), rel=1e-6
    )


@pytest.mark.slow
def test_equal_models_have_equal_files(make_experiment: Any, rows_of: Any, tmp_path: Path) -> None:
    rows = {"input": np.eye(3, dtype=np.float32)}
    layers = [*LAYERS[:1], {"Dropout": 0.3}, "BatchNormalization", *LAYERS[1:]]
    files = []
    for number in (1, 2):
        model = trained(make_experiment(layers, optimizer="sgd"), rows_of(3), rows)
        save_model(model, tmp_path / f"{number}.keras")
        files.append((tmp_path / f"{number}.keras").read_bytes())
    assert files[0] == files[1]


def test_failed_save_keeps_the_previous_file(
    make_experiment: Any, rows_of: Any, tmp_path: Path
) -> None:
    class Unsavable(keras.layers.Layer):  # type: ignore[misc]
        def get_config(self) -> dict[str, Any]:
            raise OSError(28, "No space left on device")

    path = tmp_path / "model.keras"
    save_model(build_model(make_experiment(LAYERS), rows_of(3)), path)
    before = path.read_bytes()
    with pytest.raises(OSError, match="No space left"):
        save_model(keras.Sequential([keras.Input((3,)), Unsavable()]), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.parametrize(
    ("categories", "dtype"),
    [
        (("a", "b"), "string"),
        (("1", "2", "10"), "float32"),
        (("1", "10", "2"), "string"),  # sorted as text
        (("007", "008"), "string"),
        (("1.0", "2.0"), "string"),
        (("0.5", "1"), "float32"),
        (("1", "16777217"), "int64"),
        (("False", "True"), "string"),
    ],
)
def test_raw_dtype_of_a_category(categories: tuple[str, ...], dtype: str) -> None:
    assert raw_dtype(Column("x", "category", None, categories, "one_hot")) == dtype
