"""The config of an experiment, validated as a whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from nnlab.config.diagnostics import Expected, IssueCollector
from nnlab.config.schema.cross_checks import cross_check_issues, unit_issues
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.model import FunctionalModel, SequentialModel, model_io, parse_model
from nnlab.config.schema.training import TensorBoardConfig, TrainingConfig
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.vocabulary.component import Section, to_plain_data

_MAX_NAME_LENGTH = 80
Name = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=_MAX_NAME_LENGTH),
    Expected(
        f"at most {_MAX_NAME_LENGTH} letters, digits, `.`, `_` or `-`, a letter or digit first"
    ),
]
# Replacements of required keys, to cross-check a section in which these keys are invalid.
_PLACEHOLDERS = {"data": {"dataset": "xor"}, "training": {"optimizer": "SGD", "epochs": 1}}
_CROSS_CHECKED_KEYS = {"target", "inputs", "validation_split", "loss", "metrics", "cv"}


class Experiment(Section):
    """The validated config of one training: data, model, training and logging.

    Attributes:
        name: The name of its runs.
        seed: The seed of everything random, from 0 to 2**32 - 1.
        data: The data set or file, its splits and scaling.
        model: A Sequential or Functional model.
        training: The optimizer, loss, metrics, epochs and callbacks.
        tensorboard: The TensorBoard logs, or False for none.
        tune: The settings of a search, or None.

    Example:
        >>> experiment = Experiment.model_validate({
        ...     "data": {"dataset": "xor"},
        ...     "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
        ...     "training": {"optimizer": "adam", "loss": "bce", "epochs": 10},
        ... })
        >>> experiment.training.batch_size
        32
    """

    yaml_name: ClassVar[str] = "the config"

    name: Name = Field(
        "experiment", description="Name of its runs: letters, digits, `.`, `_`, `-`."
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of everything random.")
    data: DataConfig = Field(description="Data set or file, splits, scaling, encoding.")
    model: SequentialModel | FunctionalModel = Field(description="Layers of the model.")
    training: TrainingConfig = Field(description="Optimizer, loss, metrics, epochs, callbacks.")
    tensorboard: TensorBoardConfig | Literal[False] = Field(
        default_factory=TensorBoardConfig, description="TensorBoard logs; false: none."
    )
    tune: TuneConfig | None = Field(None, description="Settings of a search.")

    @property
    def data_seed(self) -> int:
        """The seed of generated data and of the split."""
        return self.seed if self.data.seed is None else self.data.seed

    @field_validator("model", mode="plain")
    @classmethod
    def _read_model(cls, value: object) -> SequentialModel | FunctionalModel:
        return parse_model(value)

    @field_validator("tensorboard", mode="plain")
    @classmethod
    def _read_tensorboard(cls, value: object) -> TensorBoardConfig | Literal[False]:
        if value is False:
            return False
        return TensorBoardConfig.model_validate({} if value in (None, True) else value)

    @model_validator(mode="wrap")
    @classmethod
    def _sections_agree(cls, data: Any, validate: ValidatorFunctionWrapHandler) -> Self:
        """Report the errors of the sections, and those across readable sections."""
        if isinstance(data, cls) or not isinstance(data, Mapping):
            experiment: Self = validate(data)
            return experiment
        collector = IssueCollector()
        with collector.collect():
            experiment = validate(data)
            collector.add(*unit_issues(experiment.model, experiment.training))
        sections = {name: _readable(name, data[name]) for name in _READERS if name in data}
        issues = cross_check_issues(
            sections.get("data"),
            model_io(to_plain_data(data.get("model"))),
            sections.get("training"),
            sections.get("tune"),
        )
        collector.add(*issues)
        collector.raise_if_any()
        return experiment


_READERS: Mapping[str, type[Section]] = {
    "data": DataConfig,
    "training": TrainingConfig,
    "tune": TuneConfig,
}


def to_valid_name(text: str, default: str) -> str:
    """Return a valid name of an experiment, also for Keras, made of any text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).lstrip("._-")
    return name[:_MAX_NAME_LENGTH].rstrip(".-") or default


def _readable(name: str, value: Any) -> Any:
    """Return a section without its invalid keys; None if these matter for the cross-checks."""
    read = _READERS[name].model_validate
    if value is None and name == "tune":
        return None
    collector = IssueCollector()
    with collector.collect():
        return read(value)
    wrong = {issue.path[0] if issue.path else None for issue in collector.issues()}
    if not isinstance(value, Mapping) or None in wrong or wrong & _CROSS_CHECKED_KEYS:
        return None
    rest = {key: item for key, item in value.items() if key not in wrong}
    with IssueCollector().collect():
        return read({**_PLACEHOLDERS.get(name, {}), **rest})
    return None
