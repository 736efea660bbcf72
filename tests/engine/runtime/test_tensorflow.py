"""Importing the engine: no output, and a clear message on failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.engine.runtime.tensorflow import silence_stderr


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | environment
    )


@pytest.mark.slow
def test_engine_loads_silently_and_ignores_the_users_keras_config(tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text('{"floatx": "float64", "backend": "torch"}')
    code = """
import nnlab.engine, keras, tensorflow as tf
tf.config.list_physical_devices()
print(keras.config.backend(), keras.config.floatx())
"""
    result = python(code, KERAS_HOME=str(tmp_path), KERAS_BACKEND="torch", TF_CPP_MIN_LOG_LEVEL="3")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "tensorflow float32\n"


@pytest.mark.parametrize("error", ["ImportError", "ModuleNotFoundError"])
def test_broken_tensorflow_is_reported_with_a_hint(tmp_path: Path, error: str) -> None:
    (tmp_path / "tensorflow.py").write_text(f"raise {error}('libcudart.so.12: not found')")
    code = """
from nnlab.errors import NnlabError
try:
    import nnlab.engine
except NnlabError as error:
    print(error)
"""
    result = python(code, PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]))
    assert result.stdout.startswith(f"TensorFlow could not be loaded. Received: {error}: libcudart")
    assert "pip install" in result.stdout
    # On an index without nnlab, a package of another author may have the name.
    assert "install nnlab" not in result.stdout


def test_stderr_is_silent_within_the_block_only(capfd: pytest.CaptureFixture[str]) -> None:
    with silence_stderr():
        os.write(2, b"hidden")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def test_stderr_is_restored_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="broken"), silence_stderr():
        raise RuntimeError("broken")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
