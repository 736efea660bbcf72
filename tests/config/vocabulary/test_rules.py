"""Rules between the arguments of a component."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.vocabulary.arguments import Constraint, Schedule
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.initializers import Initializer
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer
from tests.config.vocabulary.conftest import IssuesOf

COSINE = {"initial_learning_rate": 0.1, "decay_steps": 10}


@pytest.mark.parametrize(
    ("family", "name", "arguments", "diagnostic"),
    [
        (Initializer, "RandomUniform", {"minval": 1.0}, (("minval",), "minval <= maxval")),
        (Constraint, "MinMaxNorm", {"min_value": 2.0}, (("min_value",), "min_value <= max_value")),
        (Optimizer, "SGD", {"clipnorm": 1, "clipvalue": 1}, (("clipvalue",), "Keep one of them.")),
        (
            Optimizer,
            "Adam",
            {"clipvalue": 1, "global_clipnorm": 1},
            (("global_clipnorm",), "at most"),
        ),
        (
            Schedule,
            "CosineDecay",
            {**COSINE, "warmup_steps": 5},
            (("warmup_steps",), "warmup_target"),
        ),
        (
            Schedule,
            "PiecewiseConstantDecay",
            {"boundaries": [10, 20], "values": [0.1, 0.01]},
            (("values",), "Expected 3 values, one more than boundaries. Received: 2."),
        ),
        (
            Schedule,
            "PiecewiseConstantDecay",
            {"boundaries": [20, 20], "values": [0.1, 0.01, 0.001]},
            (("boundaries",), "Expected increasing boundaries."),
        ),
        (Layer, "Reshape", {"target_shape": [-1, -1]}, (("target_shape",), "-1 at most once")),
        (Layer, "Reshape", {"target_shape": [2, 0]}, (("target_shape", 1), "positive length")),
        (Layer, "Permute", {"dims": [1, 3]}, (("dims",), "Expected each of 1 to 2 once.")),
        (Layer, "GroupNormalization", {"groups": 0}, (("groups",), "or -1")),
        (Layer, "Concatenate", {"axis": 0}, (("axis",), "Axis 0 is the batch.")),
        (Layer, "Dot", {"axes": [0, 1]}, (("axes",), "Axis 0 is the batch.")),
        (Layer, "Dot", {"axes": [1, 1, 1]}, (("axes",), "at most 2 items")),
        (
            Layer,
            "SpectralNormalization",
            {"layer": "Flatten"},
            (("layer",), "Wrap Dense or Embedding."),
        ),
        (
            Layer,
            "BatchNormalization",
            {"renorm_clipping": {"rmax": 1.0}},
            (("renorm_clipping",), "renorm: true"),
        ),
        (
            Layer,
            "BatchNormalization",
            {"renorm": True, "renorm_clipping": {"rmx": 1.0}},
            (("renorm_clipping", "rmx"), "Did you mean `rmax`?"),
        ),
        (
            Layer,
            "BatchNormalization",
            {"renorm": True, "renorm_clipping": {"rmax": 1.0, "rmin": 2.0}},
            (("renorm_clipping", "rmin"), "rmin <= rmax"),
        ),
        (
            Layer,
            "BatchNormalization",
            {"renorm": True, "renorm_clipping": {"dmax": -1.0}},
            (("renorm_clipping", "dmax"), "dmax >= 0"),
        ),
        (
            Metric,
            "IoU",
            {"num_classes": 2, "target_class_ids": [0, 2]},
            (("target_class_ids", 1), "below 2"),
        ),
        (
            Metric,
            "OneHotIoU",
            {"num_classes": 1, "target_class_ids": [1]},
            (("target_class_ids", 0), "below 1"),
        ),
        (Metric, "BinaryIoU", {"target_class_ids": [2]}, (("target_class_ids", 0), "below 2")),
        (Metric, "AUC", {"num_labels": 3}, (("num_labels",), "multi_label: true")),
    ],
)
def test_conflicting_arguments_are_rejected(
    issues_of: IssuesOf,
    family: type[Component],
    name: str,
    arguments: dict[str, Any],
    diagnostic: tuple[tuple[str | int, ...], str],
) -> None:
    path, text = diagnostic
    issues = issues_of(family, {name: arguments})
    assert list(issues) == [(name, *path)]
    assert text in issues[name, *path]


@pytest.mark.parametrize(
    ("family", "name", "arguments"),
    [
        (Optimizer, "SGD", {"clipnorm": 1}),
        (Optimizer, "Adam", {"learning_rate": {"CosineDecay": COSINE}}),
        (Layer, "GroupNormalization", {"groups": -1}),
        (Layer, "Permute", {"dims": [2, 1]}),
        (Layer, "Dot", {"axes": -1}),
        (Layer, "Dropout", {"rate": 0.5, "noise_shape": [None, 1]}),
        (Schedule, "CosineDecay", {**COSINE, "warmup_steps": 5, "warmup_target": 0.2}),
        (Metric, "AUC", {"multi_label": True, "num_labels": 3}),
    ],
)
def test_compatible_arguments_are_accepted(
    family: type[Component], name: str, arguments: dict[str, Any]
) -> None:
    assert family.parse({name: arguments}).display_name() == name
