"""Importing the engine: no noise, and plain words when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.engine.runtime.tensorflow import silenced_standard_error


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    own = os.environ | environment
    return subprocess.run(command, check=False, capture_output=True, text=True, env=own)


def test_engine_loads_without_a_line_and_ignores_what_keras_is_told_elsewhere(
    tmp_path: Path,
) -> None:
    (tmp_path / "keras.json").write_text('{"floatx": "float64", "backend": "torch"}')
    code = """
import nnlab.engine, keras, tensorflow as tf
tf.config.list_physical_devices()
print(keras.config.backend(), keras.config.floatx())
"""
    done = python(code, KERAS_HOME=str(tmp_path), KERAS_BACKEND="torch", TF_CPP_MIN_LOG_LEVEL="3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "tensorflow float32\n"


@pytest.mark.parametrize("error", ["ImportError", "ModuleNotFoundError"])
def test_broken_tensorflow_is_told_in_plain_words(tmp_path: Path, error: str) -> None:
    (tmp_path / "tensorflow.py").write_text(f"raise {error}('libcudart.so.12: not found')")
    code = """
from nnlab.errors import NnlabError
try:
    import nnlab.engine
except NnlabError as error:
    print(error)
"""
    done = python(code, PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]))
    assert done.stdout.startswith(f"TensorFlow could not be loaded. Received: {error}: libcudart")
    assert "pip install" in done.stdout
    # A stranger's package may have the name.
    assert "install nnlab" not in done.stdout


def test_standard_error_is_silent_inside_and_back_behind(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced_standard_error():
        os.write(2, b"hidden")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def test_standard_error_comes_back_after_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="broken"), silenced_standard_error():
        raise RuntimeError("broken")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
