"""The interface of all samplers, which suggest the trials of a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from nnlab.runs.records.trial import FrozenTrial, Value


@dataclass(frozen=True)
class Suggestion:
    """The values of a new trial.

    Args:
        values: The values by name of the hyperparameter; only those whose conditions hold.
        epochs: The last epoch; None: that of the config.
        initial_epoch: The first epoch, from 0.
        parent_trial: The trial whose weights it continues; None: initial weights.
        sampler_state: What the sampler needs to know about the trial when the search is resumed.
    """

    values: Mapping[str, Value]
    epochs: int | None = None
    initial_epoch: int = 0
    parent_trial: int | None = None
    sampler_state: Mapping[str, Any] = field(default_factory=dict)


# "wait": ask again after a running trial has finished; "done": no more trials.
Answer = Suggestion | Literal["wait", "done"]


class Sampler(Protocol):
    """Suggest trials, one after the other.

    A suggestion depends only on the seed, the trial's number and the trials that were passed to
    `tell`. To resume a search, pass all its trials to a new sampler.
    """

    def ask(self, number: int) -> Answer:
        """Suggest the trial of this number, which counts as running; numbers are consecutive."""

    def tell(self, trial: FrozenTrial) -> None:
        """Add a finished trial, or any trial of a search that is resumed."""

    def may_promote(self, number: int) -> bool:
        """Return whether a later suggestion may continue a finished trial."""


def derive_seed(seed: int, number: int, attempt: int = 0) -> int:
    """Return a seed below 2 ** 32 for an attempt at a trial, independent of all others."""
    return int(np.random.SeedSequence((seed, number, attempt)).generate_state(1)[0])
