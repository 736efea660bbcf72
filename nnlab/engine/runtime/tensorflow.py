"""Import TensorFlow and Keras quietly, configured the same on every machine.

At import TensorFlow prints half a dozen lines from C++, bypassing Python's `sys.stderr`. Set
`TF_CPP_MIN_LOG_LEVEL` to see them.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
import time
from collections.abc import Iterator

from nnlab.engine.runtime.xla_cache import enable_xla_cache
from nnlab.errors import NnlabError

_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_SILENT = "3"
_STDERR = 2


@contextlib.contextmanager
def silence_stderr() -> Iterator[None]:
    """Redirect standard error of C++ and Python to the null device within the block."""
    sys.stderr.flush()
    try:
        saved = os.dup(_STDERR)
    except OSError:  # already closed by the parent process
        yield
        return
    try:
        with open(os.devnull, "wb") as null:  # noqa: PTH123 - os.devnull is a name, not a path
            os.dup2(null.fileno(), _STDERR)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, _STDERR)
        os.close(saved)


@contextlib.contextmanager
def _gc_disabled() -> Iterator[None]:
    """Disable garbage collection within the block, then exempt all its objects for good.

    Modules are never garbage: scanning all of TensorFlow's again and again takes a third or more of
    its import time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def load_tensorflow() -> float:
    """Import TensorFlow and Keras, enable memory growth on GPUs, and return the seconds taken.

    Without memory growth TensorFlow reserves the whole GPU, and a second process finds it full.
    Raises `NnlabError` if the import fails, or if Keras runs on another backend.
    """
    start = time.perf_counter()
    # The level is inherited: if it is ours, the parent process is nnlab and was silent, too.
    is_quiet = os.environ.setdefault(_LOG_LEVEL, _SILENT) == _SILENT
    # Override the user's: a backend set for other programs would make every command fail.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    enable_xla_cache()
    quiet = silence_stderr() if is_quiet else contextlib.nullcontext()
    with quiet, _gc_disabled():
        try:
            tensorflow = importlib.import_module("tensorflow")
            keras = importlib.import_module("keras")
            gpus = tensorflow.config.list_physical_devices("GPU")
        except Exception as error:
            first_line = str(error).strip().split("\n", 1)[0]
            message = (
                f"TensorFlow could not be loaded. Received: {type(error).__name__}: {first_line}."
            )
            hint = "Reinstall it with `pip install --force-reinstall tensorflow keras`."
            if isinstance(error, ModuleNotFoundError):
                hint = (
                    "Install it with `pip install tensorflow keras`, in the environment of nnlab."
                )
            raise NnlabError(f"{message} {hint}") from error
    if keras.config.backend() != "tensorflow":
        message = "Keras was imported before nnlab, on another backend. Expected: 'tensorflow'."
        hint = "Set KERAS_BACKEND=tensorflow, or import nnlab.engine first."
        raise NnlabError(f"{message} Received: backend={keras.config.backend()!r}. {hint}")
    # Keras' defaults instead of ~/.keras/keras.json: a config means the same everywhere.
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    if is_quiet:
        # Hides retracing warnings, which each model that a search builds would cause.
        tensorflow.get_logger().setLevel("ERROR")
    for gpu in gpus:
        # RuntimeError: the caller has already initialized the GPU, with settings of its choice.
        with contextlib.suppress(RuntimeError, ValueError):
            tensorflow.config.experimental.set_memory_growth(gpu, enable=True)
    return time.perf_counter() - start
