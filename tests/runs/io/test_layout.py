"""The kinds and paths of run folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.runs import RunFiles, RunKind, atomic_write
from nnlab.runs.io.layout import kind_of


def test_paths_are_inside_the_folder() -> None:
    assert RunFiles(Path("runs/mnist")).metrics_csv == Path("runs/mnist/metrics.csv")


@pytest.mark.parametrize("kind", list(RunKind))
def test_kind_is_recognized_by_its_file(tmp_path: Path, kind: RunKind) -> None:
    assert kind_of(tmp_path) is None
    atomic_write(tmp_path / kind.file, "{}")
    assert kind_of(tmp_path) is kind
    atomic_write(tmp_path / "record.json", "{}")
    assert kind_of(tmp_path) is (RunKind.RUN if kind is RunKind.TRIAL else kind)
