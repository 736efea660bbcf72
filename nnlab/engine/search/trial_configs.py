"""What a search is to do, read off its config."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nnlab.config import Config, Experiment
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.materialize import materialize
from nnlab.engine.callbacks.monitor import Monitor
from nnlab.engine.search.sampler import Sampler, Suggestion

_SEEDS = 2**32


@dataclass(frozen=True)
class TrialConfigs:
    """A config whose open values are searched.

    Args:
        config: The config.
    """

    config: Config

    @cached_property
    def tune(self) -> TuneConfig:
        """How the space is searched."""
        return self.config.experiment.tune or TuneConfig()

    @cached_property
    def space(self) -> tuple[Hyperparameter, ...]:
        """What is searched."""
        return self.config.hyperparameters

    @property
    def seed(self) -> int:
        """The seed of the proposals."""
        return self.config.experiment.seed if self.tune.seed is None else self.tune.seed

    @cached_property
    def direction(self) -> Literal["min", "max"]:
        """Whether less or more of the objective is better."""
        known = self.tune.direction
        return (
            known or Monitor.from_experiment(self.config.experiment, self.tune.objective).direction
        )

    @property
    def max_epochs(self) -> int:
        """Epochs of a full trial."""
        return self.tune.max_epochs or self.config.experiment.training.epochs

    @property
    def searches_epochs(self) -> bool:
        """Whether the epochs of a trial are among its values."""
        return any(one.path == ("training", "epochs") for one in self.space)

    @property
    def trainings(self) -> int:
        """How many trainings make a trial."""
        return self.tune.executions_per_trial * (self.tune.cv or 1)

    def sampler(self) -> Sampler:
        """What proposes the trials."""
        # Each loads the library that it needs alone.
        if self.tune.algorithm == "bayesian":
            from nnlab.engine.search.bayesian import BayesianSearch

            return BayesianSearch(self.space, self.seed, self.direction, self.tune.max_trials)
        if self.tune.algorithm == "hyperband":
            from nnlab.engine.search.hyperband import Hyperband

            return Hyperband(self.space, self.seed, self.direction, self.max_epochs)
        from nnlab.engine.search.random_and_grid import GridSearch, RandomSearch

        if self.tune.algorithm == "grid":
            return GridSearch(self.space)
        return RandomSearch(self.space, self.seed)

    def experiments(self, proposal: Suggestion) -> list[Experiment]:
        """The experiments of a trial, one for each execution and fold.

        Args:
            proposal: What the trial is to try.

        Returns:
            The experiments: the same rows in each execution, other weights and another order.

        Raises:
            ConfigError: With these values the config has faults.
        """
        folds = [None] if self.tune.cv is None else list(range(1, self.tune.cv + 1))
        require_concrete = [
            materialize(self.config, proposal.values, fold).experiment for fold in folds
        ]
        return [
            _execution(experiment, number, proposal.epochs)
            for number in range(self.tune.executions_per_trial)
            for experiment in require_concrete
        ]


def _execution(experiment: Experiment, number: int, epochs: int | None) -> Experiment:
    """One of several executions, in the form that suits a trial."""
    changes: dict[str, object] = {}
    if number:
        # The rows stay where they are: what one execution is tested on, none learns from.
        data_seed = experiment.data.seed if experiment.data.seed is not None else experiment.seed
        changes["data"] = experiment.data.model_copy(update={"seed": data_seed})
        changes["seed"] = (experiment.seed + number) % _SEEDS
    if epochs is not None:
        changes["training"] = experiment.training.model_copy(update={"epochs": epochs})
    # The search writes a log of its own: graphs and histograms take longer than a trial.
    changes["tensorboard"] = False
    return experiment.model_copy(update=changes)
