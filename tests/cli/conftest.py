"""Commands as a user types them, in their own folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import SMALL_CONFIG, Command, Finished, Trained, call_nnlab, run_nnlab


@pytest.fixture
def nnlab(tmp_path: Path) -> Command:
    """Run `nnlab` in an empty folder of the test's own, in this process."""

    def run(*arguments: str | Path, **environment: str) -> Finished:
        return call_nnlab(*arguments, cwd=tmp_path, **environment)

    return run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A small config in the test's folder."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL_CONFIG)
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """One small run of a process of its own, for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "small.yaml").write_text(SMALL_CONFIG)
    return Trained(folder, run_nnlab("train", "small.yaml", "--json", cwd=folder))
