"""The description of a run's environment."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlab.runs import environment


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, with a fixed user, and return its output."""
    user = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    command = ["git", *user, *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return result.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a git repository with one committed file."""
    git(tmp_path, "init")
    (tmp_path / "xor.yaml").write_text("name: xor\n")
    git(tmp_path, "add", "xor.yaml")
    git(tmp_path, "commit", "-m", "Add a config")
    return tmp_path


def test_versions_are_those_of_the_installed_packages() -> None:
    import numpy as np

    packages = environment()["packages"]
    assert packages["numpy"] == np.__version__
    assert set(packages) == {"nnlab", "tensorflow", "keras", "numpy"}


def test_clean_repository(repository: Path) -> None:
    revision = git(repository, "rev-parse", "HEAD")
    assert environment(folder=repository)["git"] == {"revision": revision, "dirty": False}


def test_only_changes_of_tracked_files_make_a_repository_dirty(repository: Path) -> None:
    (repository / "new.yaml").write_text("name: new\n")
    assert environment(folder=repository)["git"]["dirty"] is False
    (repository / "xor.yaml").write_text("name: other\n")
    assert environment(folder=repository)["git"]["dirty"] is True


def test_repository_without_a_commit_has_no_revision(tmp_path: Path) -> None:
    git(tmp_path, "init")
    assert environment(folder=tmp_path)["git"] == {"revision": None, "dirty": False}


def test_git_is_none_outside_a_repository_or_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert environment(folder=tmp_path)["git"] is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment(folder=tmp_path)["git"] is None


def test_variables_of_tensorflow_are_recorded_and_secrets_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("TF_TOKEN_app_terraform_io", "secret")
    monkeypatch.setenv("TF_VAR_password", "secret")
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_persistent_cache_directory=/tmp/x --other=1")
    variables = environment()["variables"]
    assert variables["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert variables["TF_XLA_FLAGS"] == "--other=1"
    assert variables["CUDA_VISIBLE_DEVICES"] == ""
    assert "secret" not in variables.values()


def test_command_line_is_recorded_as_a_list() -> None:
    command = ["nnlab", "train", "a file.yaml"]
    assert environment(command)["command"] == command
    assert environment()["command"] is None


def test_environment_is_fast_and_imports_no_heavy_packages() -> None:
    script = (
        "import sys; from nnlab.runs import environment; environment();"
        "print([name for name in ('numpy', 'pandas', 'matplotlib', 'tensorflow', 'keras')"
        " if name in sys.modules])"
    )
    start = time.perf_counter()
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert result.stdout.strip() == b"[]"
    assert time.perf_counter() - start < 5
