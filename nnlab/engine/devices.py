"""The devices that TensorFlow can train on, and why there is no GPU among them."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tensorflow as tf

from nnlab.data.machine_memory import machine_memory
from nnlab.errors import DeviceError

_NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
_REQUEST = re.compile(r"auto|cpu|gpu|gpu:(\d+)")


@dataclass(frozen=True)
class Device:
    """One device that a training can run on.

    Args:
        name: What `--device` calls it: `cpu`, `gpu:0`.
        kind: `cpu` or `gpu`.
        description: Its model, and for a CPU the number of cores.
        memory: Its memory in bytes; None where nobody tells.
        tensorflow_name: What TensorFlow calls it: `/device:GPU:0`.
    """

    name: str
    kind: Literal["cpu", "gpu"]
    description: str
    memory: int | None
    tensorflow_name: str


def list_devices() -> tuple[Device, ...]:
    """The CPU and every GPU that TensorFlow can use.

    Returns:
        The CPU first, then the GPUs in TensorFlow's order.

    Example:
        >>> list_devices()[0].name
        'cpu'
    """
    cpu = Device("cpu", "cpu", _cpu_description(), machine_memory(), "/device:CPU:0")
    physical = tf.config.list_physical_devices("GPU")
    memories = _gpu_memories(len(physical))
    gpus = (
        Device(
            f"gpu:{number}", "gpu", _gpu_description(gpu), memories[number], f"/device:GPU:{number}"
        )
        for number, gpu in enumerate(physical)
    )
    return (cpu, *gpus)


def select_device(requested: str, devices: Sequence[Device] | None = None) -> Device:
    """The device that a request means.

    Args:
        requested: `auto` (the first GPU, else the CPU), `cpu`, `gpu` (the first), or `gpu:N`.
        devices: What there is to choose from; None: what `list_devices` finds.

    Returns:
        The device.

    Raises:
        DeviceError: There is no such device on this machine.

    Example:
        >>> select_device("cpu").tensorflow_name
        '/device:CPU:0'
    """
    found = tuple(list_devices() if devices is None else devices)
    if _REQUEST.fullmatch(requested) is None:
        raise DeviceError(
            f"Expected a device: auto, cpu, gpu or gpu:N. Received: device={requested!r}."
        )
    gpus = [device for device in found if device.kind == "gpu"]
    if requested == "auto":
        return gpus[0] if gpus else found[0]
    wanted = "gpu:0" if requested == "gpu" else requested
    for device in found:
        if device.name == wanted:
            return device
    there_is = ", ".join(f"{device.name} ({device.description})" for device in found)
    why = (
        f"TensorFlow sees {len(gpus)} GPU{'s' * (len(gpus) != 1)}, numbered from 0."
        if gpus
        else " ".join(explain_gpu_absence())
    )
    instead = gpus[0].name if gpus else "cpu"
    remedy = f"There is: {there_is}. Use `--device {instead}`, or `--device auto`."
    raise DeviceError(
        f"Expected a device of this machine. Received: device={requested!r}. {why} {remedy}"
    )


def explain_gpu_absence() -> tuple[str, ...]:
    """Why TensorFlow sees no GPU, and how to get one.

    Returns:
        Sentences; none where it sees a GPU.
    """
    if tf.config.list_physical_devices("GPU"):
        return ()
    looked = "TensorFlow looked for NVIDIA GPUs and found none."
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not tf.test.is_built_with_cuda():
        reason = "This TensorFlow is built without CUDA: it can only use the CPU."
        remedy = _HOW_TO_GET_CUDA.get(platform.system(), _NO_CUDA_HERE)
    elif hidden is not None and hidden.strip() in {"", "-1"}:
        reason = f"CUDA_VISIBLE_DEVICES={hidden!r} hides every GPU."
        remedy = "Unset it, or name GPUs in it: CUDA_VISIBLE_DEVICES=0."
    elif not _has_nvidia_driver():
        reason = "No NVIDIA driver is loaded: no /proc/driver/nvidia, and no nvidia-smi that works."
        remedy = (
            "If there is an NVIDIA GPU, install its driver, then CUDA's libraries with "
            "`pip install 'tensorflow[and-cuda]'`; a container must be started with its GPUs."
        )
    else:
        reason = "The NVIDIA driver is there, but CUDA's libraries are missing, or too new for it."
        remedy = "Install them with `pip install 'tensorflow[and-cuda]'`, or update the driver."
    return (looked, reason, remedy)


@contextlib.contextmanager
def on(device: Device) -> Iterator[None]:
    """Place what TensorFlow makes and computes inside the block on a device.

    Args:
        device: The device.

    Yields:
        Nothing.

    Example:
        >>> with on(select_device("cpu")):
        ...     tf.constant(1.0).device[-5:]
        'CPU:0'
    """
    with tf.device(device.tensorflow_name):
        yield


_HOW_TO_GET_CUDA = {
    "Linux": "Install the one with CUDA: `pip install 'tensorflow[and-cuda]'`.",
    "Windows": "TensorFlow uses GPUs on Windows inside WSL2 alone: install nnlab there.",
}
_NO_CUDA_HERE = "TensorFlow uses NVIDIA GPUs on Linux, and on Windows inside WSL2."


def _has_nvidia_driver() -> bool:
    return _NVIDIA_DRIVER.exists() or _nvidia_smi("name") is not None


def _cpu_description() -> str:
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return f"{_cpu_model()}, {cores} core{'s' if cores != 1 else ''}"


def _cpu_model() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine() or "unknown CPU"


def _gpu_description(gpu: tf.config.PhysicalDevice) -> str:
    try:
        details = tf.config.experimental.get_device_details(gpu)
    except (ValueError, RuntimeError):
        details = {}
    return str(details.get("device_name", "GPU"))


def _gpu_memories(count: int) -> list[int | None]:
    """Memory of each GPU in bytes; None where the driver lists others than TensorFlow does."""
    mebibytes = _nvidia_smi("memory.total") if count else None
    if mebibytes is None or len(mebibytes) != count:
        return [None] * count
    return [int(number) * 2**20 if number.isdigit() else None for number in mebibytes]


def _nvidia_smi(query: str) -> list[str] | None:
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    command = [program, f"--query-gpu={query}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return [line.strip() for line in answer.stdout.splitlines() if line.strip()]
