from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.table import Table
from nnlab.data.readers.data_file import open_data_file
from nnlab.errors import DataError, RequestError


def test_extension_is_not_case_sensitive(
    write_csv: Callable[[str], Path], write_npz: Callable[..., Path]
) -> None:
    upper = write_csv("a,b 1,2").rename(write_csv("a,b 1,2").parent / "DATA.CSV")
    assert isinstance(open_data_file(upper), Table)
    assert isinstance(open_data_file(write_npz(x=[[1.0]], y=[1])), Arrays)


def test_missing_file_suggests_a_similar_name(write_csv: Callable[[str], Path]) -> None:
    path = write_csv("a,b 1,2")
    with pytest.raises(DataError, match=r"no such file\..* data\.csv\?"):
        open_data_file(path.parent / "dta.csv")


def test_missing_file_suggests_only_data_files(tmp_path: Path) -> None:
    (tmp_path / "homes.yaml").touch()
    with pytest.raises(DataError, match=r"no such file\. Relative paths"):
        open_data_file(tmp_path / "homes.csv")


def test_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        open_data_file(tmp_path / "nowhere" / "data.csv")


def test_folder_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Received: a folder"):
        open_data_file(tmp_path)


@pytest.mark.parametrize("name", ["data.csv", "data.parquet", "data.npz"])
def test_empty_file_is_rejected(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(DataError, match="Received: an empty file"):
        open_data_file(tmp_path / name)


def test_other_extensions_are_a_request_error(tmp_path: Path) -> None:
    (tmp_path / "data.xlsx").write_text("a")
    with pytest.raises(RequestError, match=r"\.csv, \.parquet or \.npz.*\.xlsx"):
        open_data_file(tmp_path / "data.xlsx")
