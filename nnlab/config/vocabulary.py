"""All families of words in one place."""

from __future__ import annotations

from nnlab.config.words.constraint import Constraint
from nnlab.config.words.datasets import Dataset
from nnlab.config.words.initializers import Initializer
from nnlab.config.words.layers import Layer
from nnlab.config.words.losses import Loss
from nnlab.config.words.metrics import Metric
from nnlab.config.words.optimizers import Optimizer
from nnlab.config.words.regularizer import Regularizer
from nnlab.config.words.schedule import Schedule
from nnlab.config.words.word import Word

FAMILIES: tuple[type[Word], ...] = (
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


def find_word(name: object) -> type[Word] | None:
    """The word of any family that answers to a name, or None.

    Args:
        name: A class name, snake_case name or alias.

    Example:
        >>> find_word("adam").called()
        'Adam'
    """
    return next((word for family in FAMILIES if (word := family.lookup(name)) is not None), None)
