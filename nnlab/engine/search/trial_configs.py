"""The experiments of a search's trials, and the search settings of a config."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nnlab.config import Config, Experiment
from nnlab.config.metrics import Direction
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.materialize import materialize
from nnlab.engine.callbacks.monitor import Monitor
from nnlab.engine.search.sampler import Sampler, Suggestion
from nnlab.runs.records.trial import Value

_SEEDS = 2**32


@dataclass(frozen=True)
class TrialConfigs:
    """A config with hyperparameters, and the experiments of its trials."""

    config: Config

    @cached_property
    def tune(self) -> TuneConfig:
        """The settings of the search."""
        return self.config.experiment.tune or TuneConfig()

    @cached_property
    def space(self) -> tuple[Hyperparameter, ...]:
        """The hyperparameters."""
        return self.config.hyperparameters

    @property
    def seed(self) -> int:
        """The seed of the sampler."""
        return self.config.experiment.seed if self.tune.seed is None else self.tune.seed

    @cached_property
    def direction(self) -> Direction:
        """Whether to minimize or maximize the objective."""
        if self.tune.direction is not None:
            return self.tune.direction
        return Monitor.from_experiment(self.config.experiment, self.tune.objective).direction

    @property
    def max_epochs(self) -> int:
        """The number of epochs of a full trial."""
        return self.tune.max_epochs or self.config.experiment.training.epochs

    @property
    def trainings(self) -> int:
        """The number of trainings per trial."""
        return self.tune.executions_per_trial * (self.tune.cv or 1)

    def sampler(self) -> Sampler:
        """Create the sampler."""
        # Imported here, because each requires a different library.
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

    def default_experiment(self) -> Experiment:
        """Return the experiment with the default values."""
        defaults: dict[str, Value] = {}
        for hyperparameter in self.space:
            if hyperparameter.is_active(defaults):
                defaults[hyperparameter.name] = hyperparameter.default
        return self.experiments(Suggestion(defaults))[0]

    def experiments(self, suggestion: Suggestion) -> list[Experiment]:
        """Return the experiments of a trial, one per execution and fold.

        Executions have the same rows, but different seeds for weights and shuffling.
        """
        folds = [None] if self.tune.cv is None else list(range(1, self.tune.cv + 1))
        experiments = [
            materialize(self.config, suggestion.values, fold).experiment for fold in folds
        ]
        return [
            _execution(experiment, number, suggestion.epochs)
            for number in range(self.tune.executions_per_trial)
            for experiment in experiments
        ]


def _execution(experiment: Experiment, number: int, epochs: int | None) -> Experiment:
    """Return the experiment of an execution of a trial."""
    changes: dict[str, object] = {}
    if number:
        # The split is that of the first execution: no execution trains on another's test rows.
        changes["data"] = experiment.data.model_copy(update={"seed": experiment.data_seed})
        changes["seed"] = (experiment.seed + number) % _SEEDS
    if epochs is not None:
        changes["training"] = experiment.training.model_copy(update={"epochs": epochs})
    # The search writes its logs: graphs and histograms take longer than a short trial.
    changes["tensorboard"] = False
    return experiment.model_copy(update=changes)
