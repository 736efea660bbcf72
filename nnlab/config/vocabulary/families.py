"""All families of words in one place."""

from __future__ import annotations

from nnlab.config.vocabulary.argument_families import Constraint, Regularizer, Schedule
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
    """The word of any family that answers to a name, or None.

    Args:
        name: A class name, snake_case name or alias.

    Example:
        >>> find_component("adam").display_name()
        'Adam'
    """
    return next(
        (component for family in FAMILIES if (component := family.lookup(name)) is not None), None
    )
