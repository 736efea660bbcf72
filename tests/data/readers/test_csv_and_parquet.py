from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nnlab.data.readers.csv_and_parquet import CsvTable, ParquetTable
from nnlab.errors import DataError

WriteCsv = Callable[[str], Path]


def test_kinds_are_inferred_from_all_rows(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = ["1,x,true,2024-01-31,"] * 50_000
    path.write_text("\n".join(["n,t,b,d,e", *rows, "2.5,7,false,2024-02-01,"]) + "\n")
    table = CsvTable(path)
    assert table.kinds == {"n": "number", "t": "text", "b": "boolean", "d": "date", "e": "empty"}
    assert table.rows == 50_001


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", "null"])
def test_empty_and_null_cells_are_missing(write_csv: WriteCsv, cell: str) -> None:
    table = CsvTable(write_csv(f"n,t 1,a {cell},{cell}"))
    assert np.isnan(table.read_numbers("n")).tolist() == [False, True]
    assert table.read_categorical("t").is_missing().tolist() == [False, True]


def test_bools_are_numbers_and_categories(write_csv: WriteCsv) -> None:
    table = CsvTable(write_csv("b,n true,1 false,2 ,3"))
    assert table.read_numbers("b")[:2].tolist() == [1.0, 0.0]
    codes = table.read_categorical("b")
    assert (codes.categories, codes.codes.tolist()) == (("False", "True"), [1, 0, -1])


def test_text_categories_are_sorted(write_csv: WriteCsv) -> None:
    codes = CsvTable(write_csv("t,n b,1 a,2 b,3")).read_categorical("t")
    assert (codes.categories, codes.codes.tolist()) == (("a", "b"), [1, 0, 1])


def test_several_columns_fill_one_matrix(write_csv: WriteCsv) -> None:
    matrix = np.empty((2, 2), np.float32)
    CsvTable(write_csv("a,b,c 1,2,3 4,5,6")).fill(matrix, ["c", "a"])
    assert matrix.tolist() == [[3, 1], [6, 4]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_inferred_from_the_header(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n".replace(",", delimiter))
    assert CsvTable(path).read_numbers("b").tolist() == [2.0]


def test_byte_order_mark_spaces_and_quotes_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('a, b\n1,"x,\ny"\n', encoding="utf-8-sig")
    table = CsvTable(path)
    assert list(table.kinds) == ["a", "b"]
    assert table.read_categorical("b").categories == ("x,\ny",)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("1,2 3,4", r"header.*'1,2'"),
        ("a,b,a 1,2,3", r": a more than once"),
        (",b 1,2", r"column 1\..*index=False"),
        ("a,b 1,2 1,2,3 4,5 1", r"2 values.*3 in line 3, '1,2,3', and 1 more"),
        (" a,b", "an empty first line"),
    ],
)
def test_invalid_files_are_rejected(write_csv: WriteCsv, lines: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        CsvTable(write_csv(lines))


def test_other_encodings_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("name,n\nJosé,1\n".encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8"):
        CsvTable(path)


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
