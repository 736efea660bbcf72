"""The schedule of Hyperband: brackets of rungs, each with fewer trials and more epochs.

L. Li, K. Jamieson, G. DeSalvo, A. Rostamizadeh, A. Talwalkar: "Hyperband: A Novel Bandit-Based
Approach to Hyperparameter Optimization", JMLR 18 (2018). The sizes are those of Keras Tuner.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

# One third of the trials of a rung continue, each to three times as many epochs.
FACTOR = 3


@dataclass(frozen=True)
class Rung:
    """A step of a bracket.

    Args:
        trials: The number of trials; one that continues from the previous rung counts again.
        epochs: The epoch at which they stop.
    """

    trials: int
    epochs: int


def brackets(max_epochs: int) -> list[list[Rung]]:
    """Return the rungs of each bracket of one round, in the order in which they start."""
    max_halvings = 0
    while max_epochs >= FACTOR ** (max_halvings + 1):
        max_halvings += 1
    budget = ceil(1 + log(max_epochs, FACTOR))
    return [
        [
            Rung(
                ceil(budget / (halvings + 1) * FACTOR ** (halvings - rung)),
                ceil(max_epochs / FACTOR ** (halvings - rung)),
            )
            for rung in range(halvings + 1)
        ]
        for halvings in range(max_halvings, -1, -1)
    ]


def trials_per_round(max_epochs: int) -> int:
    """Return the number of trials in one round."""
    return sum(rung.trials for rungs in brackets(max_epochs) for rung in rungs)
