"""What a folder holds is told by the file that only this kind has."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.runs import RunKind, atomic_write
from nnlab.runs.io.layout import kind_of


@pytest.mark.parametrize("kind", list(RunKind))
def test_the_kind_is_that_of_the_file_beside_the_record(tmp_path: Path, kind: RunKind) -> None:
    assert kind_of(tmp_path) is None
    atomic_write(tmp_path / kind.file, "{}")
    assert kind_of(tmp_path) is kind
    atomic_write(tmp_path / "record.json", "{}")
    assert kind_of(tmp_path) is (RunKind.RUN if kind is RunKind.TRIAL else kind)
