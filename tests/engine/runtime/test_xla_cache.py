"""XLA's programs are kept for the next process, whatever happens to them there."""

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
    "name": "kept",
    "data": {"dataset": {"moons": {"n_samples": 64}}},
    "model": {"layers": [{"Dense": 4}, {"Dense": {"units": 1, "activation": "sigmoid"}}]},
    "training": {"optimizer": "adam", "loss": "bce", "epochs": 3, "jit_compile": True},
    "tensorboard": False,
})
record = train(experiment, runs_dir=Path(sys.argv[1]), progress=SilentProgress())
print(record.environment["determinism"]["jit_compile"], repr(record.metrics["loss"]))
"""


def trained(runs: Path, cache: Path) -> str:
    command = [sys.executable, "-c", TRAINING, str(runs)]
    # Not the folder of the process that runs the tests.
    own = {name: value for name, value in os.environ.items() if name != "TF_XLA_FLAGS"}
    own["NNLAB_CACHE_DIR"] = str(cache)
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=own)
    return done.stdout


def programs(cache: Path) -> list[Path]:
    return sorted(cache.glob("xla-*/*.pb"))


@pytest.mark.slow
def test_programs_are_kept_and_damaged_ones_made_anew(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = trained(tmp_path, cache)
    assert first.startswith("True ")
    kept = {file: file.read_bytes() for file in programs(cache)}
    assert kept
    written = {file: file.stat().st_mtime_ns for file in kept}
    assert trained(tmp_path, cache) == first
    assert {file: file.stat().st_mtime_ns for file in programs(cache)} == written
    for damage in (b"", next(iter(kept.values()))[:100]):
        for file in programs(cache):
            file.write_bytes(damage)
        assert trained(tmp_path, cache) == first
        assert any(file.stat().st_size > len(damage) for file in programs(cache))


def test_oldest_programs_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xla_cache, "_MOST_BYTES", 250)
    for age in range(4):
        file = tmp_path / f"{age}.pb"
        file.write_bytes(bytes(100))
        os.utime(file, (1000 - age, 1000 - age))
    xla_cache._forget_oldest(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0.pb", "1.pb"]


def test_flags_of_the_user_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_clustering_debug")
    xla_cache.keep_programs()
    assert os.environ["TF_XLA_FLAGS"].startswith("--tf_xla_clustering_debug --tf_xla_persistent")
    own = "--tf_xla_persistent_cache_directory=/elsewhere"
    monkeypatch.setenv("TF_XLA_FLAGS", own)
    xla_cache.keep_programs()
    assert os.environ["TF_XLA_FLAGS"] == own


def test_folder_that_cannot_be_made_is_gone_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    xla_cache.keep_programs()
    assert "TF_XLA_FLAGS" not in os.environ
