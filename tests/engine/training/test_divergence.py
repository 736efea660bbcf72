"""Hints for a diverged training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.training.divergence import divergence_hints


def data_up_to(largest: float, dtype: str = "float32") -> PreparedData:
    values = np.full((4, 2), largest, dtype)
    rows = Rows({"input": values}, {"output": np.zeros((4, 1), np.float32)})
    return PreparedData(rows, None, None, {"input": InputSpec("input", (2,), dtype)}, {})


def hints(experiment: Experiment, data: PreparedData | None = None) -> str:
    return "\n".join(divergence_hints(experiment, data or data_up_to(1.0)))


@pytest.mark.parametrize(
    ("optimizer", "hint"),
    [
        ({"SGD": 50.0}, "now 50): --set training.optimizer.SGD.learning_rate=0.001."),
        ({"Adam": 0.02}, "now 0.02): --set training.optimizer.Adam.learning_rate=0.002."),
        (
            {
                "SGD": {
                    "learning_rate": {
                        "ExponentialDecay": {
                            "initial_learning_rate": 9.0,
                            "decay_steps": 1,
                            "decay_rate": 0.5,
                        }
                    }
                }
            },
            "schedule ExponentialDecay: training.optimizer.SGD.learning_rate.",
        ),
    ],
)
def test_lower_learning_rate_is_the_first_hint(
    moons: Callable[..., Experiment], optimizer: Any, hint: str
) -> None:
    assert hint in hints(moons(training={"optimizer": optimizer})).splitlines()[0]


def test_clipping_is_a_hint_unless_it_is_set(moons: Callable[..., Experiment]) -> None:
    assert "--set training.optimizer.Adam.clipnorm=1.0" in hints(moons())
    clipped = {"Adam": {"global_clipnorm": 1.0}}
    assert "clipnorm" not in hints(moons(training={"optimizer": clipped}))


@pytest.mark.parametrize(
    ("largest", "dtype", "hint"),
    [
        (900.0, "float32", "up to 900): --set data.scaling=standard"),
        (255, "uint8", "up to 255): --set data.scaling=minmax"),
        (3.0, "float32", None),
    ],
)
def test_scaling_is_a_hint_for_large_features(
    moons: Callable[..., Experiment], largest: float, dtype: str, hint: str | None
) -> None:
    text = hints(moons(), data_up_to(largest, dtype))
    assert hint in text if hint else "scaling" not in text


def test_scaled_features_need_no_scaling(moons: Callable[..., Experiment]) -> None:
    text = hints(moons(data={"scaling": "standard"}), data_up_to(900.0))
    assert "scaling" not in text


@pytest.mark.parametrize(
    ("initializer", "is_large"),
    [
        ({"RandomNormal": {"stddev": 3.0}}, True),
        ({"RandomUniform": {"minval": -9.0, "maxval": 9.0}}, True),
        ("he_normal", False),
        ({"RandomNormal": {"stddev": 0.05}}, False),
    ],
)
def test_smaller_weights_are_a_hint_for_large_ones(
    moons: Callable[..., Experiment], initializer: Any, is_large: bool
) -> None:
    layers = [{"Dense": 4}, {"Dense": {"units": 1, "kernel_initializer": initializer}}]
    text = hints(moons(model={"layers": layers}))
    assert ("--set model.layers.1.Dense.kernel_initializer=he_normal" in text) is is_large


def test_other_precision_is_a_hint_for_float16(moons: Callable[..., Experiment]) -> None:
    text = hints(moons(training={"dtype_policy": "mixed_float16"}))
    assert "--set training.dtype_policy=mixed_bfloat16" in text
