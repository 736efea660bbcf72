"""Learning-rate schedules: the learning rate as a function of the steps done so far."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.argument_families import Schedule
from nnlab.config.vocabulary.arguments import Name

InitialLearningRate = Annotated[float, Field(gt=0, description="The learning rate at the start.")]
DecaySteps = Annotated[int, Field(gt=0, description="Steps (updates, not epochs) of one decay.")]
DecayRate = Annotated[float, Field(gt=0, description="How much it decays in that many steps.")]
Staircase = Annotated[bool, Field(description="Whether it falls in steps, not smoothly.")]
Alpha = Annotated[float, Field(ge=0, description="Lowest learning rate, as a part of the first.")]
ScheduleName = Annotated[Name, Field(description="The schedule's name.")]


class ExponentialDecay(Schedule):
    """initial_learning_rate * decay_rate ^ (step / decay_steps)."""

    initial_learning_rate: InitialLearningRate
    decay_steps: DecaySteps
    decay_rate: DecayRate
    staircase: Staircase = False
    name: ScheduleName = "ExponentialDecay"


class InverseTimeDecay(Schedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps)."""

    initial_learning_rate: InitialLearningRate
    decay_steps: DecaySteps
    decay_rate: DecayRate
    staircase: Staircase = False
    name: ScheduleName = "InverseTimeDecay"


class PolynomialDecay(Schedule):
    """Falls from the initial to the end learning rate along a power of the steps left."""

    initial_learning_rate: InitialLearningRate
    decay_steps: DecaySteps
    end_learning_rate: float = Field(0.0001, ge=0, description="The learning rate at the end.")
    power: float = Field(1.0, gt=0, description="The power; 1 is a straight line.")
    cycle: bool = Field(False, description="Whether it starts anew when decay_steps are over.")
    name: ScheduleName = "PolynomialDecay"


class PiecewiseConstantDecay(Schedule):
    """One learning rate up to each boundary, another behind it."""

    boundaries: list[Annotated[int, Field(gt=0)]] = Field(
        min_length=1, description="Steps (updates, not epochs) at which the learning rate changes."
    )
    values: list[Annotated[float, Field(gt=0)]] = Field(
        description="The learning rates: one more than there are boundaries."
    )
    name: ScheduleName = "PiecewiseConstant"

    @model_validator(mode="after")
    def _values_fit_boundaries(self) -> Self:
        issues = []
        if any(
            first >= second
            for first, second in zip(self.boundaries, self.boundaries[1:], strict=False)
        ):
            message = f"Expected boundaries that rise. Received: boundaries={self.boundaries}."
            issues.append(Issue(("boundaries",), message, "Sort them and drop repetitions."))
        expected, received = len(self.boundaries) + 1, len(self.values)
        if received != expected:
            message = f"Expected {expected} values, one more than boundaries. Received: {received}."
            issues.append(Issue(("values",), message))
        if issues:
            raise issues_error(issues)
        return self


class CosineDecay(Schedule):
    """Falls along half a cosine, after a linear rise if wanted (Loshchilov and Hutter, 2016)."""

    initial_learning_rate: float = Field(
        ge=0, description="The learning rate at the start; where the rise starts, if there is one."
    )
    decay_steps: DecaySteps
    alpha: Alpha = 0.0
    name: ScheduleName = "CosineDecay"
    warmup_target: float | None = Field(
        None, gt=0, description="The learning rate at the end of the rise; None: no rise."
    )
    warmup_steps: int = Field(0, ge=0, description="Steps (updates, not epochs) of the rise.")

    @model_validator(mode="after")
    def _warmup_is_whole(self) -> Self:
        if self.warmup_steps and self.warmup_target is None:
            message = "warmup_steps does nothing without warmup_target."
            hint = "Set warmup_target to the learning rate at the end of the rise."
            raise issues_error([Issue(("warmup_steps",), message, hint)])
        return self


class CosineDecayRestarts(Schedule):
    """Falls along half a cosine again and again (Loshchilov and Hutter, 2016)."""

    initial_learning_rate: InitialLearningRate
    first_decay_steps: int = Field(
        gt=0, description="Steps (updates, not epochs) of the first wave."
    )
    t_mul: float = Field(
        2.0, gt=0, description="How many times longer each wave is than the one before."
    )
    m_mul: float = Field(1.0, gt=0, description="Start of each wave as a part of the one before.")
    alpha: Alpha = 0.0
    name: ScheduleName = "SGDRDecay"
