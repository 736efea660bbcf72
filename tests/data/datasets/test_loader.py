from __future__ import annotations

from nnlab.config.vocabulary.datasets.classification import Xor
from nnlab.config.vocabulary.datasets.packaged import Iris
from nnlab.data.containers.table import Table
from nnlab.data.datasets.loader import load_dataset


def test_generated_and_packaged_data_sets_are_loaded() -> None:
    xor, iris = load_dataset(Xor(), seed=42), load_dataset(Iris(), seed=42)
    assert isinstance(xor, Table)
    assert isinstance(iris, Table)
    assert (xor.rows, iris.rows) == (4, 150)
