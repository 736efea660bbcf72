"""Fingerprints depend on the content of a file, or on the time of change if it is large."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.data.readers import fingerprint as module
from nnlab.data.readers.fingerprint import fingerprint, has_changed

if TYPE_CHECKING:
    import pytest


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
