"""Diagnose why TensorFlow sees no GPU, with a hint for each cause."""

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
_DRIVER_LIBRARY = "libcuda.so.1"
# TensorFlow requires all of these: if one is missing it uses no GPU.
_CUDA_LIBRARIES = ("cudart", "cublas", "cublasLt", "cufft", "cusolver", "cusparse", "cudnn")
_CUDA_BUILD_HINTS = {
    "Linux": "Install the build with CUDA: `pip install 'tensorflow[and-cuda]'`.",
    "Windows": "On Windows TensorFlow uses GPUs only inside WSL2: install nnlab there.",
}
_NO_CUDA_BUILD = "TensorFlow uses NVIDIA GPUs on Linux, and on Windows inside WSL2."
_CHECK = "Then `nnlab devices` lists it."


def explain_gpu_absence() -> tuple[str, ...]:
    """Return sentences on what TensorFlow looked for, what is missing, and how to fix it.

    If TensorFlow sees a GPU, there are none.
    """
    if tf.config.list_physical_devices("GPU"):
        return ()
    result = "TensorFlow looked for NVIDIA GPUs and found none."
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not tf.test.is_built_with_cuda():
        reason = "This TensorFlow is built without CUDA: it can only use the CPU."
        return (result, reason, _CUDA_BUILD_HINTS.get(platform.system(), _NO_CUDA_BUILD))
    required = f"It needs the driver's {_DRIVER_LIBRARY} and the libraries of {_cuda_versions()}."
    if visible is not None and visible.strip() in {"", "-1"}:
        reason = f"CUDA_VISIBLE_DEVICES={visible!r} hides every GPU."
        hint = "Unset it, or list GPUs in it: CUDA_VISIBLE_DEVICES=0."
    elif not _has_nvidia_driver():
        reason = "No NVIDIA driver is loaded: no /proc/driver/nvidia, and no working nvidia-smi."
        hint = (
            "If there is an NVIDIA GPU, install its driver, then CUDA's libraries with "
            f"`pip install 'tensorflow[and-cuda]'`; start a container with its GPUs. {_CHECK}"
        )
    elif not _can_load(_DRIVER_LIBRARY):
        reason = f"The NVIDIA driver is loaded, but its {_DRIVER_LIBRARY} is not found."
        hint = f"Install the driver's libraries; start a container with its GPUs. {_CHECK}"
    elif missing := [name for name in _CUDA_LIBRARIES if not _has_library(name)]:
        names = ", ".join(f"lib{name}" for name in missing)
        reason = f"The NVIDIA driver is loaded, but CUDA libraries are missing: {names}."
        hint = f"Install them with `pip install 'tensorflow[and-cuda]'`. {_CHECK}"
    else:
        reason = (
            "Driver and libraries are installed, but incompatible with each other or with the GPU."
        )
        hint = (
            "Update the driver, or install the libraries that match this TensorFlow with "
            f"`pip install 'tensorflow[and-cuda]'`. {_CHECK}"
        )
    return (result, required, reason, hint)


def query_nvidia_smi(field: str) -> list[str] | None:
    """Return a field of `nvidia-smi --help-query-gpu`, one line per GPU; None if that fails."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    command = [program, f"--query-gpu={field}", "--format=csv,noheader,nounits"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return [line.strip() for line in result.stdout.splitlines() if line.strip()]


def _cuda_versions() -> str:
    build = tf.sysconfig.get_build_info()
    cuda, cudnn = build.get("cuda_version"), build.get("cudnn_version")
    return f"CUDA {cuda} and cuDNN {cudnn}" if cuda and cudnn else "CUDA and cuDNN"


def _has_nvidia_driver() -> bool:
    return _NVIDIA_DRIVER.exists() or query_nvidia_smi("name") is not None


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_library(name: str) -> bool:
    """Return whether a library is on the system's search path or installed by pip."""
    if find_library(name) is not None:
        return True
    nvidia_packages = Path(sysconfig.get_path("purelib"), "nvidia")
    return any(nvidia_packages.glob(f"*/lib/lib{name}.so*"))
