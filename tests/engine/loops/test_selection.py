"""The training loop is selected from what is known before the first epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.batches import DataAdapter
from nnlab.engine.loops import EngineSelection, select_engine
from nnlab.engine.models.builder import build_model
from nnlab.engine.runtime.devices import Device
from nnlab.engine.training.trainable import prepare_training
from nnlab.runs.records.run import ChunkReason, LoopReason

CPU = Device("cpu", "cpu", "two cores", 8 * 2**30, "/device:CPU:0")

Moons = Callable[..., Experiment]


def select(experiment: Experiment, device: Device = CPU) -> EngineSelection:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    adapter = DataAdapter(experiment, data, model)
    prepare_training(model, experiment, adapter)
    return select_engine(experiment, adapter, model, device)


def test_few_steps_run_without_xla(moons: Moons) -> None:
    selection = select(moons(training={"epochs": 10}))
    choice = selection.choice
    assert selection.loop.name == "compiled"
    assert choice.loop_reason is LoopReason.NO_BATCH_CALLBACKS
    assert (choice.jit_compile, choice.jit_requested) == (False, False)
    assert choice.jit_estimate is not None
    # Five variables: two kernels, two biases, the seed of Dropout.
    assert choice.jit_estimate.compile_s == pytest.approx(0.3 + 0.03 * 5)
    assert 0 < choice.jit_estimate.saved_s < choice.jit_estimate.compile_s


def test_few_epochs_of_one_step_use_fit(moons: Moons) -> None:
    selection = select(moons(training={"epochs": 5, "batch_size": "full"}))
    assert (selection.loop.name, selection.choice.jit_compile) == ("keras", False)
    assert selection.choice.loop_reason is LoopReason.FEW_STEPS
    assert selection.choice.jit_estimate is None
    assert select(moons(training={"epochs": 50, "batch_size": "full"})).loop.name == "compiled"


@pytest.mark.parametrize("training", [{"epochs": 2000}, {"epochs": 300, "batch_size": 1}])
def test_many_steps_use_xla(moons: Moons, training: Any) -> None:
    selection = select(moons(training=training))
    estimate = selection.choice.jit_estimate
    assert (selection.loop.name, selection.choice.jit_compile) == ("compiled", True)
    assert estimate is not None
    assert estimate.saved_s > estimate.compile_s


def test_few_steps_of_a_wide_net_use_xla(moons: Moons) -> None:
    layers = [{"Dense": 4096}, {"Dense": 4096}, {"Dense": 1}]
    data = {"dataset": {"moons": {"n_samples": 4000}}}
    experiment = moons(
        model={"layers": layers}, training={"epochs": 3, "batch_size": 512}, data=data
    )
    assert select(experiment).choice.jit_compile


@pytest.mark.parametrize("requested", [True, False])
def test_jit_compile_of_the_config_is_used(moons: Moons, requested: bool) -> None:
    selection = select(moons(training={"jit_compile": requested, "engine": "compiled"}))
    assert selection.loop.name == "compiled"
    assert selection.choice.loop_reason is LoopReason.REQUESTED
    assert (selection.choice.jit_compile, selection.choice.jit_requested) == (requested, True)


def test_engine_of_the_config_is_used(moons: Moons) -> None:
    selection = select(moons(training={"engine": "keras"}))
    assert selection.loop.name == "keras"
    assert selection.choice.loop_reason is LoopReason.REQUESTED
    small = Device("cpu", "cpu", "", 1000, "/device:CPU:0")
    assert select(moons(training={"engine": "compiled"}), small).loop.name == "compiled"


@pytest.mark.parametrize(
    "board", [{"update_freq": "batch"}, {"update_freq": 5}, {"profile_batch": 2}]
)
def test_per_batch_tensorboard_uses_fit(moons: Moons, board: Any) -> None:
    selection = select(moons(tensorboard=board))
    assert selection.loop.name == "keras"
    assert selection.choice.loop_reason is LoopReason.TENSORBOARD_PER_BATCH
    assert select(moons(tensorboard={})).loop.name == "compiled"


def test_rows_too_large_for_the_device_are_streamed(moons: Moons) -> None:
    total_bytes = 20 * (2 + 1) * 4
    small = Device("gpu:0", "gpu", "", 4 * total_bytes - 1, "/device:GPU:0")
    selection = select(moons(), small)
    assert selection.loop.name == "compiled"
    assert selection.choice.chunk_reason is ChunkReason.DEVICE_MEMORY
    assert selection.choice.chunk_rows == 16 * 2**20 // (3 * 4)
    unknown = Device("gpu:0", "gpu", "", None, "/device:GPU:0")
    choice = select(moons(), unknown).choice
    assert (choice.chunk_reason, choice.chunk_rows) == (None, None)
