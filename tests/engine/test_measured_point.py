"""What a step costs: counted, and timed with one row."""

from __future__ import annotations

from nnlab.data import prepare
from nnlab.engine.devices import select_device
from nnlab.engine.measured_point import PointTask, count_flop, one_row_s
from nnlab.engine.measured_rows import MeasuredRows
from nnlab.engine.trainable import make_trainable
from tests.engine.conftest import MakeExperiment


def test_flop_are_those_of_the_matrix_products_forward_and_backward(moons: MakeExperiment) -> None:
    layers = [{"Dense": 64}, {"Dense": 64}, {"Dense": {"units": 1, "activation": "sigmoid"}}]
    counts = {}
    for size in (4, 8):
        experiment = moons(model={"layers": layers}, training={"batch_size": size})
        made = make_trainable(experiment, prepare(experiment), select_device("cpu"))
        counts[size] = count_flop(made.model, made.feed)
    # 2 a weight and row forward, 2 for its gradient, 2 for its input's, which the first has not.
    products = 8 * (6 * (64 * 64 + 64) + 4 * 2 * 64)
    assert counts[8] is not None
    assert counts[4] is not None
    assert products <= counts[8] < 1.3 * products
    assert 1.7 < counts[8] / counts[4] <= 2


def test_step_of_one_row_has_the_xla_choice_and_the_steps_an_epoch_of_its_point(
    moons: MakeExperiment,
) -> None:
    def seconds(batch_size: int | str, *, xla: bool) -> float:
        training = {"batch_size": batch_size, "engine": "compiled", "jit_compile": xla}
        data = {"dataset": {"moons": {"n_samples": 4000}}}
        experiment = moons(data=data, training=training)
        made = make_trainable(experiment, prepare(experiment), select_device("cpu"))
        assert made.engine.xla is xla
        task = PointTask("cpu", experiment, MeasuredRows("moons"), seconds=0.1)
        return one_row_s(made, task)

    many, by_xla, whole = seconds(8, xla=False), seconds(8, xla=True), seconds("full", xla=False)
    assert many > 3 * by_xla
    assert whole > 2 * many, "its only step bears all that an epoch costs as such"
