"""The vocabulary: the Keras classes that a config can use, by family."""

from __future__ import annotations

from nnlab.config.vocabulary.arguments import Constraint, Regularizer, Schedule
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.initializers import Initializer
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer

FAMILIES: tuple[type[Component], ...] = (
    Layer,
    Initializer,
    Regularizer,
    Constraint,
    Optimizer,
    Schedule,
    Loss,
    Metric,
    Dataset,
)


def find_component(name: object) -> type[Component] | None:
    """Return the class with a name in any family, or None."""
    return next(
        (component for family in FAMILIES if (component := family.lookup(name)) is not None), None
    )
