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
from nnlab.engine.runtime.gpu_diagnostics import explain_gpu_absence, nvidia_smi
from nnlab.errors import DeviceError
from nnlab.text import plural

MOST_CPUS = 8
"""Logical CPUs at most."""

DEVICES = "--devices"
"""The option that makes logical devices of the CPU where they are asked for."""

_REQUEST = re.compile(r"auto|cpu|gpu|(?:cpu|gpu):(\d+)")


@dataclass(frozen=True)
class Device:
    """One device that a training can run on.

    Args:
        name: What `--device` calls it: `cpu`, `gpu:0`; one of several logical CPUs: `cpu:1`.
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
        The CPU first, or each of the logical ones that `make_logical_cpus` made of it; then the
        GPUs in TensorFlow's order.

    Example:
        >>> list_devices()[0].name
        'cpu'
    """
    names = [f"cpu:{number}" for number in range(_logical_cpus())] or ["cpu"]
    described = _cpu_description()
    cpus = (
        Device(name, "cpu", described, memory_limit(), f"/device:CPU:{number}")
        for number, name in enumerate(names)
    )
    physical = tf.config.list_physical_devices("GPU")
    memories = _gpu_memories(len(physical))
    gpus = (
        Device(
            f"gpu:{number}", "gpu", _gpu_description(gpu), memories[number], f"/device:GPU:{number}"
        )
        for number, gpu in enumerate(physical)
    )
    return (*cpus, *gpus)


def make_logical_cpus(count: int) -> None:
    """Make several devices of the CPU, which stand for several wherever devices are compared.

    TensorFlow places on them by their names as it does on GPUs; they share the same cores. It must
    not have computed anything in this process yet.

    Args:
        count: How many, from 2 to `MOST_CPUS`.
    """
    (cpu,) = tf.config.list_physical_devices("CPU")
    one = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(cpu, [one] * count)


def select_device(
    requested: str, devices: Sequence[Device] | None = None, flag: str = "--device"
) -> Device:
    """The device that a request means.

    Args:
        requested: `auto` (the first GPU, else the CPU), `cpu`, `gpu` (the first), `gpu:N`, or
            `cpu:N` of logical CPUs.
        devices: What there is to choose from; None: what `list_devices` finds.
        flag: Where the request was made, for messages.

    Returns:
        The device.

    Raises:
        DeviceError: There is no such device on this machine.

    Example:
        >>> select_device("cpu").tensorflow_name
        '/device:CPU:0'
    """
    found = tuple(list_devices() if devices is None else devices)
    makes_cpus = flag == DEVICES
    # Else it may stand in a config.
    received = f"{DEVICES} {requested}" if makes_cpus else f"device={requested!r}"
    if _REQUEST.fullmatch(requested) is None:
        forms = "auto, cpu, cpu:N, gpu or gpu:N" if makes_cpus else "auto, cpu, gpu or gpu:N"
        raise DeviceError(f"Expected a device: {forms}. Received: {received}.")
    gpus = [device for device in found if device.kind == "gpu"]
    if requested == "auto":
        return gpus[0] if gpus else found[0]
    wanted = requested if ":" in requested else f"{requested}:0"
    for device in found:
        if wanted in (device.name, f"{device.name}:0"):
            return device
    there_is = ", ".join(f"{name} ({description})" for name, description in _listed(found))
    instead = (gpus or found)[0].name
    hint = f"There is: {there_is}. Use `{flag} {instead}`"
    hint += "." if makes_cpus else f", or `{flag} auto`."
    raise DeviceError(
        f"Expected a device of this machine. Received: {received}. "
        f"{_why_not(wanted, len(gpus), makes_cpus=makes_cpus)} {hint}"
    )


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


def _listed(devices: Sequence[Device]) -> Iterator[tuple[str, str]]:
    """Names and descriptions; of logical CPUs the first and the last, of which all are one."""
    cpus = [device for device in devices if device.kind == "cpu"]
    if len(cpus) > 1:
        yield f"{cpus[0].name} to {cpus[-1].name}", cpus[0].description
    for device in devices[len(cpus) if len(cpus) > 1 else 0 :]:
        yield device.name, device.description


def _why_not(wanted: str, gpus: int, *, makes_cpus: bool) -> str:
    """Why there is no such device."""
    if wanted.startswith("cpu"):
        logical = f"At most {MOST_CPUS} logical devices are made of the CPU, numbered from 0."
        return logical if makes_cpus else "The CPU, with all its cores, is one device."
    if gpus:
        return f"TensorFlow sees {plural(gpus, 'GPU')}, numbered from 0."
    return " ".join(explain_gpu_absence())


def _logical_cpus() -> int:
    """How many devices were made of the CPU; 0 where it is one as it is."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    made = tf.config.get_logical_device_configuration(cpu) or ()
    return len(made) if len(made) > 1 else 0


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
    mebibytes = nvidia_smi("memory.total") if count else None
    if mebibytes is None or len(mebibytes) != count:
        return [None] * count
    return [int(number) * 2**20 if number.isdigit() else None for number in mebibytes]
