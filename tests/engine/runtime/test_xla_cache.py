"""XLA's programs are cached for later processes, and recompiled if damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.engine.runtime import xla_cache

TRAINING = """
import sys
from pathlib import Path
from nnlab.config import Experiment
from nnlab.engine.training.train import train
from nnlab.report.progress import SilentProgress
experiment = Experiment.model_validate({
    "name": "cached",
    "data": {"dataset": {"moons": {"n_samples": 64}}},
    "model": {"layers": [{"Dense": 4}, {"Dense": {"units": 1, "activation": "sigmoid"}}]},
    "training": {"optimizer": "adam", "loss": "bce", "epochs": 3, "jit_compile": True},
    "tensorboard": False,
})
record = train(experiment, runs_dir=Path(sys.argv[1]), progress=SilentProgress())
print(record.environment["determinism"]["jit_compile"], repr(record.metrics["loss"]))
"""


def train_in_subprocess(runs: Path, cache: Path) -> str:
    command = [sys.executable, "-c", TRAINING, str(runs)]
    # The flags of the test process name another cache.
    environment = {name: value for name, value in os.environ.items() if name != "TF_XLA_FLAGS"}
    environment["NNLAB_CACHE_DIR"] = str(cache)
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return result.stdout


def programs(cache: Path) -> list[Path]:
    return sorted(cache.glob("xla-*/*.pb"))


@pytest.mark.slow
def test_programs_are_cached_and_damaged_ones_recompiled(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = train_in_subprocess(tmp_path, cache)
    assert first.startswith("True ")
    cached = {file: file.read_bytes() for file in programs(cache)}
    assert cached
    written = {file: file.stat().st_mtime_ns for file in cached}
    assert train_in_subprocess(tmp_path, cache) == first
    assert {file: file.stat().st_mtime_ns for file in programs(cache)} == written
    for damage in (b"", next(iter(cached.values()))[:100]):
        for file in programs(cache):
            file.write_bytes(damage)
        assert train_in_subprocess(tmp_path, cache) == first
        assert any(file.stat().st_size > len(damage) for file in programs(cache))


def test_oldest_programs_are_evicted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    monkeypatch.setattr(xla_cache, "_MAX_BYTES", 250)
    folder = xla_cache.xla_cache_folder()
    folder.mkdir()
    for age in range(4):
        file = folder / f"{age}.pb"
        file.write_bytes(bytes(100))
        os.utime(file, (1000 - age, 1000 - age))
    xla_cache.enable_xla_cache()
    assert sorted(file.name for file in folder.iterdir()) == ["0.pb", "1.pb"]


def test_flags_of_the_user_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_clustering_debug")
    xla_cache.enable_xla_cache()
    assert os.environ["TF_XLA_FLAGS"].startswith("--tf_xla_clustering_debug --tf_xla_persistent")
    user_flags = "--tf_xla_persistent_cache_directory=/elsewhere"
    monkeypatch.setenv("TF_XLA_FLAGS", user_flags)
    xla_cache.enable_xla_cache()
    assert os.environ["TF_XLA_FLAGS"] == user_flags


def test_unusable_folder_disables_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    xla_cache.enable_xla_cache()
    assert "TF_XLA_FLAGS" not in os.environ
