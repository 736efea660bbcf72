from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.table import Table
from nnlab.data.readers import data_file as module
from nnlab.data.readers.data_file import fingerprint, has_changed, open_data_file
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


def test_touched_file_has_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,2\n")
    recorded = fingerprint(file)
    assert recorded["bytes"] == 8
    os.utime(file, (1, 1))
    assert not has_changed(recorded)
    file.write_text("x,y\n1,3\n")
    assert has_changed(recorded)


def test_large_file_is_compared_by_size_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MAX_HASHED_BYTES", 4)
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,2\n")
    recorded = fingerprint(file)
    assert "sha256" not in recorded
    assert not has_changed(recorded)
    os.utime(file, (1, 1))
    assert has_changed(recorded)


def test_missing_file_has_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x\n")
    recorded = fingerprint(file)
    file.unlink()
    assert not has_changed(recorded)
