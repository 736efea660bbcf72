"""The `tune` section: the settings of a search."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler, field_validator
from pydantic_core import CoreSchema

from nnlab.config.diagnostics import Issue, format_value, issues_error
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.unions import ShapeUnion

_NUMBER = r"\d+(?:\.\d+)?"
_TIME = rf"^(?=\d)(?:({_NUMBER}) ?h)? ?(?:({_NUMBER}) ?m)? ?(?:({_NUMBER}) ?s?)?$"


class _WithUnit:
    """Extend the JSON Schema of seconds by times with units."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "string", "pattern": _TIME}]}


class TuneConfig(Section):
    """The algorithm, the objective and the limits of a search."""

    section_key: ClassVar[str] = "tune"

    algorithm: Literal["random", "grid", "bayesian", "hyperband"] = Field(
        "random", description="Search algorithm."
    )
    objective: str = Field("val_loss", description="Metric to optimize.")
    direction: Literal["min", "max"] | None = Field(
        None, description="Whether less or more is better; None: inferred from the metric."
    )
    max_trials: int = Field(10, gt=0, description="Maximum number of trials.")
    max_time: Annotated[float, Field(gt=0), _WithUnit()] | None = Field(
        None, description="Maximum time, in seconds or with units: 90s, 15m, 2h, 1h30m."
    )
    max_epochs: Annotated[int, Field(gt=0)] | None = Field(
        None, description="Maximum number of epochs per trial; None: training.epochs."
    )
    cv: Annotated[int, Field(ge=2)] | None = Field(
        None, description="Number of cross-validation folds; the score is their mean."
    )
    executions_per_trial: int = Field(
        1, gt=0, description="Trainings per trial; the score is their mean."
    )
    seed: int | None = Field(
        None, ge=0, description="Seed of the suggestions; None: the experiment's."
    )
    jobs: Annotated[Annotated[int, Field(gt=0)] | Literal["auto"], ShapeUnion()] = Field(
        "auto", description="Trials at the same time; auto: by cores, memory and GPUs."
    )

    @field_validator("max_time", mode="before")
    @classmethod
    def _seconds(cls, value: object) -> object:
        """Parse `90`, `90s`, `15m`, `2h`, `1h30m` or `1h30` to seconds."""
        if not isinstance(value, str):
            return value
        match = re.fullmatch(_TIME, value)
        if match is None:
            received = format_value(value)
            message = f"Expected a time, such as 90s, 15m or 2h. Received: max_time={received}."
            raise issues_error([Issue((), message, "Write seconds, or units: h, m, s.")])
        hours, minutes, seconds = match.groups()
        if hours and not minutes and not value.endswith("s"):
            # 1h30 is an hour and a half.
            minutes, seconds = seconds, None
        return 3600 * float(hours or 0) + 60 * float(minutes or 0) + float(seconds or 0)
