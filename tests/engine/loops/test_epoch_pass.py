"""A pass over rows on the device: ranges of batches, operations that XLA does not support."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from nnlab.engine.batches import batch_spec
from nnlab.engine.loops.batch_loop import BatchAccess, BatchLoop
from nnlab.engine.loops.epoch_pass import NO_JIT, EpochPass, JitCompile
from nnlab.engine.loops.rows import DeviceRows, StreamedRows

pytestmark = pytest.mark.slow

X = np.random.default_rng(1).normal(size=(27, 3)).astype(np.float32)
Y = X[:, :1] + 1
JIT_ALL = JitCompile(full_batches=True, last_batch=True)


def model_of(*make_layers: Callable[[], Any]) -> keras.Model:
    keras.utils.set_random_seed(5)
    layers = [make() for make in make_layers]
    model = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    model._symbolic_build(data_batch=(X[:8], Y[:8]))
    return model


def training_pass(model: keras.Model, jit: JitCompile) -> EpochPass:
    loop = BatchLoop(model, model.train_step, batch_spec((X, Y)), BatchAccess.GATHER, 8)
    return EpochPass(loop, DeviceRows((X, Y), ordered=True), jit)


def evaluation_pass(model: keras.Model, jit: JitCompile) -> EpochPass:
    loop = BatchLoop(model, model.test_step, batch_spec((X, Y)), BatchAccess.SLICE, 8)
    return EpochPass(loop, DeviceRows((X, Y), ordered=False), jit)


def streamed_pass(model: keras.Model, jit: JitCompile) -> EpochPass:
    loop = BatchLoop(model, model.train_step, batch_spec((X, Y)), BatchAccess.SLICE, 8)
    return EpochPass(loop, StreamedRows((X, Y), chunk=16), jit)


def run_twice(epoch_pass: EpochPass, model: keras.Model, cuts: list[int]) -> list[Any]:
    """Return the metrics of two passes over ranges of batches, and the weights after them."""
    order = np.random.default_rng(2).permutation(27)
    results: list[Any] = []
    for _ in range(2):
        for first, last in zip([0, *cuts], [*cuts, epoch_pass.steps], strict=True):
            logs = epoch_pass.run(order, first, last)
        results.append(logs)
    return [*results, *model.get_weights()]


@pytest.mark.parametrize("jit", [JIT_ALL, NO_JIT, JitCompile(full_batches=True, last_batch=False)])
def test_interrupted_and_streamed_passes_are_bit_identical(jit: JitCompile) -> None:
    expected: list[Any] = []
    for make_pass in (training_pass, streamed_pass):
        model = model_of(lambda: keras.layers.Dropout(0.3), keras.layers.BatchNormalization)
        epoch_pass = make_pass(model, jit)
        epoch_pass.build()
        variables = [*model.variables, *model.optimizer.variables]
        start = [variable.numpy() for variable in variables]
        for cuts in ([], [1], [2], [3], [1, 2, 3]):
            for variable, value in zip(variables, start, strict=True):
                variable.assign(value)
            results = run_twice(epoch_pass, model, cuts)
            expected = expected or results
            np.testing.assert_equal(results, expected)
        assert epoch_pass.is_compiled_by_xla == jit.full_batches


def test_first_batch_resets_the_metrics() -> None:
    model = model_of()
    evaluation = evaluation_pass(model, NO_JIT)
    once = evaluation.run(None, 0, evaluation.steps)
    assert evaluation.run(None, 0, evaluation.steps) == once
    assert once == pytest.approx(model.evaluate(X, Y, verbose=0, return_dict=True))


def test_metrics_cover_the_batches_so_far() -> None:
    model = model_of()
    evaluation = evaluation_pass(model, JIT_ALL)
    so_far = evaluation.run(None, 0, 2)
    assert so_far == pytest.approx(model.evaluate(X[:16], Y[:16], verbose=0, return_dict=True))


def test_building_does_not_train() -> None:
    model = model_of()
    before = model.get_weights()
    epoch_pass = training_pass(model, JIT_ALL)
    epoch_pass.build()
    assert epoch_pass.is_compiled_by_xla
    for weights, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, expected)
    assert int(model.optimizer.iterations) == 0


def test_graph_is_traced_once_for_any_number_of_rows() -> None:
    model = model_of()
    loop = BatchLoop(model, model.test_step, batch_spec((X, Y)), BatchAccess.SLICE, 8)
    graph = loop.graph(jit_compile=False)
    for rows in (27, 8, 3):
        part = EpochPass(loop, DeviceRows((X[:rows], Y[:rows]), ordered=False), NO_JIT)
        expected = model.evaluate(X[:rows], Y[:rows], verbose=0, return_dict=True)
        assert part.run(None, 0, part.steps) == pytest.approx(expected)
    assert loop.graph(jit_compile=False) is graph


class UnsupportedByXla(keras.layers.Layer):  # type: ignore[misc]
    """Return the input, after an operation that XLA does not support."""

    def call(self, x: Any) -> Any:
        count = tf.strings.length(tf.strings.as_string(x[0, 0]))
        return x + 0.0 * tf.cast(count, x.dtype)


def test_operations_unsupported_by_xla_run_without_it() -> None:
    model = model_of(UnsupportedByXla)
    epoch_pass = training_pass(model, JIT_ALL)
    logs = epoch_pass.run(np.arange(27), 0, epoch_pass.steps)
    assert not epoch_pass.is_compiled_by_xla
    assert logs["loss"] > 0
    assert int(model.optimizer.iterations) == 4
