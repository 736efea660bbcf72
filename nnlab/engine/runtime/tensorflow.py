"""TensorFlow without its noise: the environment it reads at import, and the import itself.

Before it does anything useful TensorFlow prints half a dozen lines, from C++ and past Python's
`sys.stderr`. Those who want to see them set `TF_CPP_MIN_LOG_LEVEL` themselves.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
import time
from collections.abc import Iterator

from nnlab.engine.runtime.xla_cache import keep_programs
from nnlab.errors import NnlabError

_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_SILENT = "3"
_STANDARD_ERROR = 2


@contextlib.contextmanager
def silenced_standard_error() -> Iterator[None]:
    """Send what C++ and Python write to standard error to the null device; restored in any case.

    Example:
        >>> with silenced_standard_error():
        ...     _ = os.write(2, b"nobody reads this")
    """
    sys.stderr.flush()
    try:
        saved = os.dup(_STANDARD_ERROR)
    except OSError:  # closed by whoever started us: nothing to silence
        yield
        return
    try:
        with open(os.devnull, "wb") as null:  # noqa: PTH123 - os.devnull is a name, not a path of ours
            os.dup2(null.fileno(), _STANDARD_ERROR)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, _STANDARD_ERROR)
        os.close(saved)


@contextlib.contextmanager
def _gc_disabled() -> Iterator[None]:
    """Import without collecting garbage, and never look at what was imported again.

    Modules are no garbage: looking through all of TensorFlow's again and again takes a third and
    more of the time of its import.
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
    """Import TensorFlow and Keras quietly, and let each GPU's memory grow as it is needed.

    Without memory growth TensorFlow takes a whole GPU at once, and a second process finds it full.

    Returns:
        How long that took, in seconds.

    Raises:
        NnlabError: TensorFlow or Keras is not installed, or cannot be loaded, or Keras runs on
            another backend.
    """
    start = time.perf_counter()
    # The level is inherited: where we find our own, we are the child of a process that wanted
    # quiet.
    wants_quiet = os.environ.setdefault(_LOG_LEVEL, _SILENT) == _SILENT
    # Not the user's choice: a backend set for other programs would only make every command here
    # fail.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    keep_programs()
    quiet = silenced_standard_error() if wants_quiet else contextlib.nullcontext()
    with quiet, _gc_disabled():
        try:
            tensorflow = importlib.import_module("tensorflow")
            keras = importlib.import_module("keras")
            gpus = tensorflow.config.list_physical_devices("GPU")
        except Exception as error:
            raise NnlabError(_broken_install(error)) from error
    if keras.config.backend() != "tensorflow":
        message = "Keras was imported before nnlab, on another backend. Expected: 'tensorflow'."
        hint = "Set KERAS_BACKEND=tensorflow, or import nnlab.engine first."
        raise NnlabError(f"{message} Received: backend={keras.config.backend()!r}. {hint}")
    _forget_user_defaults(keras)
    if wants_quiet:
        # Of no use to a user: each model that a search builds is traced anew, which it warns of.
        tensorflow.get_logger().setLevel("ERROR")
    for gpu in gpus:
        # RuntimeError: TensorFlow has used the GPU already, so its owner has decided.
        with contextlib.suppress(RuntimeError, ValueError):
            tensorflow.config.experimental.set_memory_growth(gpu, enable=True)
    return time.perf_counter() - start


def _forget_user_defaults(keras: object) -> None:
    """Take Keras' own defaults in place of those in ~/.keras/keras.json.

    A config must mean the same on every machine.
    """
    keras.config.set_floatx("float32")  # type: ignore[attr-defined]
    keras.config.set_epsilon(1e-7)  # type: ignore[attr-defined]
    keras.config.set_image_data_format("channels_last")  # type: ignore[attr-defined]


def _broken_install(error: Exception) -> str:
    words = str(error).strip().split("\n", 1)[0]
    received = f"Received: {type(error).__name__}: {words}."
    if isinstance(error, ModuleNotFoundError):
        hint = "Install it with `pip install tensorflow keras`, beside nnlab."
    else:
        hint = "Reinstall it with `pip install --force-reinstall tensorflow keras`."
    return f"TensorFlow could not be loaded. {received} {hint}"
