from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.data.readers.csv_table import CsvTable
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
