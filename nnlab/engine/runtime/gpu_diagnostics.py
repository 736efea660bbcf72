"""Why TensorFlow sees no GPU, what it looked for, and how to get one to work."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sysconfig
from ctypes.util import find_library
from pathlib import Path

import tensorflow as tf

_NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
_DRIVERS_LIBRARY = "libcuda.so.1"
# Those that TensorFlow cannot do without: where one is missing it leaves all GPUs alone.
_CUDA_LIBRARIES = ("cudart", "cublas", "cublasLt", "cufft", "cusolver", "cusparse", "cudnn")
_HOW_TO_GET_CUDA = {
    "Linux": "Install the one with CUDA: `pip install 'tensorflow[and-cuda]'`.",
    "Windows": "TensorFlow uses GPUs on Windows inside WSL2 alone: install nnlab there.",
}
_NO_CUDA_HERE = "TensorFlow uses NVIDIA GPUs on Linux, and on Windows inside WSL2."
_CHECK = "Then `nnlab devices` lists it."


def explain_gpu_absence() -> tuple[str, ...]:
    """Why TensorFlow sees no GPU, what it looked for, and how to get one.

    Returns:
        Sentences; none where it sees a GPU.
    """
    if tf.config.list_physical_devices("GPU"):
        return ()
    looked = "TensorFlow looked for NVIDIA GPUs and found none."
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not tf.test.is_built_with_cuda():
        reason = "This TensorFlow is built without CUDA: it can only use the CPU."
        return (looked, reason, _HOW_TO_GET_CUDA.get(platform.system(), _NO_CUDA_HERE))
    needs = f"It needs the driver's {_DRIVERS_LIBRARY} and the libraries of {_cuda_versions()}."
    if hidden is not None and hidden.strip() in {"", "-1"}:
        reason = f"CUDA_VISIBLE_DEVICES={hidden!r} hides every GPU."
        hint = "Unset it, or name GPUs in it: CUDA_VISIBLE_DEVICES=0."
    elif not _has_nvidia_driver():
        reason = "No NVIDIA driver is loaded: no /proc/driver/nvidia, and no nvidia-smi that works."
        hint = (
            "If there is an NVIDIA GPU, install its driver, then CUDA's libraries with "
            f"`pip install 'tensorflow[and-cuda]'`; a container must be started with its GPUs. "
            f"{_CHECK}"
        )
    elif not _loads(_DRIVERS_LIBRARY):
        reason = f"The NVIDIA driver is loaded, but its {_DRIVERS_LIBRARY} is not found."
        hint = f"Install the driver's libraries; start a container with its GPUs. {_CHECK}"
    elif missing := [name for name in _CUDA_LIBRARIES if not _has_library(name)]:
        names = ", ".join(f"lib{name}" for name in missing)
        reason = f"The NVIDIA driver is there, but of CUDA's libraries there is no {names}."
        hint = f"Install them with `pip install 'tensorflow[and-cuda]'`. {_CHECK}"
    else:
        reason = "Driver and libraries are there: one is too old for the other, or for the GPU."
        hint = (
            "Update the driver, or install the libraries that fit this TensorFlow with "
            f"`pip install 'tensorflow[and-cuda]'`. {_CHECK}"
        )
    return (looked, needs, reason, hint)


def nvidia_smi(query: str) -> list[str] | None:
    """What the driver's own program says of each GPU.

    Args:
        query: What to ask for, a name of `nvidia-smi --help-query-gpu`.

    Returns:
        A line a GPU; None where there is no such program, or it fails.
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    command = [program, f"--query-gpu={query}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return [line.strip() for line in answer.stdout.splitlines() if line.strip()]


def _cuda_versions() -> str:
    built = tf.sysconfig.get_build_info()
    cuda, cudnn = built.get("cuda_version"), built.get("cudnn_version")
    return f"CUDA {cuda} and cuDNN {cudnn}" if cuda and cudnn else "CUDA and cuDNN"


def _has_nvidia_driver() -> bool:
    return _NVIDIA_DRIVER.exists() or nvidia_smi("name") is not None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_library(name: str) -> bool:
    """Whether a library is where the system looks, or among those that pip has installed."""
    if find_library(name) is not None:
        return True
    installed = Path(sysconfig.get_path("purelib"), "nvidia")
    return any(installed.glob(f"*/lib/lib{name}.so*"))
