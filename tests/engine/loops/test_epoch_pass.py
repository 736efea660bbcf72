"""A pass over rows on the device: where it is cut, what XLA cannot do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from nnlab.engine.batches.data_adapter import batch_spec
from nnlab.engine.loops.batch_loop import BatchAccess, BatchLoop
from nnlab.engine.loops.epoch_pass import EpochPass, JitCompile
from nnlab.engine.loops.rows import DeviceRows, StreamedRows

X = np.random.default_rng(1).normal(size=(27, 3)).astype(np.float32)
Y = X[:, :1] + 1
ALL = JitCompile(whole=True, last=True)
NONE = JitCompile(whole=False, last=False)


def model_of(*make_layers: Callable[[], Any]) -> keras.Model:
    keras.utils.set_random_seed(5)
    layers = [make() for make in make_layers]
    model = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    model._symbolic_build(data_batch=(X[:8], Y[:8]))
    return model


def learning_of(model: keras.Model, xla: JitCompile) -> EpochPass:
    loop = BatchLoop(model, model.train_step, batch_spec((X, Y)), BatchAccess.GATHER, 8)
    return EpochPass(loop, DeviceRows((X, Y), ordered=True), xla)


def evaluation_of(model: keras.Model, xla: JitCompile) -> EpochPass:
    loop = BatchLoop(model, model.test_step, batch_spec((X, Y)), BatchAccess.SLICE, 8)
    return EpochPass(loop, DeviceRows((X, Y), ordered=False), xla)


def streaming_of(model: keras.Model, xla: JitCompile) -> EpochPass:
    loop = BatchLoop(model, model.train_step, batch_spec((X, Y)), BatchAccess.SLICE, 8)
    return EpochPass(loop, StreamedRows((X, Y), chunk=16), xla)


def trained(learning: EpochPass, model: keras.Model, cuts: list[int]) -> list[Any]:
    """The figures of two passes and the weights after them, from the first weights of all."""
    order = np.random.default_rng(2).permutation(27)
    found: list[Any] = []
    for _ in range(2):
        for first, last in zip([0, *cuts], [*cuts, learning.steps], strict=True):
            logs = learning.run(order, first, last)
        found.append(logs)
    return [*found, *model.get_weights()]


@pytest.mark.parametrize("xla", [ALL, NONE, JitCompile(whole=True, last=False)])
def test_neither_cuts_nor_streaming_change_a_bit(xla: JitCompile) -> None:
    expected: list[Any] = []
    for passing in (learning_of, streaming_of):
        model = model_of(lambda: keras.layers.Dropout(0.3), keras.layers.BatchNormalization)
        learning = passing(model, xla)
        learning.build()
        variables = [*model.variables, *model.optimizer.variables]
        start = [variable.numpy() for variable in variables]
        for cuts in ([], [1], [2], [3], [1, 2, 3]):
            for variable, value in zip(variables, start, strict=True):
                variable.assign(value)
            found = trained(learning, model, cuts)
            expected = expected or found
            np.testing.assert_equal(found, expected)
        assert learning.is_compiled_by_xla == xla.whole


def test_metrics_start_afresh_with_the_first_batch() -> None:
    model = model_of()
    evaluation = evaluation_of(model, NONE)
    once = evaluation.run(None, 0, evaluation.steps)
    assert evaluation.run(None, 0, evaluation.steps) == once
    assert once == pytest.approx(model.evaluate(X, Y, verbose=0, return_dict=True))


def test_running_figures_are_those_of_the_batches_so_far() -> None:
    model = model_of()
    evaluation = evaluation_of(model, ALL)
    so_far = evaluation.run(None, 0, 2)
    assert so_far == pytest.approx(model.evaluate(X[:16], Y[:16], verbose=0, return_dict=True))


def test_building_trains_nothing() -> None:
    model = model_of()
    before = model.get_weights()
    learning = learning_of(model, ALL)
    learning.build()
    assert learning.is_compiled_by_xla
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert int(model.optimizer.iterations) == 0


def test_graph_is_traced_once_for_rows_of_any_number() -> None:
    model = model_of()
    loop = BatchLoop(model, model.test_step, batch_spec((X, Y)), BatchAccess.SLICE, 8)
    graph = loop.graph(xla=False)
    for rows in (27, 8, 3):
        part = EpochPass(loop, DeviceRows((X[:rows], Y[:rows]), ordered=False), NONE)
        expected = model.evaluate(X[:rows], Y[:rows], verbose=0, return_dict=True)
        assert part.run(None, 0, part.steps) == pytest.approx(expected)
    assert loop.graph(xla=False) is graph


class NotInXla(keras.layers.Layer):  # type: ignore[misc]
    """Gives its input back, through an operation that XLA does not have."""

    def call(self, x: Any) -> Any:
        count = tf.strings.length(tf.strings.as_string(x[0, 0]))
        return x + 0.0 * tf.cast(count, x.dtype)


def test_what_xla_does_not_have_runs_without_it() -> None:
    model = model_of(NotInXla)
    learning = learning_of(model, ALL)
    logs = learning.run(np.arange(27), 0, learning.steps)
    assert not learning.is_compiled_by_xla
    assert logs["loss"] > 0
    assert int(model.optimizer.iterations) == 4
