from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, prepare
from nnlab.data.prepare import DataPrefetcher
from nnlab.errors import DataError, RequestError

MakeExperiment = Callable[..., Experiment]
WriteCsv = Callable[[str], Path]
WriteNpz = Callable[..., Path]

HOUSES = (
    "rooms,town,age,price 1,A,10,100 2,B,20,200 3,A,30,300 4,B,40,400 5,A,50,500 "
    "6,B,60,600 7,A,70,700 8,B,80,800 9,A,90,900 10,B,100,1000"
)


def all_parts(data: PreparedData) -> list[Rows]:
    return [part for part in (data.train, data.validation, data.test) if part is not None]


def test_split_keeps_rows_and_targets_together(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    file = str(write_csv(HOUSES))
    config = {"file": file, "target": "price", "features": ["age", "rooms"], "test_split": 0.2}
    data = prepare(experiment({**config, "validation_split": 0.3}))
    assert [len(part) for part in all_parts(data)] == [5, 3, 2]
    for part in all_parts(data):
        assert (part.inputs["input"] * [10, 100] == part.targets["output"]).all()
    prices = np.concatenate([part.targets["output"][:, 0] for part in all_parts(data)])
    assert sorted(prices.tolist()) == [100.0 * number for number in range(1, 11)]


def test_csv_and_parquet_give_the_same_rows(
    experiment: MakeExperiment, write_csv: WriteCsv, tmp_path: Path
) -> None:
    from pyarrow import csv

    pq.write_table(csv.read_csv(write_csv(HOUSES)), tmp_path / "data.parquet")
    first, second = (
        prepare(experiment({"file": str(tmp_path / name), "target": "price", "test_split": 0.2}))
        for name in ("data.csv", "data.parquet")
    )
    assert (first.train.inputs["input"] == second.train.inputs["input"]).all()
    assert first.inputs["input"].columns == second.inputs["input"].columns


@pytest.mark.parametrize("name", ["moons", "linear"])
def test_seed_determines_the_rows_of_each_part(experiment: MakeExperiment, name: str) -> None:
    def rows(seed: int) -> np.ndarray:
        data = {"dataset": {name: {"random_state": 1}}, "validation_split": 0.2}
        return prepare(experiment(data, seed=seed)).train.inputs["input"]

    assert (rows(1) == rows(1)).all()
    assert (rows(1) != rows(2)).any()


def test_split_is_stratified_by_default(experiment: MakeExperiment) -> None:
    data = {"dataset": "iris", "test_split": 0.2, "validation_split": 0.2}
    loss = "categorical_crossentropy"
    stratified, random = (
        prepare(experiment({**data, "stratify": stratify}, 3, loss)) for stratify in (True, False)
    )
    assert [part.targets["output"].sum(axis=0).tolist() for part in all_parts(stratified)] == [
        [30, 30, 30],
        [10, 10, 10],
        [10, 10, 10],
    ]
    assert random.train.targets["output"].sum(axis=0).tolist() != [30, 30, 30]


def test_all_rows_are_training_rows_without_a_split(experiment: MakeExperiment) -> None:
    data = prepare(experiment({"dataset": "diabetes"}))
    assert len(data.train) == 442
    assert data.validation is None
    assert data.test is None


def test_own_test_rows_are_used(experiment: MakeExperiment, write_npz: WriteNpz) -> None:
    images = np.arange(10 * 4, dtype=np.uint8).reshape(10, 2, 2)
    path = write_npz(x_train=images[:8], y_train=np.arange(8) % 2, x_test=images[8:], y_test=[0, 1])
    data = {"file": str(path), "scaling": "minmax", "validation_split": 0.25}
    prepared = prepare(experiment(data, 2, "sparse_categorical_crossentropy"))
    assert prepared.test is not None
    assert (prepared.test.inputs["input"] == images[8:]).all()
    assert prepared.test.targets["output"].tolist() == [0, 1]
    assert [len(part) for part in all_parts(prepared)] == [6, 2, 2]
    spec = prepared.inputs["input"]
    assert (spec.shape, spec.dtype, spec.scale) == ((2, 2), "uint8", 1 / 255)


def test_own_test_rows_with_test_split_are_an_error(
    experiment: MakeExperiment, write_npz: WriteNpz
) -> None:
    x, y = np.zeros((4, 1)), np.zeros(4)
    file = str(write_npz(x_train=x, y_train=y, x_test=x, y_test=y))
    with pytest.raises(RequestError, match=r"data\.test_split: .*4 test rows"):
        prepare(experiment({"file": file, "test_split": 0.2}))


def test_images_are_not_copied(experiment: MakeExperiment) -> None:
    data = prepare(experiment({"dataset": "mnist_5k", "test_split": 0.2}, 10))
    assert data.test is not None
    train, test = data.train.inputs["input"], data.test.inputs["input"]
    assert train.base is not None
    assert train.base is test.base


def test_scaling_is_learned_from_training_rows_alone(
    experiment: MakeExperiment, write_npz: WriteNpz
) -> None:
    path = write_npz(x_train=[[0.0], [4]], y_train=[0, 1], x_test=[[400.0]], y_test=[1])
    data = prepare(experiment({"file": str(path), "scaling": "minmax"}))
    assert np.asarray(data.inputs["input"].scale).tolist() == [0.25]


def test_text_and_listed_columns_are_categories(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    file = str(write_csv(HOUSES))
    config = {"file": file, "target": "price", "categorical": ["rooms"]}
    columns = prepare(experiment(config)).inputs["input"].columns
    assert [(column.name, column.kind, column.width) for column in columns] == [
        ("rooms", "category", 10),
        ("town", "category", 2),
        ("age", "number", 1),
    ]
    assert columns[0].categories == tuple(str(number) for number in range(1, 11))


def test_rows_are_dropped_from_inputs_targets_and_weights(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    path = write_csv("x,town,w,y 1,A,1,10 ,A,2,20 3,,3,30 4,A,,40 5,B,5, 6,B,6,60 7,A,7,70")
    config = {"file": str(path), "target": "y", "sample_weight": "w", "missing": "drop"}
    data = prepare(experiment(config))
    assert data.train.inputs["input"][:, 0].tolist() == [1, 6, 7]
    assert data.train.targets["output"].ravel().tolist() == [10, 60, 70]
    assert data.train.sample_weight is not None
    assert data.train.sample_weight.tolist() == [1, 6, 7]
    split = prepare(experiment({**config, "validation_split": 0.4}))
    for part in all_parts(split):
        assert part.sample_weight is not None
        assert (part.inputs["input"][:, 0] == part.sample_weight).all()
        assert (part.targets["output"][:, 0] == 10 * part.sample_weight).all()


def test_class_without_rows_is_removed(experiment: MakeExperiment, write_csv: WriteCsv) -> None:
    path = write_csv("x,y 1,a 2,b ,c")
    config = {"file": str(path), "target": "y", "missing": "drop"}
    data = prepare(experiment(config, 2, "categorical_crossentropy"))
    assert data.targets["output"].classes == ("a", "b")


def test_split_keeps_rows_and_weights_together(
    experiment: MakeExperiment, write_npz: WriteNpz
) -> None:
    numbers = np.arange(1.0, 21.0)
    path = write_npz(x=numbers, y=numbers, w=numbers)
    config = {"file": str(path), "sample_weight": "w", "validation_split": 0.25}
    for part in all_parts(prepare(experiment(config))):
        assert part.sample_weight is not None
        assert part.sample_weight.dtype == np.float32
        assert (part.sample_weight == part.inputs["input"][:, 0]).all()


def test_columns_of_a_built_in_table_are_inputs_and_targets(
    functional: MakeExperiment,
) -> None:
    outputs = {"cultivar": (3, "sparse_categorical_crossentropy"), "alcohol": (1, "mse")}
    config = {
        "dataset": "wine",
        "target": {"cultivar": "target", "alcohol": "alcohol"},
        "inputs": {"acids": ["malic_acid", "ash"], "look": ["hue", "color_intensity", "ash"]},
        "validation_split": 0.2,
    }
    data = prepare(functional(config, {"acids": 2, "look": 3}, outputs))
    assert {name: spec.shape for name, spec in data.inputs.items()} == {"acids": (2,), "look": (3,)}
    assert (data.train.inputs["acids"][:, 1] == data.train.inputs["look"][:, 2]).all()
    assert data.targets["cultivar"].classes == ("class_0", "class_1", "class_2")
    assert (data.targets["alcohol"].kind, data.targets["alcohol"].units) == ("number", 1)


def test_default_target_of_a_built_in_table_is_no_feature(
    experiment: MakeExperiment,
) -> None:
    data = prepare(experiment({"dataset": "wine", "target": "alcohol"}))
    names = [column.name for column in data.inputs["input"].columns]
    assert "alcohol" not in names
    assert "target" not in names
    named = prepare(
        experiment({"dataset": "wine", "target": "alcohol", "features": ["hue", "target"]})
    )
    assert named.inputs["input"].columns[1].categories == ("class_0", "class_1", "class_2")


def test_arrays_are_matched_with_inputs_and_outputs_by_name(
    functional: MakeExperiment, write_npz: WriteNpz
) -> None:
    a, b = np.zeros((6, 2)), np.ones((6, 3))
    path = write_npz(**{"x.a": a, "x.b": b, "y.big": np.arange(6), "y.small": np.arange(6) % 2})
    outputs = {"small": (1, "binary_crossentropy"), "big": (1, "mse")}
    data = prepare(functional({"file": str(path)}, {"a": 2, "b": 3}, outputs))
    assert data.inputs["b"].shape == (3,)
    assert data.train.targets["big"].ravel().tolist() == list(range(6))
    assert data.targets["small"].classes == ("0", "1")


def test_single_array_matches_a_single_output_with_any_name(
    functional: MakeExperiment, write_npz: WriteNpz
) -> None:
    path = write_npz(x=np.zeros((3, 2)), y=[1, 2, 3])
    data = prepare(functional({"file": str(path)}, {"pixels": 2}, {"height": (1, "mse")}))
    assert list(data.targets) == ["height"]


def test_several_columns_are_a_target_with_several_units(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    config = {"file": str(write_csv(HOUSES)), "target": ["price", "age"]}
    data = prepare(experiment(config, units=2))
    assert data.train.targets["output"][:2].tolist() == [[100, 10], [200, 20]]


def test_integer_encoding_in_a_separate_input(
    functional: MakeExperiment, write_csv: WriteCsv
) -> None:
    config = {
        "file": str(write_csv(HOUSES)),
        "target": "price",
        "inputs": {"place": ["town"], "house": ["rooms", "age"]},
        "encoding": "integer",
    }
    data = prepare(functional({**config}, {"place": 1, "house": 2}, {"price": (1, "mse")}))
    assert data.inputs["place"].dtype == "int32"
    assert data.train.inputs["place"][:3].tolist() == [[1], [2], [1]]
    assert data.inputs["house"].dtype == "float32"


TABLE = "age,colour,when,empty,y 1,red,2024-01-01,,1 2,blue,2024-01-02,,2 x,red,2024-01-03,,3"


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        (
            {"features": ["age"]},
            RequestError,
            r"data\.target: .*age, colour, when, empty, y",
        ),
        (
            {"target": "Y", "features": ["age"]},
            RequestError,
            r"data\.target: .*`Y`\..* `y`\?",
        ),
        ({"target": "y", "features": ["colr"]}, RequestError, r"`colr`\..* `colour`"),
        ({"target": "y", "features": ["y"]}, RequestError, r"data\.features: .*Received: y\."),
        ({"target": "y", "features": ["colour"] * 2}, RequestError, "colour more than once"),
        ({"target": ["y", "y"], "features": ["colour"]}, RequestError, "y more than once"),
        ({"target": "y", "inputs": {"a": ["colour", "colour"]}}, RequestError, "the input `a`"),
        (
            {"target": "y", "features": ["age"], "sample_weight": "w"},
            RequestError,
            r"data\.sample_weight: .*`w`",
        ),
        (
            {"target": "y", "features": ["colour"], "categorical": ["age"]},
            RequestError,
            r"data\.categorical: .*Received: age",
        ),
        ({"target": "y", "features": ["when"]}, DataError, "`when`.*: dates or times"),
        ({"target": "y", "features": ["empty"]}, DataError, "`empty`.*: no values"),
        (
            {"target": ["y", "colour"], "features": ["age"]},
            DataError,
            r"`colour`\. Received: text",
        ),
        (
            {"target": "y", "features": ["colour"], "sample_weight": "colour"},
            DataError,
            r"data\.sample_weight: .*`colour`\. Received: text\.",
        ),
    ],
)
def test_unsuitable_columns_are_reported(
    experiment: MakeExperiment,
    write_csv: WriteCsv,
    config: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        prepare(experiment({"file": str(write_csv(TABLE)), **config}))


def test_text_among_numbers_is_reported_with_rows(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    config = {"file": str(write_csv(TABLE)), "target": "y", "features": ["age"]}
    with pytest.raises(DataError, match=r"`age`\..*'x' in row 3.*data\.categorical"):
        prepare(experiment(config))
    data = prepare(experiment({**config, "categorical": ["age"]}))
    assert data.inputs["input"].columns[0].categories == ("1", "2", "x")


def test_formatted_numbers_are_reported(experiment: MakeExperiment, write_csv: WriteCsv) -> None:
    config = {"file": str(write_csv("x;y 3,14;1 2,5;2 7;3")), "target": "y", "features": ["x"]}
    with pytest.raises(DataError, match=r"`x`\..*'2,5', '3,14'\."):
        prepare(experiment(config))
    data = prepare(experiment({**config, "categorical": ["x"]}))
    assert data.inputs["input"].columns[0].categories == ("2,5", "3,14", "7")


def test_all_invalid_values_are_reported_together(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    path = write_csv("a,b,w,y ,1,1,1 2,inf,-1,2 3,3,1,")
    config = {"file": str(path), "target": "y", "sample_weight": "w"}
    with pytest.raises(DataError) as error:
        prepare(experiment(config))
    lines = str(error.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    assert [line.split("Received: ")[1].split(". ")[0] for line in lines] == [
        "none in row 1",
        "infinity in the column `b`, row 2",
        "-1 in row 2",
        "none in `y`, row 3",
    ]


def test_unknown_columns_are_reported_together(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    config = {"file": str(write_csv(HOUSES)), "target": "prize", "features": ["romms", "agee"]}
    with pytest.raises(RequestError) as error:
        prepare(experiment(config))
    hints = [line.rsplit("Did you mean ")[1] for line in str(error.value).splitlines()]
    assert hints == ["`rooms`?", "`age`?", "`price`?"]


def test_header_without_rows_is_reported(experiment: MakeExperiment, write_csv: WriteCsv) -> None:
    with pytest.raises(DataError, match=r"Expected rows\. Received: none"):
        prepare(experiment({"file": str(write_csv("a,y")), "target": "y"}))


def test_table_without_features_is_reported(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    with pytest.raises(DataError, match="feature column"):
        prepare(experiment({"file": str(write_csv("y 1 2")), "target": "y"}))


def test_missing_values_in_every_row_are_reported(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    config = {"file": str(write_csv("a,b,y 1,,1 ,2,2")), "target": "y", "missing": "drop"}
    with pytest.raises(DataError, match="a missing value in every row"):
        prepare(experiment(config))


def test_zero_weights_are_reported(experiment: MakeExperiment, write_csv: WriteCsv) -> None:
    config = {"file": str(write_csv("a,w,y 1,0,1 2,0,2")), "target": "y", "sample_weight": "w"}
    with pytest.raises(DataError, match="weight above 0"):
        prepare(experiment(config))


def test_class_without_training_rows_is_reported(
    experiment: MakeExperiment, write_npz: WriteNpz
) -> None:
    x = np.zeros((4, 1))
    file = str(write_npz(x_train=x, y_train=[0, 1, 0, 1], x_test=x, y_test=[0, 1, 2, 1]))
    with pytest.raises(DataError, match=r"`output`.*Received: 2 only in validation or test rows"):
        prepare(experiment({"file": file}, 3, "sparse_categorical_crossentropy"))


def test_rare_class_is_reported_before_the_split(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    path = write_csv("x,y " + " ".join(f"{row},{'ab'[row > 8]}" for row in range(10)))
    config = {"file": str(path), "target": "y", "validation_split": 0.3}
    with pytest.raises(DataError, match=r"fewer of b \(1\)"):
        prepare(experiment(config, 2, "categorical_crossentropy"))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"target": "digit"}, r"data\.target: Expected a CSV"),
        ({"features": ["a"]}, r"data\.features: Expected a CSV"),
        ({"missing": "mean"}, r"data\.missing: Expected error or drop"),
        ({"sample_weight": "w"}, r"data\.sample_weight: .*'w'"),
    ],
)
def test_table_options_are_rejected_for_images(
    experiment: MakeExperiment, config: dict[str, Any], message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        prepare(experiment({"dataset": "digits", **config}, 10, "categorical_crossentropy"))


def test_inputs_without_data_are_reported(functional: MakeExperiment, write_npz: WriteNpz) -> None:
    config = {"file": str(write_npz(x=np.zeros((3, 2)), y=[1, 2, 3]))}
    with pytest.raises(RequestError, match=r"inputs, a, b\. Received: input\."):
        prepare(functional(config, {"a": 2, "b": 3}, {"price": (1, "mse")}))


def test_outputs_without_targets_are_reported(
    functional: MakeExperiment, write_npz: WriteNpz
) -> None:
    outputs = {"kind": (1, "mse"), "size": (1, "mse")}
    path = write_npz(**{"x": np.zeros((3, 2)), "y.kind": [1, 2, 3], "y.sizes": [1, 2, 3]})
    with pytest.raises(RequestError, match=r"`size`.*`sizes`"):
        prepare(functional({"file": str(path)}, {"a": 2}, outputs))


def test_damaged_parquet_file_is_reported(experiment: MakeExperiment, tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    columns = {"x": np.random.default_rng(0).normal(size=5000), "y": np.arange(5000.0)}
    pq.write_table(pa.table(columns), path, compression="snappy", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[4:2000] = bytes(1996)
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"data\.parquet: Expected a readable"):
        prepare(experiment({"file": str(path), "target": "y"}))


def test_scaling_and_imputation_are_learned_in_each_fold(
    experiment: MakeExperiment, write_csv: WriteCsv
) -> None:
    file = str(write_csv(HOUSES.replace("3,A,30", "3,A,")))
    config = {"file": file, "target": "price", "features": ["age"], "missing": "mean"}
    held_out: list[float] = []
    for number in (1, 2, 3):
        fold = {"validation_fold": {"number": number, "folds": 3}}
        data = prepare(experiment({**config, "scaling": "minmax", **fold}))
        assert data.validation is not None
        prices = data.train.targets["output"][:, 0].tolist()
        held_out += data.validation.targets["output"][:, 0].tolist()
        ages = [price / 10 for price in prices if price != 300]
        assert data.inputs["input"].scale == pytest.approx(1 / (max(ages) - min(ages)))
        # The missing age is the mean of the training ages.
        part = data.train if 300 in prices else data.validation
        row = part.targets["output"][:, 0].tolist().index(300)
        assert part.inputs["input"][row, 0] == pytest.approx(sum(ages) / len(ages))
    assert sorted(held_out) == [100.0 * number for number in range(1, 11)]


def test_prefetched_data_equal_prepare(experiment: MakeExperiment) -> None:
    data = {"dataset": {"moons": {"n_samples": 30}}, "validation_split": 0.2}
    config = experiment(data, loss="binary_crossentropy")
    prefetched, prepared = DataPrefetcher(config)(), prepare(config)
    for name, values in prepared.train.inputs.items():
        np.testing.assert_array_equal(prefetched.train.inputs[name], values)


def test_prefetcher_raises_the_error_of_the_preparation(
    experiment: MakeExperiment, tmp_path: Path
) -> None:
    data = {"file": str(tmp_path / "absent.csv"), "target": "y"}
    with pytest.raises(DataError, match=r"absent\.csv"):
        DataPrefetcher(experiment(data))()
