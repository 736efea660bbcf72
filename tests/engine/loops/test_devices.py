"""Epochs run on the selected device, here the second of two logical CPUs."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import keras
import tensorflow as tf
from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.runtime.devices import Device, device_scope
from nnlab.engine.batches import DataAdapter
from nnlab.engine.loops.compiled import CompiledEpochs
from nnlab.engine.loops.epoch_pass import JitCompile
from nnlab.engine.loops.rows import DeviceRows
from nnlab.engine.models.builder import build_model
from nnlab.engine.training.trainable import prepare_training

(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
experiment = Experiment.model_validate({
    "data": {"dataset": {"moons": {"n_samples": 60}}, "validation_split": 0.2},
    "model": {"layers": [{"Dense": 4}, {"Dense": {"units": 1, "activation": "sigmoid"}}]},
    "training": {"optimizer": "adam", "loss": "bce", "batch_size": 10, "epochs": 9},
})
data = prepare(experiment)
settings = (False, {"grouped": True}), (True, {"grouped": True}), (True, {"chunk": 20})
for jit, arguments in settings:
    for number in range(2):
        with device_scope(Device(f"cpu:{number}", "cpu", "", None, f"/device:CPU:{number}")):
            keras.backend.clear_session()
            model = build_model(experiment, data.inputs)
            adapter = DataAdapter(experiment, data, model)
            prepare_training(model, experiment, adapter)
            callbacks = RunCallbacks([], [], model, 9, adapter.steps_per_epoch)
            loop = CompiledEpochs(JitCompile(full_batches=jit, last_batch=jit), **arguments)
            loop.run(model, adapter, experiment.training, callbacks)
            metrics = loop.evaluate(model, adapter, data.validation, callbacks)
            rows = DeviceRows(adapter.train_arrays, ordered=True)
            chunk = rows.chunk_at(adapter.row_order(0), 0)
            devices = {value.device[-5:] for value in tf.nest.flatten(chunk.arrays)}
            devices |= {variable.value.device[-5:] for variable in model.variables}
            devices |= {variable.value.device[-5:] for variable in model.optimizer.variables}
            print(sorted(devices), repr(metrics["loss"]))
"""


@pytest.mark.slow
def test_second_device_has_rows_and_variables_and_bit_identical_results() -> None:
    """Without XLA, with XLA, and with streamed rows."""
    command = [sys.executable, "-c", SCRIPT]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == 6
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        assert first.startswith("['CPU:0'] ")
        assert second == first.replace("CPU:0", "CPU:1")
