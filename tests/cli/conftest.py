"""Commands in an empty folder, a small config, and a trained run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import SMALL_CONFIG, Command, Result, TrainedRun, call_nnlab


@pytest.fixture
def nnlab(tmp_path: Path) -> Command:
    """Return a function that runs `nnlab` in an empty folder, in this process."""

    def run(*arguments: str | Path, **environment: str) -> Result:
        return call_nnlab(*arguments, cwd=tmp_path, **environment)

    return run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write a small config to the test's folder."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL_CONFIG)
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """Train a small run once, for tests that only read it."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "small.yaml").write_text(SMALL_CONFIG)
    return TrainedRun(folder, call_nnlab("train", "small.yaml", "--json", cwd=folder))
