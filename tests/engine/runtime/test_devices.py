"""Devices: the list, the selection, and errors for missing ones."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import tensorflow as tf

from nnlab.engine.runtime import devices
from nnlab.engine.runtime.devices import (
    DEVICES_FLAG,
    Device,
    device_scope,
    explain_gpu_absence,
    list_devices,
    select_device,
)
from nnlab.errors import DeviceError

CPU = Device("cpu", "cpu", "Abacus, 2 cores", 2**34, "/device:CPU:0")
GPUS = tuple(Device(f"gpu:{n}", "gpu", f"Model {n}", 2**35, f"/device:GPU:{n}") for n in range(2))
has_gpu = bool(tf.config.list_physical_devices("GPU"))
without_gpu = pytest.mark.skipif(has_gpu, reason="this machine has a GPU")


def test_cpu_is_listed_first_with_cores_and_memory() -> None:
    cpu = list_devices()[0]
    assert (cpu.name, cpu.kind, cpu.tensorflow_name) == ("cpu", "cpu", "/device:CPU:0")
    assert "core" in cpu.description
    assert cpu.memory is None or cpu.memory > 2**28


@pytest.mark.parametrize(
    ("requested", "with_gpus", "name"),
    [
        ("auto", True, "gpu:0"),
        ("auto", False, "cpu"),
        ("cpu", True, "cpu"),
        ("gpu", True, "gpu:0"),
        ("gpu:1", True, "gpu:1"),
    ],
)
def test_request_selects_a_device(requested: str, with_gpus: bool, name: str) -> None:
    devices = (CPU, *GPUS) if with_gpus else (CPU,)
    assert select_device(requested, devices).name == name


@without_gpu
def test_missing_gpu_is_an_error_with_reason_and_alternatives() -> None:
    with pytest.raises(DeviceError) as caught:
        select_device("gpu", (CPU,))
    message = str(caught.value)
    assert "Received: device='gpu'" in message
    assert "TensorFlow looked for NVIDIA GPUs and found none." in message
    assert "cpu (Abacus, 2 cores)" in message
    assert "`--device cpu`, or `--device auto`" in message
    assert caught.value.exit_code == 2


def test_gpu_number_out_of_range_lists_the_gpus() -> None:
    with pytest.raises(DeviceError, match=r"TensorFlow sees 2 GPUs.*gpu:0 \(Model 0\), gpu:1"):
        select_device("gpu:2", (CPU, *GPUS))


@pytest.mark.parametrize("requested", ["tpu", "gpu:", "gpu:x", "", "CPU"])
def test_invalid_device_name_is_an_error(requested: str) -> None:
    with pytest.raises(DeviceError, match="auto, cpu, gpu or gpu:N"):
        select_device(requested, (CPU,))


@pytest.mark.slow
def test_device_scope_places_variables_and_operations() -> None:
    """Logical CPUs replace several devices: TensorFlow places by name, whatever the hardware."""
    code = """
import nnlab.engine
import tensorflow as tf
from nnlab.engine.runtime.devices import Device, device_scope
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import keras
with device_scope(Device("cpu:1", "cpu", "second", None, "/device:CPU:1")):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    outputs = model(tf.ones((1, 2)))
print(outputs.device[-5:], model.weights[0].value.device[-5:], tf.ones(1).device[-5:])
"""
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert result.stdout.split() == ["CPU:1", "CPU:1", "CPU:0"]


def test_device_scope_selects_the_cpu_even_with_gpus() -> None:
    with device_scope(select_device("cpu")):
        assert tf.constant(1.0).device.endswith("CPU:0")


def test_cpu_0_is_the_cpu() -> None:
    assert select_device("cpu:0", (CPU,)) is CPU
    with pytest.raises(DeviceError, match="The CPU with all its cores is one device"):
        select_device("cpu:1", (CPU,))


def test_logical_cpus_are_listed_as_a_range_with_their_option() -> None:
    cpus = tuple(Device(f"cpu:{n}", "cpu", "Abacus", None, f"/device:CPU:{n}") for n in range(8))
    with pytest.raises(DeviceError) as caught:
        select_device("cpu:9", (*cpus, *GPUS), DEVICES_FLAG)
    message = str(caught.value)
    assert "Received: --devices cpu:9." in message
    assert "maximum of 8 logical devices" in message
    assert "cpu:0 to cpu:7 (Abacus), gpu:0 (Model 0), gpu:1 (Model 1)." in message
    with pytest.raises(DeviceError, match=r"cpu:N, gpu or gpu:N. Received: --devices foo\."):
        select_device("foo", cpus, DEVICES_FLAG)


@pytest.mark.slow
def test_logical_cpus_are_selected_by_number() -> None:
    code = """
import nnlab.engine
from nnlab.engine.runtime.devices import list_devices, make_logical_cpus, select_device
make_logical_cpus(2)
print([device.name for device in list_devices() if device.kind == "cpu"])
print(select_device("cpu").name, select_device("cpu:1").tensorflow_name)
"""
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert result.stdout.splitlines() == ["['cpu:0', 'cpu:1']", "cpu:0 /device:CPU:1"]


@without_gpu
def test_environment_that_hides_the_gpus_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "CUDA_VISIBLE_DEVICES='-1' hides every GPU." in explain_gpu_absence()


@without_gpu
def test_build_without_cuda_is_reported_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "built without CUDA" in explain_gpu_absence()[1]


@without_gpu
@pytest.mark.parametrize(
    ("installed", "reason", "hint"),
    [
        ((), "No NVIDIA driver is loaded", "install its driver"),
        (("driver",), "its libcuda.so.1 is not found", "Install the driver's libraries"),
        (
            ("driver", "driver library"),
            "missing: libcudart, libcublas",
            "pip install 'tensorflow[and-cuda]'",
        ),
        (
            ("driver", "driver library", "CUDA"),
            "incompatible with each other or with the GPU",
            "Update the driver",
        ),
    ],
)
def test_missing_component_is_reported_with_the_requirements(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    installed: tuple[str, ...],
    reason: str,
    hint: str,
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    driver = tmp_path if "driver" in installed else tmp_path / "missing"
    monkeypatch.setattr(devices, "_NVIDIA_DRIVER", driver)
    monkeypatch.setattr(devices, "query_nvidia_smi", lambda _: None)
    monkeypatch.setattr(devices, "_can_load", lambda _: "driver library" in installed)
    monkeypatch.setattr(devices, "find_library", lambda _: "CUDA" if "CUDA" in installed else None)
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    result, requirements, actual_reason, actual_hint = explain_gpu_absence()
    assert result == "TensorFlow looked for NVIDIA GPUs and found none."
    assert "libcuda.so.1" in requirements
    assert "CUDA" in requirements
    assert reason in actual_reason
    assert hint in actual_hint
