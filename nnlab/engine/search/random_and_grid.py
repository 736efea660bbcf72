"""Random and grid search by Keras Tuner's oracles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras_tuner

from nnlab.config.space.hyperparameter import Hyperparameter, space_size
from nnlab.engine.search.sampler import Answer, Suggestion, derive_seed
from nnlab.engine.search.space_mapping import SpaceMapping
from nnlab.runs.records.trial import FrozenTrial

# In a nearly exhausted space, a new point takes many attempts; Keras Tuner stops after 20.
_MAX_ATTEMPTS = 10_000


class RandomSearch(keras_tuner.oracles.RandomSearchOracle):  # type: ignore[misc]
    """`keras_tuner.oracles.RandomSearchOracle`, seeded for each trial.

    Keras Tuner continues from the state after the last suggestion, which is lost if the process is
    killed. No point is suggested twice.
    """

    def __init__(self, hyperparameters: Iterable[Hyperparameter], seed: int) -> None:
        space = list(hyperparameters)
        self._mapping = SpaceMapping(space)
        self._search_seed = seed
        self._size = space_size(space)
        super().__init__(
            objective=keras_tuner.Objective("score", "min"),
            hyperparameters=self._mapping.keras_tuner_space(),
            seed=seed,
        )
        # Private attributes of the oracle, here and below: it has no public ones for attempts, seed
        # and tried points.
        self._max_collisions = _MAX_ATTEMPTS

    def ask(self, number: int) -> Answer:
        """Suggest a random point that was not tried."""
        if self._size is not None and len(self._tried_so_far) >= self._size:
            return "done"
        self._seed_state = derive_seed(self._search_seed, number)
        codes = self.populate_space(str(number))["values"]
        if codes is None:
            return "done"
        self._tried_so_far.add(self._compute_values_hash(codes))
        return Suggestion(self._mapping.decode(codes))

    def tell(self, trial: FrozenTrial) -> None:
        """Add a trial, whose point is not suggested again."""
        codes = self._mapping.encode(trial.values)
        self._tried_so_far.add(self._compute_values_hash(codes))

    def may_promote(self, number: int) -> bool:  # noqa: ARG002 - interface
        """Return False: no trial is continued."""
        return False


class GridSearch(keras_tuner.oracles.GridSearchOracle):  # type: ignore[misc]
    """`keras_tuner.oracles.GridSearchOracle`, whose next point depends on the last one only.

    Keras Tuner orders points by their trials, and raises a KeyError after a restart. As all
    hyperparameters are declared, the next point is the successor of the last one.
    """

    def __init__(self, hyperparameters: Iterable[Hyperparameter]) -> None:
        self._mapping = SpaceMapping(hyperparameters)
        self._last_number = 0
        self._last_codes: dict[str, Any] | None = None
        super().__init__(
            objective=keras_tuner.Objective("score", "min"),
            hyperparameters=self._mapping.keras_tuner_space(),
        )

    def ask(self, number: int) -> Answer:
        """Suggest the next point of the grid, the defaults first."""
        if self._last_codes is None:
            space = self.get_space()
            codes = {
                dimension.name: dimension.default
                for dimension in space.space
                if space.is_active(dimension)
            }
        else:
            # Private: the oracle has no public method for the successor of a point.
            codes = self._get_next_combination(self._last_codes)
        if codes is None:
            return "done"
        values = self._mapping.decode(codes)
        self._last_number, self._last_codes = number, self._mapping.encode(values)
        return Suggestion(values)

    def tell(self, trial: FrozenTrial) -> None:
        """Add a trial; the grid continues from the one with the highest number."""
        if trial.number > self._last_number:
            self._last_number = trial.number
            self._last_codes = self._mapping.encode(trial.values)

    def may_promote(self, number: int) -> bool:  # noqa: ARG002 - interface
        """Return False: no trial is continued."""
        return False
