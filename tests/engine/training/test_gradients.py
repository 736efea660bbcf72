"""Gradients of kernels on a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.batches import DataAdapter
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import compile_model
from nnlab.engine.training.gradients import kernel_gradients, kernels, sample_batch

MakeMoons = Callable[..., Experiment]


def build(experiment: Experiment) -> tuple[keras.Model, tuple[Any, ...]]:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    compile_model(model, experiment)
    return model, sample_batch(DataAdapter(experiment, data, model))


def state(model: keras.Model) -> list[Any]:
    variables = [*model.variables, *model.non_trainable_variables]
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def test_kernels_are_copies_of_the_matrices(moons: MakeMoons) -> None:
    layers = [{"Dense": {"units": 8, "name": "first"}}, "BatchNormalization", {"Dense": 1}]
    model, _ = build(moons(model={"layers": layers}))
    before = kernels(model)
    model.set_weights([np.zeros_like(values) for values in model.get_weights()])
    assert list(before) == ["first", "output"]
    assert before["first"].shape == (2, 8)
    assert before["first"].any()


def test_gradient_is_that_of_the_loss(moons: MakeMoons) -> None:
    """For the mean squared error of a linear unit, it is 2 / n X'(Xw - y)."""
    experiment = moons(
        data={"dataset": {"linear": {"n_samples": 20}}},
        model={"layers": [{"Dense": {"units": 1, "use_bias": False}}]},
        training={"loss": "mse", "batch_size": "full"},
    )
    model, (x, y) = build(experiment)
    inputs = np.asarray(x if not isinstance(x, dict) else next(iter(x.values())))
    (weights,) = model.get_weights()
    (gradient,) = kernel_gradients(model, (x, y), [weights]).values()
    expected = 2 / len(inputs) * inputs.T @ (inputs @ weights - np.asarray(y))
    assert gradient == pytest.approx(expected, rel=1e-4)


def test_model_is_unchanged(moons: MakeMoons) -> None:
    layers = [{"Dense": 8}, "BatchNormalization", {"Dropout": 0.5}, {"Dense": 1}]
    model, batch = build(moons(model={"layers": layers}))
    before = state(model)
    other_weights = [values + 1 for values in model.get_weights()]
    assert kernel_gradients(model, batch, other_weights)
    assert all(map(np.array_equal, state(model), before))


def test_batch_is_the_first_one_up_to_256_rows(moons: MakeMoons) -> None:
    _, (x, y) = build(moons(training={"batch_size": 8}))
    assert len(y) == 8
    full_batch = moons(
        data={"dataset": {"moons": {"n_samples": 1000}}}, training={"batch_size": "full"}
    )
    _, (x, y) = build(full_batch)
    assert len(y) == 256
    assert len(x if not isinstance(x, dict) else next(iter(x.values()))) == 256
