"""Random and grid search by Keras Tuner's oracles, each proposal a function of seed and number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras_tuner

from nnlab.config.space.hyperparameter import Hyperparameter, space_size
from nnlab.engine.search.sampler import Answer, Suggestion, seed_of
from nnlab.engine.search.space_mapping import SpaceMapping
from nnlab.runs.records.trial import FrozenTrial

# In a space that is nearly used up a new point takes many attempts: Keras Tuner gives up after 20.
_ATTEMPTS = 10_000


class RandomSearch(keras_tuner.oracles.RandomSearchOracle):  # type: ignore[misc]
    """`keras_tuner.oracles.RandomSearchOracle`, seeded anew for each trial.

    Keras Tuner goes on from the state in which the last proposal left it, and loses that state when
    it is killed. No point is proposed twice.

    Args:
        hyperparameters: The space.
        seed: The seed.
    """

    def __init__(self, hyperparameters: Iterable[Hyperparameter], seed: int) -> None:
        space = list(hyperparameters)
        self._coding = SpaceMapping(space)
        self._search_seed = seed
        self._size = space_size(space)
        super().__init__(
            objective=keras_tuner.Objective("score", "min"),
            hyperparameters=self._coding.keras_tuner_space(),
            seed=seed,
        )
        self._max_collisions = _ATTEMPTS

    def ask(self, number: int) -> Answer:
        """See `Sampler.propose`."""
        if self._size is not None and len(self._tried_so_far) >= self._size:
            return "end"
        self._seed_state = seed_of(self._search_seed, number)
        codes = self.populate_space(str(number))["values"]
        if codes is None:
            return "end"
        self._tried_so_far.add(self._compute_values_hash(codes))
        return Suggestion(self._coding.decode(codes))

    def tell(self, trial: FrozenTrial) -> None:
        """See `Sampler.learn`."""
        codes = self._coding.encode(trial.values)
        self._tried_so_far.add(self._compute_values_hash(codes))

    def may_promote(self, number: int) -> bool:  # noqa: ARG002 - none is
        """See `Sampler.may_promote`."""
        return False


class GridSearch(keras_tuner.oracles.GridSearchOracle):  # type: ignore[misc]
    """`keras_tuner.oracles.GridSearchOracle`, whose next point follows from the last one alone.

    Keras Tuner orders points by the trials that had them, which it cannot find again after it was
    killed (KeyError). As all hyperparameters are declared, the point behind the last is the next.

    Args:
        hyperparameters: The space.
    """

    def __init__(self, hyperparameters: Iterable[Hyperparameter]) -> None:
        self._coding = SpaceMapping(hyperparameters)
        self._last: tuple[int, dict[str, Any] | None] = (0, None)
        super().__init__(
            objective=keras_tuner.Objective("score", "min"),
            hyperparameters=self._coding.keras_tuner_space(),
        )

    def ask(self, number: int) -> Answer:
        """See `Sampler.propose`."""
        last = self._last[1]
        if last is None:
            space = self.get_space()
            codes = {one.name: one.default for one in space.space if space.is_active(one)}
        else:
            codes = self._get_next_combination(last)
        if codes is None:
            return "end"
        values = self._coding.decode(codes)
        self._last = (number, self._coding.encode(values))
        return Suggestion(values)

    def tell(self, trial: FrozenTrial) -> None:
        """See `Sampler.learn`."""
        if trial.number > self._last[0]:
            self._last = (trial.number, self._coding.encode(trial.values))

    def may_promote(self, number: int) -> bool:  # noqa: ARG002 - none is
        """See `Sampler.may_promote`."""
        return False
