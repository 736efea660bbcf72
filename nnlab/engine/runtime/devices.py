"""The devices that TensorFlow can train on."""

from __future__ import annotations

import contextlib
import os
import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tensorflow as tf

from nnlab.data.containers.memory import memory_limit
from nnlab.engine.runtime.gpu_diagnostics import explain_gpu_absence, query_nvidia_smi
from nnlab.errors import DeviceError
from nnlab.text import plural

MAX_LOGICAL_CPUS = 8
"""Maximum number of logical devices that the CPU is split into."""

DEVICES_FLAG = "--devices"
"""The option that splits the CPU into the logical devices requested."""

_REQUEST = re.compile(r"auto|cpu|gpu|(?:cpu|gpu):(\d+)")


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
    names = [f"cpu:{number}" for number in range(_count_logical_cpus())] or ["cpu"]
    description = _describe_cpu()
    cpus = (
        Device(name, "cpu", description, memory_limit(), f"/device:CPU:{number}")
        for number, name in enumerate(names)
    )
    physical = tf.config.list_physical_devices("GPU")
    memories = _gpu_memories(len(physical))
    gpus = (
        Device(
            f"gpu:{number}", "gpu", _describe_gpu(gpu), memories[number], f"/device:GPU:{number}"
        )
        for number, gpu in enumerate(physical)
    )
    return (*cpus, *gpus)


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
    names = ", ".join(_format_devices(available))
    hint = f"Available: {names}. Use `{flag} {(gpus or available)[0].name}`"
    hint += "." if has_logical_cpus else f", or `{flag} auto`."
    reason = _absence_reason(name, len(gpus), has_logical_cpus=has_logical_cpus)
    raise DeviceError(f"Expected a device of this machine. Received: {received}. {reason} {hint}")


@contextlib.contextmanager
def device_scope(device: Device) -> Iterator[None]:
    """Place the variables and operations created within the block on a device."""
    with tf.device(device.tensorflow_name):
        yield


def _format_devices(devices: Sequence[Device]) -> Iterator[str]:
    """Yield names with descriptions; several logical CPUs are joined to one range."""
    cpus = [device for device in devices if device.kind == "cpu"]
    if len(cpus) > 1:
        yield f"{cpus[0].name} to {cpus[-1].name} ({cpus[0].description})"
    for device in devices[len(cpus) if len(cpus) > 1 else 0 :]:
        yield f"{device.name} ({device.description})"


def _absence_reason(name: str, gpus: int, *, has_logical_cpus: bool) -> str:
    """Return a sentence that explains why a device does not exist."""
    if name.startswith("cpu"):
        if has_logical_cpus:
            return f"The CPU has a maximum of {MAX_LOGICAL_CPUS} logical devices, numbered from 0."
        return "The CPU with all its cores is one device."
    if gpus:
        return f"TensorFlow sees {plural(gpus, 'GPU')}, numbered from 0."
    return " ".join(explain_gpu_absence())


def _count_logical_cpus() -> int:
    """Count the logical devices of the CPU; 0 if it is not split."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    logical = tf.config.get_logical_device_configuration(cpu) or ()
    return len(logical) if len(logical) > 1 else 0


def _describe_cpu() -> str:
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


def _describe_gpu(gpu: tf.config.PhysicalDevice) -> str:
    try:
        details = tf.config.experimental.get_device_details(gpu)
    except (ValueError, RuntimeError):
        details = {}
    return str(details.get("device_name", "GPU"))


def _gpu_memories(count: int) -> list[int | None]:
    """Return the memory of each GPU in bytes; None if the driver lists another number of GPUs."""
    mebibytes = query_nvidia_smi("memory.total") if count else None
    if mebibytes is None or len(mebibytes) != count:
        return [None] * count
    return [int(number) * 2**20 if number.isdigit() else None for number in mebibytes]
