"""Bayesian search by Optuna's tree-structured Parzen estimator.

J. Bergstra, R. Bardenet, Y. Bengio, B. Kegl: "Algorithms for Hyper-Parameter Optimization", NeurIPS
2011. Keras Tuner's Bayesian search, a Gaussian process, ignores conditions: with a searched depth,
three of four suggestions were duplicates, and its time grows with their number.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping

import optuna

from nnlab.config.metrics import Direction
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.engine.search.random_and_grid import RandomSearch
from nnlab.engine.search.sampler import Answer, Suggestion, derive_seed
from nnlab.engine.search.space_mapping import SpaceMapping
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value

# Optuna's default number of random trials before the first estimate.
_MAX_RANDOM_TRIALS = 10
_MAX_ATTEMPTS = 10


class BayesianSearch:
    """`optuna.samplers.TPESampler`, multivariate and grouped because of conditions.

    Running trials count as bad ones (`constant_liar`), so parallel workers try different points. No
    point is suggested twice. A suggestion depends on the finished trials, therefore, with several
    jobs, on the order in which they finish. Up to a third of the trials is random.
    """

    def __init__(
        self,
        hyperparameters: Iterable[Hyperparameter],
        seed: int,
        direction: Direction,
        max_trials: int,
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        space = list(hyperparameters)
        self._mapping = SpaceMapping(space)
        self._seed = seed
        self._random_search = RandomSearch(space, seed)
        self._random_trials = min(_MAX_RANDOM_TRIALS, math.ceil(max_trials / 3))
        self._tried: set[frozenset[tuple[str, Value]]] = set()
        self._optuna_numbers: dict[int, int] = {}
        self._study = optuna.create_study(
            direction="minimize" if direction == "min" else "maximize"
        )

    def ask(self, number: int) -> Answer:
        """Suggest the point with the best estimate, or a random one at first."""
        if number > self._random_trials:
            for attempt in range(_MAX_ATTEMPTS):
                values = self._estimate(number, attempt)
                if frozenset(values.items()) not in self._tried:
                    self._add_running(number, values)
                    return Suggestion(values)
        answer = self._random_search.ask(number)
        if isinstance(answer, Suggestion):
            self._add_running(number, answer.values)
        return answer

    def tell(self, trial: FrozenTrial) -> None:
        """Add a trial to the study."""
        if trial.number not in self._optuna_numbers:
            self._add_running(trial.number, trial.values)
        if trial.status is TrialStatus.COMPLETE:
            self._study.tell(self._optuna_numbers[trial.number], trial.score)
        elif trial.is_finished:
            self._study.tell(self._optuna_numbers[trial.number], state=optuna.trial.TrialState.FAIL)

    def may_promote(self, number: int) -> bool:  # noqa: ARG002 - interface
        """Return False: no trial is continued."""
        return False

    def _estimate(self, number: int, attempt: int) -> Mapping[str, Value]:
        with warnings.catch_warnings():
            # `multivariate`, `group` and `constant_liar` are experimental in Optuna.
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study.sampler = optuna.samplers.TPESampler(
                n_startup_trials=1,
                multivariate=True,
                group=True,
                constant_liar=True,
                seed=derive_seed(self._seed, number, attempt),
            )
        trial = self._study.ask()
        values = self._mapping.suggest_values(trial)
        # `_add_running` adds it again, as it adds trials of a resumed search, so both studies have
        # equal trials.
        self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
        return values

    def _add_running(self, number: int, values: Mapping[str, Value]) -> None:
        """Add a running trial to the study."""
        self._tried.add(frozenset(values.items()))
        self._random_search.tell(FrozenTrial(number, dict(values)))
        self._study.add_trial(
            optuna.trial.create_trial(
                state=optuna.trial.TrialState.RUNNING,
                params=self._mapping.optuna_params(values),
                distributions=self._mapping.optuna_distributions(values),
            )
        )
        self._optuna_numbers[number] = len(self._study.get_trials(deepcopy=False)) - 1
