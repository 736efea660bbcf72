from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.table import Table
from nnlab.data.readers.file import open_file
from nnlab.errors import DataError, RequestError


def test_the_ending_decides_in_any_case(
    write_csv: Callable[[str], Path], write_npz: Callable[..., Path]
) -> None:
    upper = write_csv("a,b 1,2").rename(write_csv("a,b 1,2").parent / "DATA.CSV")
    assert isinstance(open_file(upper), Table)
    assert isinstance(open_file(write_npz(x=[[1.0]], y=[1])), Arrays)


def test_absent_file_names_one_like_it(write_csv: Callable[[str], Path]) -> None:
    path = write_csv("a,b 1,2")
    with pytest.raises(DataError, match=r"no such file\. Did you mean data\.csv\?"):
        open_file(path.parent / "dta.csv")


def test_absent_file_is_not_mistaken_for_the_config(tmp_path: Path) -> None:
    (tmp_path / "homes.yaml").touch()
    with pytest.raises(DataError, match=r"no such file\. A relative path"):
        open_file(tmp_path / "homes.csv")


def test_absent_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        open_file(tmp_path / "nowhere" / "data.csv")


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Received: a folder"):
        open_file(tmp_path)


@pytest.mark.parametrize("name", ["data.csv", "data.parquet", "data.npz"])
def test_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(DataError, match="Received: an empty file"):
        open_file(tmp_path / name)


def test_other_endings_are_a_wrong_request(tmp_path: Path) -> None:
    (tmp_path / "data.xlsx").write_text("a")
    with pytest.raises(RequestError, match=r"a \.csv, \.parquet or \.npz file.*\.xlsx"):
        open_file(tmp_path / "data.xlsx")
