from __future__ import annotations

import numpy as np

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import MemoryTable

TABLE = MemoryTable(
    "flowers",
    {
        "size": np.array([2.5, 1.0]),
        "kind": Categorical(np.array([1, 0], np.int32), ("rose", "aster")),
    },
    targets=("kind",),
)


def test_kinds_are_inferred() -> None:
    assert TABLE.kinds == {"size": "number", "kind": "text"}
    assert TABLE.rows == 2


def test_categories_keep_their_order() -> None:
    assert TABLE.read_as_categorical("kind").categories == ("rose", "aster")


def test_numbers_can_be_read_as_categories() -> None:
    assert TABLE.read_as_categorical("size").categories == ("1", "2.5")


def test_columns_fill_a_matrix() -> None:
    matrix = np.empty((2, 1), np.float32)
    TABLE.fill(matrix, ["size"])
    assert matrix.tolist() == [[2.5], [1.0]]
