"""Devices: which there are, which one a request means, and why there is no GPU."""

from __future__ import annotations

import subprocess
import sys

import pytest
import tensorflow as tf

from nnlab.engine.runtime.devices import DEVICES, Device, list_devices, on, select_device
from nnlab.errors import DeviceError

CPU = Device("cpu", "cpu", "Abacus, 2 cores", 2**34, "/device:CPU:0")
GPUS = tuple(Device(f"gpu:{n}", "gpu", f"Model {n}", 2**35, f"/device:GPU:{n}") for n in range(2))
has_gpu = bool(tf.config.list_physical_devices("GPU"))
without_gpu = pytest.mark.skipif(has_gpu, reason="there is a GPU here")


def test_cpu_is_listed_first_with_its_cores_and_memory() -> None:
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
def test_request_means_a_device(requested: str, with_gpus: bool, name: str) -> None:
    devices = (CPU, *GPUS) if with_gpus else (CPU,)
    assert select_device(requested, devices).name == name


@without_gpu
def test_absent_gpu_is_refused_with_the_reason_and_what_there_is() -> None:
    with pytest.raises(DeviceError) as caught:
        select_device("gpu", (CPU,))
    said = str(caught.value)
    assert "Received: device='gpu'" in said
    assert "TensorFlow looked for NVIDIA GPUs and found none." in said
    assert "There is: cpu (Abacus, 2 cores)." in said
    assert "--device cpu" in said
    assert caught.value.exit_code == 2


def test_gpu_beyond_the_last_is_refused_with_those_there_are() -> None:
    with pytest.raises(DeviceError, match=r"TensorFlow sees 2 GPUs.*gpu:0 \(Model 0\), gpu:1"):
        select_device("gpu:2", (CPU, *GPUS))


@pytest.mark.parametrize("requested", ["tpu", "gpu:", "gpu:x", "", "CPU"])
def test_word_that_is_no_device_is_refused(requested: str) -> None:
    with pytest.raises(DeviceError, match="auto, cpu, gpu or gpu:N"):
        select_device(requested, (CPU,))


def test_block_runs_on_its_device_among_several() -> None:
    """Logical CPUs stand for several devices: TensorFlow places by name whatever is behind it."""
    code = """
import nnlab.engine
import tensorflow as tf
from nnlab.engine.runtime.devices import Device, on
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import keras
with on(Device("cpu:1", "cpu", "second", None, "/device:CPU:1")):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    made = model(tf.ones((1, 2)))
print(made.device[-5:], model.weights[0].value.device[-5:], tf.ones(1).device[-5:])
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["CPU:1", "CPU:1", "CPU:0"]


def test_cpu_serves_where_gpus_are_preferred_otherwise() -> None:
    with on(select_device("cpu")):
        assert tf.constant(1.0).device.endswith("CPU:0")


def test_cpu_is_one_device_and_its_first_whatever_it_is_called() -> None:
    assert select_device("cpu:0", (CPU,)) is CPU
    with pytest.raises(DeviceError, match="The CPU, with all its cores, is one device"):
        select_device("cpu:1", (CPU,))


def test_devices_that_are_made_are_listed_as_one_with_their_option() -> None:
    made = tuple(Device(f"cpu:{n}", "cpu", "Abacus", None, f"/device:CPU:{n}") for n in range(8))
    with pytest.raises(DeviceError) as caught:
        select_device("cpu:9", (*made, *GPUS), DEVICES)
    said = str(caught.value)
    assert "Received: --devices cpu:9. At most 8 logical devices are made of the CPU" in said
    assert "There is: cpu:0 to cpu:7 (Abacus), gpu:0 (Model 0), gpu:1 (Model 1)." in said
    with pytest.raises(DeviceError, match=r"cpu:N, gpu or gpu:N. Received: --devices foo\."):
        select_device("foo", made, DEVICES)


def test_logical_cpus_are_listed_and_chosen_by_number() -> None:
    code = """
import nnlab.engine
from nnlab.engine.runtime.devices import list_devices, make_logical_cpus, select_device
make_logical_cpus(2)
print([device.name for device in list_devices() if device.kind == "cpu"])
print(select_device("cpu").name, select_device("cpu:1").tensorflow_name)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["['cpu:0', 'cpu:1']", "cpu:0 /device:CPU:1"]
