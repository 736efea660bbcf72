"""The engine is chosen by what is known before the first epoch, and says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.loops import EngineSelection, select_engine
from nnlab.engine.models.builder import build_model
from nnlab.engine.runtime.devices import Device
from nnlab.engine.training.preparation import prepare_training

CPU = Device("cpu", "cpu", "two cores", 8 * 2**30, "/device:CPU:0")

Moons = Callable[..., Experiment]


def chosen(experiment: Experiment, device: Device = CPU) -> EngineSelection:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    adapter = DataAdapter(experiment, data, model)
    prepare_training(model, experiment, adapter)
    return select_engine(experiment, adapter, model, device)


def test_few_steps_do_not_pay_for_xla(moons: Moons) -> None:
    choice = chosen(moons(training={"epochs": 10}))
    assert (choice.loop.name, choice.xla) == ("compiled", False)
    assert "to compile" in choice.reason


def test_few_epochs_of_one_step_do_not_pay_for_a_loop(moons: Moons) -> None:
    choice = chosen(moons(training={"epochs": 5, "batch_size": "full"}))
    assert (choice.loop.name, choice.xla) == ("keras", False)
    assert "few steps" in choice.reason
    assert chosen(moons(training={"epochs": 50, "batch_size": "full"})).loop.name == "compiled"


@pytest.mark.parametrize("training", [{"epochs": 2000}, {"epochs": 300, "batch_size": 1}])
def test_many_steps_pay_for_xla(moons: Moons, training: Any) -> None:
    choice = chosen(moons(training=training))
    assert (choice.loop.name, choice.xla) == ("compiled", True)


def test_few_steps_of_a_wide_net_pay_for_xla(moons: Moons) -> None:
    layers = [{"Dense": 4096}, {"Dense": 4096}, {"Dense": 1}]
    data = {"dataset": {"moons": {"n_samples": 4000}}}
    experiment = moons(
        model={"layers": layers}, training={"epochs": 3, "batch_size": 512}, data=data
    )
    assert chosen(experiment).xla


@pytest.mark.parametrize("wanted", [True, False])
def test_jit_compile_of_the_config_decides(moons: Moons, wanted: bool) -> None:
    choice = chosen(moons(training={"jit_compile": wanted, "engine": "compiled"}))
    assert (choice.loop.name, choice.xla) == ("compiled", wanted)
    assert "jit_compile" in choice.reason


def test_config_decides(moons: Moons) -> None:
    assert chosen(moons(training={"engine": "keras"})).loop.name == "keras"
    small = Device("cpu", "cpu", "", 1000, "/device:CPU:0")
    assert chosen(moons(training={"engine": "compiled"}), small).loop.name == "compiled"


@pytest.mark.parametrize(
    "board", [{"update_freq": "batch"}, {"update_freq": 5}, {"profile_batch": 2}]
)
def test_what_logs_batches_gets_fit(moons: Moons, board: Any) -> None:
    choice = chosen(moons(tensorboard=board))
    assert (choice.loop.name, choice.reason) == ("keras", "TensorBoard listens to every step")
    assert chosen(moons(tensorboard={})).loop.name == "compiled"


def test_rows_that_would_fill_the_device_come_in_chunks(moons: Moons) -> None:
    bytes_of_rows = 20 * (2 + 1) * 4
    small = Device("gpu:0", "gpu", "", 4 * bytes_of_rows - 1, "/device:GPU:0")
    choice = chosen(moons(), small)
    assert choice.loop.name == "compiled"
    assert choice.reason.endswith(
        "; the rows take more than 25 % of the device's memory: they come in chunks"
    )
    unknown = Device("gpu:0", "gpu", "", None, "/device:GPU:0")
    assert "chunks" not in chosen(moons(), unknown).reason
