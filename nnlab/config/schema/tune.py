"""The `tune` section: how the search space that the config marks is searched."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler, field_validator
from pydantic_core import CoreSchema

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.diagnostics.suggestions import format_value
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.unions import ShapeUnion

_NUMBER = r"\d+(?:\.\d+)?"
_TIME = rf"^(?=\d)(?:({_NUMBER}) ?h)? ?(?:({_NUMBER}) ?m)? ?(?:({_NUMBER}) ?s?)?$"


class _OrWithUnit:
    """Lets an editor know that a number of seconds may be written with a unit."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "string", "pattern": _TIME}]}


class TuneConfig(Section):
    """What proposes trials, what they are judged by, and when the search ends."""

    section_key: ClassVar[str] = "tune"

    algorithm: Literal["random", "grid", "bayesian", "hyperband"] = Field(
        "random", description="What proposes the next trial."
    )
    objective: str = Field("val_loss", description="The metric that the best trial is best at.")
    direction: Literal["min", "max"] | None = Field(
        None, description="Whether less or more is better; None: by the metric's nature."
    )
    max_trials: int = Field(10, gt=0, description="Trials, at most.")
    max_time: Annotated[float, Field(gt=0), _OrWithUnit()] | None = Field(
        None, description="Seconds, at most, or a time with its units: 90s, 15m, 2h, 1h30m."
    )
    max_epochs: Annotated[int, Field(gt=0)] | None = Field(
        None, description="Epochs of a full trial; None: training.epochs."
    )
    cv: Annotated[int, Field(ge=2)] | None = Field(
        None,
        description="Folds of a cross-validation; a trial's score is the mean over them.",
    )
    executions_per_trial: int = Field(
        1, gt=0, description="Trainings a trial; its score is their mean."
    )
    seed: int | None = Field(
        None, ge=0, description="Seed of the proposals; None: the experiment's."
    )
    jobs: Annotated[Annotated[int, Field(gt=0)] | Literal["auto"], ShapeUnion()] = Field(
        "auto", description="Trials at the same time; auto: as many as the machine carries."
    )

    @field_validator("max_time", mode="before")
    @classmethod
    def _seconds(cls, value: object) -> object:
        """The seconds that `90`, `90s`, `15m`, `2h`, `1h30m` or `1h30` means."""
        if not isinstance(value, str):
            return value
        found = re.fullmatch(_TIME, value)
        if found is None:
            received = format_value(value)
            message = f"Expected a time, such as 90s, 15m or 2h. Received: max_time={received}."
            raise issues_error([Issue((), message, "Write seconds, or units: h, m, s.")])
        hours, minutes, seconds = found.groups()
        if hours and not minutes and not value.endswith("s"):
            # As people write it: 1h30 is an hour and a half.
            minutes, seconds = seconds, None
        return 3600 * float(hours or 0) + 60 * float(minutes or 0) + float(seconds or 0)

    @classmethod
    def display_name(cls) -> str:
        """What messages call this section."""
        return "tune"
