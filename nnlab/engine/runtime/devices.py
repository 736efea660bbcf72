"""The devices that TensorFlow can train on, and why it sees no GPU."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tensorflow as tf

from nnlab.data.containers.memory import memory_limit
from nnlab.errors import DeviceError
from nnlab.text import plural

MAX_LOGICAL_CPUS = 8
"""Maximum number of logical devices that the CPU is split into."""

DEVICES_FLAG = "--devices"
"""The option that splits the CPU into the logical devices requested."""

_REQUEST = re.compile(r"auto|cpu|gpu|(?:cpu|gpu):(\d+)")

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


@dataclass(frozen=True)
class Device:
    """A device that a run can use.

    Args:
        name: The name that `--device` takes: `cpu`, `gpu:0`; of a logical CPU, `cpu:1`.
        kind: `cpu` or `gpu`.
        description: The model, and for a CPU the number of cores.
        memory: Memory in bytes; None if unknown.
        tensorflow_name: TensorFlow's name, such as `/device:GPU:0`.
    """

    name: str
    kind: Literal["cpu", "gpu"]
    description: str
    memory: int | None
    tensorflow_name: str


def list_devices() -> tuple[Device, ...]:
    """List the CPU and every GPU that TensorFlow can use.

    Returns:
        The CPU, or each logical CPU that `make_logical_cpus` created, then the GPUs in TensorFlow's
        order.

    Example:
        >>> list_devices()[0].name
        'cpu'
    """
    (cpu,) = tf.config.list_physical_devices("CPU")
    logical = tf.config.get_logical_device_configuration(cpu) or ()
    names = [f"cpu:{number}" for number in range(len(logical))] if len(logical) > 1 else ["cpu"]
    description = _describe_cpu()
    devices = [
        Device(name, "cpu", description, memory_limit(), f"/device:CPU:{number}")
        for number, name in enumerate(names)
    ]
    gpus = tf.config.list_physical_devices("GPU")
    mebibytes = query_nvidia_smi("memory.total") if gpus else None
    if mebibytes is None or len(mebibytes) != len(gpus):
        # The driver lists other GPUs: the memory is unknown.
        mebibytes = [""] * len(gpus)
    for number, (gpu, size) in enumerate(zip(gpus, mebibytes, strict=True)):
        try:
            details = tf.config.experimental.get_device_details(gpu)
        except (ValueError, RuntimeError):
            details = {}
        model = str(details.get("device_name", "GPU"))
        memory = int(size) * 2**20 if size.isdigit() else None
        devices.append(Device(f"gpu:{number}", "gpu", model, memory, f"/device:GPU:{number}"))
    return tuple(devices)


def make_logical_cpus(count: int) -> None:
    """Split the CPU into 2 to `MAX_LOGICAL_CPUS` logical devices that share its cores.

    TensorFlow places operations on them by name, as on GPUs. Call this before TensorFlow computes
    anything in this process.
    """
    (cpu,) = tf.config.list_physical_devices("CPU")
    logical = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(cpu, [logical] * count)


def select_device(
    requested: str, devices: Sequence[Device] | None = None, flag: str = "--device"
) -> Device:
    """Return the device that matches a request.

    Args:
        requested: `auto` (the first GPU, or the CPU), `cpu`, `gpu` (the first GPU), `gpu:N`, or
            `cpu:N` for a logical CPU.
        devices: The devices to choose from. Defaults to those that `list_devices` returns.
        flag: The option that made the request, for error messages.

    Returns:
        The device.

    Raises:
        DeviceError: This machine has no such device.

    Example:
        >>> select_device("cpu").tensorflow_name
        '/device:CPU:0'
    """
    available = tuple(list_devices() if devices is None else devices)
    has_logical_cpus = flag == DEVICES_FLAG
    # Without `--devices`, the request may come from a config instead of the command line.
    received = f"{DEVICES_FLAG} {requested}" if has_logical_cpus else f"device={requested!r}"
    if _REQUEST.fullmatch(requested) is None:
        forms = "auto, cpu, cpu:N, gpu or gpu:N" if has_logical_cpus else "auto, cpu, gpu or gpu:N"
        raise DeviceError(f"Expected a device: {forms}. Received: {received}.")
    gpus = [device for device in available if device.kind == "gpu"]
    if requested == "auto":
        return gpus[0] if gpus else available[0]
    name = requested if ":" in requested else f"{requested}:0"
    for device in available:
        if name in (device.name, f"{device.name}:0"):
            return device
    names = [f"{device.name} ({device.description})" for device in available]
    cpus = [device for device in available if device.kind == "cpu"]
    if len(cpus) > 1:
        names[: len(cpus)] = [f"{cpus[0].name} to {cpus[-1].name} ({cpus[0].description})"]
    hint = f"Available: {', '.join(names)}. Use `{flag} {(gpus or available)[0].name}`"
    hint += "." if has_logical_cpus else f", or `{flag} auto`."
    if not name.startswith("cpu"):
        reason = f"TensorFlow sees {plural(len(gpus), 'GPU')}, numbered from 0."
        if not gpus:
            reason = " ".join(explain_gpu_absence())
    elif has_logical_cpus:
        reason = f"The CPU has a maximum of {MAX_LOGICAL_CPUS} logical devices, numbered from 0."
    else:
        reason = "The CPU with all its cores is one device."
    raise DeviceError(f"Expected a device of this machine. Received: {received}. {reason} {hint}")


@contextlib.contextmanager
def device_scope(device: Device) -> Iterator[None]:
    """Place the variables and operations created within the block on a device."""
    with tf.device(device.tensorflow_name):
        yield


def _describe_cpu() -> str:
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    model = ""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                model = value.strip()
                break
    model = model or platform.processor() or platform.machine() or "unknown CPU"
    return f"{model}, {cores} core{'s' if cores != 1 else ''}"


def explain_gpu_absence() -> tuple[str, ...]:
    """Return sentences on what TensorFlow looked for, what is missing, and how to fix it.

    If TensorFlow sees a GPU, there are none.
    """
    if tf.config.list_physical_devices("GPU"):
        return ()
    result = "TensorFlow looked for NVIDIA GPUs and found none."
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    pip_packages = Path(sysconfig.get_path("purelib"), "nvidia")
    if not tf.test.is_built_with_cuda():
        reason = "This TensorFlow is built without CUDA: it can only use the CPU."
        return (result, reason, _CUDA_BUILD_HINTS.get(platform.system(), _NO_CUDA_BUILD))
    build = tf.sysconfig.get_build_info()
    cuda, cudnn = build.get("cuda_version"), build.get("cudnn_version")
    libraries = f"CUDA {cuda} and cuDNN {cudnn}" if cuda and cudnn else "CUDA and cuDNN"
    required = f"It needs the driver's {_DRIVER_LIBRARY} and the libraries of {libraries}."
    if visible is not None and visible.strip() in {"", "-1"}:
        reason = f"CUDA_VISIBLE_DEVICES={visible!r} hides every GPU."
        hint = "Unset it, or list GPUs in it: CUDA_VISIBLE_DEVICES=0."
    elif not _NVIDIA_DRIVER.exists() and query_nvidia_smi("name") is None:
        reason = "No NVIDIA driver is loaded: no /proc/driver/nvidia, and no working nvidia-smi."
        hint = (
            "If there is an NVIDIA GPU, install its driver, then CUDA's libraries with "
            f"`pip install 'tensorflow[and-cuda]'`; start a container with its GPUs. {_CHECK}"
        )
    elif not _can_load(_DRIVER_LIBRARY):
        reason = f"The NVIDIA driver is loaded, but its {_DRIVER_LIBRARY} is not found."
        hint = f"Install the driver's libraries; start a container with its GPUs. {_CHECK}"
    elif missing := [
        name
        for name in _CUDA_LIBRARIES
        if find_library(name) is None and not any(pip_packages.glob(f"*/lib/lib{name}.so*"))
    ]:
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


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
