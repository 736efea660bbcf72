"""What proposes the trials of a search, whatever the algorithm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from nnlab.runs.records.trial import FrozenTrial, Value


@dataclass(frozen=True)
class Suggestion:
    """What a trial is to try.

    Args:
        values: What was chosen, by the hyperparameter's name; those alone that matter.
        epochs: The last epoch; None: the config's.
        initial_epoch: The first epoch, from 0.
        parent_trial: The trial whose weights it starts with; None: fresh ones.
        details: What the algorithm needs to know of the trial when the search is resumed.
    """

    values: Mapping[str, Value]
    epochs: int | None = None
    initial_epoch: int = 0
    parent_trial: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


# `wait`: not before a trial that is at work has ended; `end`: never again.
Answer = Suggestion | Literal["wait", "end"]


class Sampler(Protocol):
    """Proposes trials, one after the other.

    A proposal follows from the seed, the trial's number, and what has been learnt of other trials:
    a search that was killed is resumed by letting a new proposer learn of the trials there are.
    """

    def ask(self, number: int) -> Answer:
        """What the next trial is to try; it counts as learnt, as a trial at work.

        Args:
            number: Its number; numbers come in order.

        Returns:
            The proposal; or why there is none.
        """

    def tell(self, trial: FrozenTrial) -> None:
        """Take in a trial: one that has ended, or one that an earlier search left.

        Args:
            trial: The trial as it stands.
        """

    def may_promote(self, number: int) -> bool:
        """Whether a trial that has ended may still be proposed to go on.

        Args:
            number: The trial's number.
        """


def seed_of(seed: int, number: int, attempt: int = 0) -> int:
    """The seed of one proposal.

    Args:
        seed: The search's.
        number: The trial's number.
        attempt: Which attempt at it.

    Returns:
        A number below 2 ** 32, as good as independent of those of other trials.
    """
    return int(np.random.SeedSequence((seed, number, attempt)).generate_state(1)[0])
