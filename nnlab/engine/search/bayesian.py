"""Bayesian search by Optuna's tree-structured Parzen estimator.

J. Bergstra, R. Bardenet, Y. Bengio, B. Kegl: "Algorithms for Hyper-Parameter Optimization", NeurIPS
2011. Keras Tuner's own, a Gaussian process, does not know of conditions: where the depth is open,
three of four of its proposals were duplicates, and the more there are the longer it takes.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from typing import Literal

import optuna

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.engine.search.random_and_grid import RandomSearch
from nnlab.engine.search.sampler import Answer, Suggestion, seed_of
from nnlab.engine.search.space_mapping import SpaceMapping
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value

# Optuna's own default: so many random trials before there is anything to learn from.
_RANDOM = 10
_ATTEMPTS = 10


class BayesianSearch:
    """`optuna.samplers.TPESampler`, multivariate and grouped, for the sake of conditions.

    Trials at work count as bad ones (`constant_liar`), so that no two workers try the same. What
    was tried is not proposed again. What is proposed depends on which trials have ended: with
    several jobs on the order in which they do.

    Args:
        hyperparameters: The space.
        seed: The seed.
        direction: Whether less or more is better.
        max_trials: Trials at most: of few, no more than a third is random.
    """

    def __init__(
        self,
        hyperparameters: Iterable[Hyperparameter],
        seed: int,
        direction: Literal["min", "max"],
        max_trials: int,
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        space = list(hyperparameters)
        self._coding = SpaceMapping(space)
        self._seed = seed
        self._random = RandomSearch(space, seed)
        self._random_trials = min(_RANDOM, math.ceil(max_trials / 3))
        self._tried: set[frozenset[tuple[str, Value]]] = set()
        self._optuna_numbers: dict[int, int] = {}
        self._study = optuna.create_study(
            direction="minimize" if direction == "min" else "maximize"
        )

    def ask(self, number: int) -> Answer:
        """See `Sampler.propose`."""
        if number > self._random_trials:
            for attempt in range(_ATTEMPTS):
                values = self._estimated(number, attempt)
                if _key(values) not in self._tried:
                    self._add(number, values)
                    return Suggestion(values)
        answer = self._random.ask(number)
        if isinstance(answer, Suggestion):
            self._add(number, answer.values)
        return answer

    def tell(self, trial: FrozenTrial) -> None:
        """See `Sampler.learn`."""
        if trial.number not in self._optuna_numbers:
            self._add(trial.number, trial.values)
        if trial.status is TrialStatus.COMPLETE:
            self._study.tell(self._optuna_numbers[trial.number], trial.score)
        elif trial.is_finished:
            self._study.tell(self._optuna_numbers[trial.number], state=optuna.trial.TrialState.FAIL)

    def may_promote(self, number: int) -> bool:  # noqa: ARG002 - none is
        """See `Sampler.may_promote`."""
        return False

    def _estimated(self, number: int, attempt: int) -> Mapping[str, Value]:
        with warnings.catch_warnings():
            # Optuna may change what `multivariate`, `group` and `constant_liar` do.
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study.sampler = optuna.samplers.TPESampler(
                n_startup_trials=1,
                multivariate=True,
                group=True,
                constant_liar=True,
                seed=seed_of(self._seed, number, attempt),
            )
        trial = self._study.ask()
        values = self._coding.suggested(trial)
        # It is added once more by `_add`, as any trial is: so a search that goes on and one that
        # is resumed know the same.
        self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
        return values

    def _add(self, number: int, values: Mapping[str, Value]) -> None:
        """Make a trial known, as one at work."""
        self._tried.add(_key(values))
        self._random.tell(FrozenTrial(number, dict(values)))
        self._study.add_trial(
            optuna.trial.create_trial(
                state=optuna.trial.TrialState.RUNNING,
                params=self._coding.optuna_params(values),
                distributions=self._coding.optuna_distributions(values),
            )
        )
        self._optuna_numbers[number] = len(self._study.get_trials(deepcopy=False)) - 1


def _key(values: Mapping[str, Value]) -> frozenset[tuple[str, Value]]:
    return frozenset(values.items())
