from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nnlab.data.readers.parquet import ParquetTable
from nnlab.errors import DataError


def write(path: Path, columns: dict[str, Any], **options: Any) -> ParquetTable:
    pq.write_table(pa.table(columns), path, **options)
    return ParquetTable(path)


def test_kinds_follow_from_the_schema(tmp_path: Path) -> None:
    table = write(
        tmp_path / "data.parquet",
        {
            "number": [1.5],
            "decimal": pa.array([1], pa.decimal128(5, 2)),
            "small": pa.array([1], pa.int8()),
            "bool": [True],
            "text": ["a"],
            "category": pa.array(["a"]).dictionary_encode(),
            "date": [dt.date(2024, 1, 31)],
            "list": [[1, 2]],
            "bytes": [b"a"],
            "nothing": pa.nulls(1),
        },
    )
    assert list(table.kinds.values()) == [
        *["number"] * 3,
        "boolean",
        *["text"] * 2,
        "date",
        *["other"] * 2,
        "empty",
    ]


@pytest.mark.parametrize("group", [3, 7, 1000])
def test_fill_combines_row_groups_and_columns(tmp_path: Path, group: int) -> None:
    values = np.random.default_rng(0).normal(size=(20, 4))
    columns = {name: values[:, number] for number, name in enumerate("abcd")}
    table = write(tmp_path / "data.parquet", columns, row_group_size=group)
    matrix = np.empty((20, 3), np.float32)
    table.fill(matrix, ["d", "a", "b"])
    assert (matrix == values[:, [3, 0, 1]].astype(np.float32)).all()


def test_missing_numbers_become_nan(tmp_path: Path) -> None:
    table = write(
        tmp_path / "data.parquet",
        {"i": [1, None], "b": [True, None], "d": pa.array([None, 2], pa.decimal128(5, 2))},
    )
    assert [np.isnan(table.read_numbers(name)).tolist() for name in "ibd"] == [
        [False, True],
        [False, True],
        [True, False],
    ]


def test_large_integers_are_exact_as_numbers(tmp_path: Path) -> None:
    table = write(tmp_path / "data.parquet", {"id": [2**40 + 1]})
    assert table.read_numbers("id").tolist() == [2**40 + 1]


def test_text_and_dictionary_columns_are_encoded(tmp_path: Path) -> None:
    texts = ["b", None, "a", "b"]
    category = pa.DictionaryArray.from_arrays(pa.array([1, None, 2, 1]), ["unused", "b", "a"])
    columns = {"text": texts, "category": category}
    table = write(tmp_path / "data.parquet", columns, row_group_size=2)
    for name in columns:
        codes = table.read_categorical(name)
        assert (codes.categories, codes.codes.tolist()) == (("a", "b"), [1, -1, 0, 1])


def test_index_of_pandas_is_ignored(tmp_path: Path) -> None:
    table = write(tmp_path / "data.parquet", {"x": [1], "__index_level_0__": [7]})
    assert list(table.kinds) == ["x"]


def test_duplicate_columns_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["x", "x"]), path)
    with pytest.raises(DataError, match="x more than once"):
        ParquetTable(path)


@pytest.mark.parametrize("kept", [0.9, 0.5])
def test_truncated_file_is_rejected(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "data.parquet"
    write(path, {"x": np.arange(1000)})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(DataError, match=r"data\.parquet: Expected a readable \.parquet file"):
        ParquetTable(path)
