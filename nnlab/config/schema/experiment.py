"""The whole config of one experiment, and what its sections must agree on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from nnlab.config.diagnostics.issues import Expected, IssueCollector
from nnlab.config.schema.cross_checks import cross_check_issues, unit_issues
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.model import FunctionalModel, SequentialModel, model_io, parse_model
from nnlab.config.schema.tensorboard import TensorBoardConfig
from nnlab.config.schema.training import TrainingConfig
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.vocabulary.component import Section, to_plain_data

_LONGEST_NAME = 80
Name = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=_LONGEST_NAME),
    Expected(f"at most {_LONGEST_NAME} letters, digits, `.`, `_` or `-`, a letter or digit first"),
]
# Keys without which what the sections must agree on can still be told, and what stands in for those
# among them that a section cannot do without.
_STAND_INS = {
    "data": {"dataset": "xor"},
    "training": {"optimizer": "SGD", "epochs": 1},
}
_AGREED_ON = {"target", "inputs", "validation_split", "loss", "metrics", "cv"}


class Experiment(Section):
    """One experiment: everything that decides what a training does and gives."""

    name: Name = Field(
        "experiment", description="What its runs are called: letters, digits, `.`, `_`, `-`."
    )
    seed: int = Field(0, ge=0, lt=2**32, description="All that is random follows from it.")
    data: DataConfig = Field(description="The rows.")
    model: SequentialModel | FunctionalModel = Field(description="The network.")
    training: TrainingConfig = Field(description="How it is trained.")
    tensorboard: TensorBoardConfig | Literal[False] = Field(
        default_factory=TensorBoardConfig,
        description="What is logged for TensorBoard; false: nothing.",
    )
    tune: TuneConfig | None = Field(None, description="How a search space is searched.")

    @property
    def data_seed(self) -> int:
        """What generated rows and the split follow from."""
        return self.seed if self.data.seed is None else self.data.seed

    @classmethod
    def display_name(cls) -> str:
        """What messages call the top level."""
        return "the config"

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
        """Report where sections disagree beside their own faults, as far as they could be read."""
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


def as_name(text: str, otherwise: str) -> str:
    """A name that an experiment can have, and Keras' models, made of any text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).lstrip("._-")
    return name[:_LONGEST_NAME].rstrip(".-") or otherwise


def _readable(name: str, value: Any) -> Any:
    """A section, without those of its keys that are wrong and tell nothing of other sections."""
    read = _READERS[name].model_validate
    if value is None and name == "tune":
        return None
    collector = IssueCollector()
    with collector.collect():
        return read(value)
    wrong = {issue.path[0] if issue.path else None for issue in collector.issues()}
    if not isinstance(value, Mapping) or None in wrong or wrong & _AGREED_ON:
        return None
    rest = {key: item for key, item in value.items() if key not in wrong}
    with IssueCollector().collect():
        return read({**_STAND_INS.get(name, {}), **rest})
    return None
