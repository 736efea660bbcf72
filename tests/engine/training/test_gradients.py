"""Gradients on a batch: right, and without a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import compile_model
from nnlab.engine.training.gradients import kernel_gradients, kernels, sample_batch

MakeMoons = Callable[..., Experiment]


def built(experiment: Experiment) -> tuple[keras.Model, tuple[Any, ...]]:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    compile_model(model, experiment)
    return model, sample_batch(DataAdapter(experiment, data, model))


def state(model: keras.Model) -> list[Any]:
    variables = [*model.variables, *model.non_trainable_variables]
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def test_kernels_are_copies_of_the_matrices(moons: MakeMoons) -> None:
    layers = [{"Dense": {"units": 8, "name": "first"}}, "BatchNormalization", {"Dense": 1}]
    model, _ = built(moons(model={"layers": layers}))
    before = kernels(model)
    model.set_weights([np.zeros_like(values) for values in model.get_weights()])
    assert list(before) == ["first", "output"]
    assert before["first"].shape == (2, 8)
    assert before["first"].any()


def test_gradient_is_that_of_the_loss(moons: MakeMoons) -> None:
    """Of the mean squared error of a linear unit it is known: 2 / n X'(Xw - y)."""
    experiment = moons(
        data={"dataset": {"linear": {"n_samples": 20}}},
        model={"layers": [{"Dense": {"units": 1, "use_bias": False}}]},
        training={"loss": "mse", "batch_size": "full"},
    )
    model, (x, y) = built(experiment)
    inputs = np.asarray(x if not isinstance(x, dict) else next(iter(x.values())))
    (weights,) = model.get_weights()
    (found,) = kernel_gradients(model, (x, y), [weights]).values()
    expected = 2 / len(inputs) * inputs.T @ (inputs @ weights - np.asarray(y))
    assert found == pytest.approx(expected, rel=1e-4)


def test_nothing_of_the_model_is_changed(moons: MakeMoons) -> None:
    layers = [{"Dense": 8}, "BatchNormalization", {"Dropout": 0.5}, {"Dense": 1}]
    model, batch = built(moons(model={"layers": layers}))
    before = state(model)
    others = [values + 1 for values in model.get_weights()]
    assert kernel_gradients(model, batch, others)
    assert all(map(np.array_equal, state(model), before))


def test_the_batch_has_the_rows_of_the_first_step_and_not_too_many(moons: MakeMoons) -> None:
    _, (x, y) = built(moons(training={"batch_size": 8}))
    assert len(y) == 8
    whole = moons(data={"dataset": {"moons": {"n_samples": 1000}}}, training={"batch_size": "full"})
    _, (x, y) = built(whole)
    assert len(y) == 256
    assert len(x if not isinstance(x, dict) else next(iter(x.values()))) == 256
