"""The `tune` section: how the search space that the config marks is searched."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.words.forms import ByForm
from nnlab.config.words.word import Section


class TuneConfig(Section):
    """What proposes trials, what they are judged by, and when the search ends."""

    home: ClassVar[str] = "tune"

    algorithm: Literal["random", "grid", "bayesian", "hyperband"] = Field(
        "random", description="What proposes the next trial."
    )
    objective: str = Field("val_loss", description="The metric that the best trial is best at.")
    direction: Literal["min", "max"] | None = Field(
        None, description="Whether less or more is better; None: by the metric's nature."
    )
    max_trials: int = Field(10, gt=0, description="Trials, at most.")
    max_time: Annotated[float, Field(gt=0)] | None = Field(None, description="Seconds, at most.")
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
    jobs: Annotated[Annotated[int, Field(gt=0)] | Literal["auto"], ByForm()] = Field(
        "auto", description="Trials at the same time; auto: as many as the machine carries."
    )

    @classmethod
    def called(cls) -> str:
        """What messages call this section."""
        return "tune"
