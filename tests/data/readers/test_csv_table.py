from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.data.readers.csv_table import CsvTable
from nnlab.errors import DataError

WriteCsv = Callable[[str], Path]


def test_kinds_are_found_from_all_rows(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = ["1,x,true,2024-01-31,"] * 50_000
    path.write_text("\n".join(["n,t,b,d,e", *rows, "2.5,7,false,2024-02-01,"]) + "\n")
    table = CsvTable(path)
    assert table.kinds == {"n": "number", "t": "text", "b": "boolean", "d": "date", "e": "empty"}
    assert table.rows == 50_001


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", "null"])
def test_missing_cells(write_csv: WriteCsv, cell: str) -> None:
    table = CsvTable(write_csv(f"n,t 1,a {cell},{cell}"))
    assert np.isnan(table.numbers("n")).tolist() == [False, True]
    assert table.codes("t").missing().tolist() == [False, True]


def test_bools_are_numbers_and_classes(write_csv: WriteCsv) -> None:
    table = CsvTable(write_csv("b,n true,1 false,2 ,3"))
    assert table.numbers("b")[:2].tolist() == [1.0, 0.0]
    codes = table.codes("b")
    assert (codes.names, codes.codes.tolist()) == (("False", "True"), [1, 0, -1])


def test_text_codes_are_sorted(write_csv: WriteCsv) -> None:
    codes = CsvTable(write_csv("t,n b,1 a,2 b,3")).codes("t")
    assert (codes.names, codes.codes.tolist()) == (("a", "b"), [1, 0, 1])


def test_several_columns_fill_one_matrix(write_csv: WriteCsv) -> None:
    matrix = np.empty((2, 2), np.float32)
    CsvTable(write_csv("a,b,c 1,2,3 4,5,6")).fill(matrix, ["c", "a"])
    assert matrix.tolist() == [[3, 1], [6, 4]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_the_header_s(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n".replace(",", delimiter))
    assert CsvTable(path).numbers("b").tolist() == [2.0]


def test_byte_order_mark_spaces_and_quotes_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('a, b\n1,"x,\ny"\n', encoding="utf-8-sig")
    table = CsvTable(path)
    assert list(table.kinds) == ["a", "b"]
    assert table.codes("b").names == ("x,\ny",)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("1,2 3,4", r"a first line with the names.*'1,2'"),
        ("a,b,a 1,2,3", r"different names.*: a more than once"),
        (",b 1,2", r"a name for every column.*column 1.*index=False"),
        ("a,b 1,2 1,2,3 4,5 1", r"2 values.*3 in line 3, '1,2,3', and 1 more such lines"),
        (" a,b", "an empty first line"),
    ],
)
def test_faulty_files_are_refused(write_csv: WriteCsv, lines: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        CsvTable(write_csv(lines))


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("name,n\nJosé,1\n".encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8"):
        CsvTable(path)
