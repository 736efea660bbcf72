"""A file of data is known again by its content, a large one by its time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.data.readers import fingerprint as module
from nnlab.data.readers.fingerprint import fingerprint, has_changed

if TYPE_CHECKING:
    import pytest


def test_a_file_that_was_only_touched_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,2\n")
    known = fingerprint(file)
    os.utime(file, (1, 1))
    assert not has_changed(known)
    file.write_text("x,y\n1,3\n")
    assert has_changed(known)


def test_a_large_file_is_known_by_size_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_READ_WHOLE", 4)
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,2\n")
    known = fingerprint(file)
    assert "sha256" not in known
    assert not has_changed(known)
    os.utime(file, (1, 1))
    assert has_changed(known)


def test_a_file_that_is_gone_is_told_by_whoever_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x\n")
    known = fingerprint(file)
    file.unlink()
    assert not has_changed(known)
