"""How Hyperband spends its trials: brackets of rungs, each with fewer trials of more epochs.

L. Li, K. Jamieson, G. DeSalvo, A. Rostamizadeh, A. Talwalkar: "Hyperband: A Novel Bandit-Based
Approach to Hyperparameter Optimization", JMLR 18 (2018); the sizes are Keras Tuner's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

# A third of the trials of a rung go on, each to three times its epochs.
FACTOR = 3


@dataclass(frozen=True)
class Rung:
    """A step of a bracket.

    Args:
        trials: How many trials it holds; those that go on from the rung before count anew.
        epochs: Their last epoch.
    """

    trials: int
    epochs: int


def brackets(max_epochs: int) -> list[list[Rung]]:
    """The rungs of each bracket of one whole round, in the order in which they start.

    Args:
        max_epochs: Epochs of a trial that has come to the last rung.

    Example:
        >>> for rungs in brackets(9):
        ...     print([(rung.trials, rung.epochs) for rung in rungs])
        [(9, 1), (3, 3), (1, 9)]
        [(5, 3), (2, 9)]
        [(3, 9)]
    """
    last = 0
    while max_epochs >= FACTOR ** (last + 1):
        last += 1
    at_the_end = ceil(1 + log(max_epochs, FACTOR))
    return [
        [
            Rung(
                ceil(at_the_end / (halvings + 1) * FACTOR ** (halvings - rung)),
                ceil(max_epochs / FACTOR ** (halvings - rung)),
            )
            for rung in range(halvings + 1)
        ]
        for halvings in range(last, -1, -1)
    ]


def round_size(max_epochs: int) -> int:
    """The trials of one whole round.

    Args:
        max_epochs: Epochs of a trial that has come to the last rung.

    Example:
        >>> round_size(9)
        23
    """
    return sum(rung.trials for rungs in brackets(max_epochs) for rung in rungs)
