"""A config whose open values have been chosen: an experiment that can be trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nnlab.config.loader import Config, validate
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.corner_cases import CornerCase, corner_cases
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.labels import Value
from nnlab.config.space.markers import Choice, Repeat
from nnlab.config.space.search_space import OpenValue, Pick, fill, find_markers
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.dump import tree_yaml
from nnlab.errors import RequestError

_DEFAULT_MONITOR = "val_loss"

# Of a fraction: enough for a million rows, and short to read.
_DIGITS = 6


def materialize(config: Config, values: Mapping[str, Value], fold: int | None = None) -> Config:
    """A config with given values in the place of its hyperparameters.

    Nothing of it is left to search: the `tune` section is gone, `tune.max_epochs` stands in
    `training.epochs`. Unless the config says which epoch's weights are kept, they are those that
    are best at `tune.objective`: so a trial is judged by what it would leave. Where `tune.cv` asks
    for folds, a fraction of the same size is kept for validation, unless a fold is named.

    Args:
        config: A config with open values, as `read_config` gives it.
        values: A value for each hyperparameter that the others call for, by name; more are ignored.
        fold: With `tune.cv`, the fold, from 1, that validation is done on.

    Returns:
        The config of one trial.

    Raises:
        RequestError: A value that is called for is missing, or is none of a choice.
        ConfigError: The config with these values has faults.

    Example:
        >>> from nnlab.config.loader import read_config
        >>> overrides = ["training.epochs={Int: {min_value: 1, max_value: 9}}"]
        >>> config = read_config("configs/mnist_5k.yaml", overrides)
        >>> materialize(config, {"training.epochs": 4}).experiment.training.epochs
        4
    """
    document = _closed(config, _Assignment(config.hyperparameters, values), fold)
    experiment, resolved = validate(document)
    return Config(document, experiment, resolved)


def materialize_defaults(config: Config) -> Iterator[tuple[CornerCase, Experiment]]:
    """Experiments that together have every option and both ends of every range of a config.

    Args:
        config: A config with open values, as `read_config` gives it.

    Yields:
        The experiment of the defaults, then one for each further value of each open value; with
        what it was made by. Where `tune.cv` asks for folds, the first is validated on.
    """
    tune = config.experiment.tune
    fold = None if tune is None or tune.cv is None else 1
    for sample in corner_cases(find_markers(config.document)[1]):
        yield sample, validate(_closed(config, sample, fold))[0]


def materialized_yaml(config: Config, values: Mapping[str, Value], header: str = "") -> str:
    """The text of a config with given values: `nnlab train` takes it.

    It says what the user's file says, in the same order, with `extends` and `--set` worked in and
    the values where their markers stood.

    Args:
        config: A config with open values.
        values: A value for each hyperparameter that the others call for, by name.
        header: What a comment above it says; it may have several lines.

    Returns:
        YAML.

    Raises:
        RequestError: A value that is called for is missing, or is none of a choice.
    """
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    return comment + tree_yaml(
        _closed(config, _Assignment(config.hyperparameters, values), None).tree
    )


def _closed(config: Config, pick: Pick, fold: int | None) -> Document:
    document = fill(config.document, pick)
    tune = config.experiment.tune
    tree = {key: value for key, value in document.tree.items() if key != "tune"}
    if tune is not None and tune.max_epochs is not None:
        tree["training"] = {**tree["training"], "epochs": tune.max_epochs}
    if tune is not None and tune.cv is not None:
        # As many rows as a fold has: the folds part what is not tested on.
        left = 1 - (config.experiment.data.test_split or 0)
        part: dict[str, Any] = {"validation_split": round(left / tune.cv, _DIGITS)}
        if fold is not None:
            part = {"validation_fold": {"number": fold, "folds": tune.cv}}
        tree["data"] = {**tree["data"], **part}
    if tune is not None and tune.objective != _DEFAULT_MONITOR:
        tree["training"] = _judged(tree["training"], tune)
    return replace(document, tree=tree)


def _judged(training: dict[str, Any], tune: TuneConfig) -> dict[str, Any]:
    """The section, keeping the weights that are best at the objective, unless it says otherwise."""
    checkpoint = training.get("checkpoint") or {}
    decides = checkpoint.get("monitor") is not None or not checkpoint.get("save_best_only", True)
    if decides or training.get("early_stopping") is not None:
        return training
    mode = {} if tune.direction is None else {"mode": tune.direction}
    return {**training, "checkpoint": {**mode, **checkpoint, "monitor": tune.objective}}


class _Assignment:
    """What markers become: the values that were given, by the names of the hyperparameters."""

    def __init__(
        self, hyperparameters: tuple[Hyperparameter, ...], values: Mapping[str, Value]
    ) -> None:
        self._known = {one.name: one for one in hyperparameters}
        self._values = values

    def __call__(self, at: OpenValue) -> Any:
        """The number, truth, position or number of repetitions that was given for a marker."""
        if isinstance(at.marker, Repeat) and isinstance(at.marker.times, int):
            return at.marker.times
        if at.name not in self._values:
            message = f"Expected a value for each hyperparameter. Received: none for {at.name}."
            raise RequestError(f"{message} Give it one; its default is {self._default(at)}.")
        value = self._values[at.name]
        if not isinstance(at.marker, Choice):
            return value
        options = self._known[at.name].values
        if value not in options:
            message = f"Expected one of {', '.join(map(str, options))} for {at.name}."
            raise RequestError(f"{message} Received: {value!r}.")
        return options.index(value)

    def _default(self, at: OpenValue) -> Value:
        return self._known[at.name].default
