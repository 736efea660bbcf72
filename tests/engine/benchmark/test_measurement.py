"""Operations of a step, and the time of a step of one row."""

from __future__ import annotations

from nnlab.data import prepare
from nnlab.engine.benchmark.measurement import BenchmarkTask, count_flop, one_row_s
from nnlab.engine.benchmark.rows import MeasuredRows
from nnlab.engine.runtime.devices import select_device
from nnlab.engine.training.trainable import make_trainable
from tests.engine.conftest import MakeExperiment


def test_flop_count_is_that_of_the_matrix_products(moons: MakeExperiment) -> None:
    layers = [{"Dense": 64}, {"Dense": 64}, {"Dense": {"units": 1, "activation": "sigmoid"}}]
    counts = {}
    for size in (4, 8):
        experiment = moons(model={"layers": layers}, training={"batch_size": size})
        trainable = make_trainable(experiment, prepare(experiment), select_device("cpu"))
        counts[size] = count_flop(trainable.model, trainable.adapter)
    # Per weight and row: 2 forward, 2 for its gradient, 2 for the gradient of its input, except in
    # the first layer.
    products = 8 * (6 * (64 * 64 + 64) + 4 * 2 * 64)
    assert counts[8] is not None
    assert counts[4] is not None
    assert products <= counts[8] < 1.3 * products
    assert 1.7 < counts[8] / counts[4] <= 2


def test_steps_of_one_row_keep_the_steps_per_epoch(moons: MakeExperiment) -> None:
    training = {"batch_size": 16, "engine": "compiled", "jit_compile": False}
    experiment = moons(training=training)
    trainable = make_trainable(experiment, prepare(experiment), select_device("cpu"))
    steps = trainable.adapter.steps_per_epoch
    adapter = trainable.adapter.subset(steps, 1)
    assert (adapter.batch_size, adapter.steps_per_epoch) == (1, steps)
    task = BenchmarkTask("cpu", experiment, MeasuredRows("moons"), seconds=0.05)
    assert one_row_s(trainable, task) > 0
