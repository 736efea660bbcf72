"""Materialize a config: replace its search markers by values, so it can be trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nnlab.config.loader import Config, validate_concrete
from nnlab.config.schema.experiment import Experiment
from nnlab.config.space.corner_cases import CornerCase, corner_cases
from nnlab.config.space.hyperparameter import Hyperparameter, Value
from nnlab.config.space.markers import Choice, Repeat
from nnlab.config.space.search_space import (
    ChooseValue,
    PlacedMarker,
    fill_markers,
    find_markers,
)
from nnlab.config.yaml.document import Document, dump_yaml
from nnlab.errors import RequestError

_DEFAULT_MONITOR = "val_loss"

# Of a validation split: precise enough for a million rows, and short.
_DIGITS = 6


def materialize(config: Config, values: Mapping[str, Value], fold: int | None = None) -> Config:
    """Return the config with values for its hyperparameters, ready to be trained.

    The `tune` section is removed; `tune.max_epochs` becomes `training.epochs`. Unless the config
    decides which epoch's weights are kept, the best at `tune.objective` are: a trial is scored by
    the model that it saves. With `tune.cv`, the validation split is as large as a fold, or it is
    the given fold.
    """
    choose = _Assignment(config.hyperparameters, values)
    document = _concrete_document(config, choose, fold)
    experiment, resolved = validate_concrete(document)
    return Config(document, experiment, resolved)


def materialize_corner_cases(config: Config) -> Iterator[tuple[CornerCase, Experiment]]:
    """Yield experiments that together have every option and both bounds of every range."""
    tune = config.experiment.tune
    fold = None if tune is None or tune.cv is None else 1
    for case in corner_cases(find_markers(config.document)[1]):
        yield case, validate_concrete(_concrete_document(config, case, fold))[0]


def dump_materialized(config: Config, values: Mapping[str, Value], header: str = "") -> str:
    """Return the YAML of the config with values for its hyperparameters, below a header comment.

    It keeps the keys and the order of the user's file, after `extends` and `--set`.
    """
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    choose = _Assignment(config.hyperparameters, values)
    return comment + dump_yaml(_concrete_document(config, choose, None).tree)


def _concrete_document(config: Config, choose: ChooseValue, fold: int | None) -> Document:
    document = fill_markers(config.document, choose)
    tune = config.experiment.tune
    tree = {key: value for key, value in document.tree.items() if key != "tune"}
    if tune is not None and tune.max_epochs is not None:
        tree["training"] = {**tree["training"], "epochs": tune.max_epochs}
    if tune is not None and tune.cv is not None:
        # As many rows as a fold has: the folds split all rows but the test rows.
        remaining = 1 - (config.experiment.data.test_split or 0)
        validation: dict[str, Any] = {"validation_split": round(remaining / tune.cv, _DIGITS)}
        if fold is not None:
            validation = {"validation_fold": {"number": fold, "folds": tune.cv}}
        tree["data"] = {**tree["data"], **validation}
    if tune is not None and tune.objective != _DEFAULT_MONITOR:
        # Keep the weights that are best at the objective, unless the section decides otherwise.
        checkpoint = tree["training"].get("checkpoint") or {}
        decides = checkpoint.get("monitor") is not None or not checkpoint.get(
            "save_best_only", True
        )
        if not decides and tree["training"].get("early_stopping") is None:
            mode = {} if tune.direction is None else {"mode": tune.direction}
            checkpoint = {**mode, **checkpoint, "monitor": tune.objective}
            tree["training"] = {**tree["training"], "checkpoint": checkpoint}
    return replace(document, tree=tree)


class _Assignment:
    """Chooses the values of markers from those of the hyperparameters, by name."""

    def __init__(
        self, hyperparameters: tuple[Hyperparameter, ...], values: Mapping[str, Value]
    ) -> None:
        self._hyperparameters = {
            hyperparameter.name: hyperparameter for hyperparameter in hyperparameters
        }
        self._values = values

    def __call__(self, placed: PlacedMarker) -> Any:
        marker, name = placed.marker, placed.name
        if isinstance(marker, Repeat) and isinstance(marker.times, int):
            return marker.times
        if name not in self._values:
            default = self._hyperparameters[name].default
            message = f"Expected a value for each hyperparameter. Received: none for {name}."
            raise RequestError(f"{message} Add one; its default is {default}.")
        value = self._values[name]
        if not isinstance(marker, Choice):
            return value
        options = self._hyperparameters[name].values
        if value not in options:
            message = f"Expected one of {', '.join(map(str, options))} for {name}."
            raise RequestError(f"{message} Received: {value!r}.")
        return options.index(value)
