"""The whole config of one experiment, and what its sections must agree on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from nnlab.config.agreement import agreement_problems
from nnlab.config.data import DataConfig
from nnlab.config.model import FunctionalModel, SequentialModel, parse_model
from nnlab.config.problems import Collector
from nnlab.config.tensorboard import TensorBoardConfig
from nnlab.config.training import TrainingConfig
from nnlab.config.tune import TuneConfig
from nnlab.config.words.word import Section

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]


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

    @classmethod
    def called(cls) -> str:
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
        collector = Collector()
        with collector.reading():
            experiment = validate(data)
        collector.add(*agreement_problems(**_readable_sections(data)))
        collector.raise_if_any()
        return experiment


def _readable_sections(data: Mapping[str, Any]) -> dict[str, Any]:
    """The sections that are sound by themselves."""
    read = {
        "data": DataConfig.model_validate,
        "model": parse_model,
        "training": TrainingConfig.model_validate,
    }
    sound: dict[str, Any] = {}
    for name, parse in read.items():
        with Collector().reading():
            sound[name] = parse(data.get(name))  # type: ignore[operator]
    return {name: sound.get(name) for name in read}
