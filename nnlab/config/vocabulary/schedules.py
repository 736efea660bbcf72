"""Learning-rate schedules: the learning rate as a function of the step."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.arguments import Name, Schedule

InitialLearningRate = Annotated[float, Field(gt=0, description="Initial learning rate.")]
DecaySteps = Annotated[int, Field(gt=0, description="Steps (updates, not epochs) per decay.")]
DecayRate = Annotated[float, Field(gt=0, description="Decay factor over decay_steps.")]
Staircase = Annotated[bool, Field(description="Whether to decay in discrete steps.")]
Alpha = Annotated[
    float, Field(ge=0, description="Minimum learning rate, as a fraction of the initial one.")
]
ScheduleName = Annotated[Name, Field(description="Name of the schedule.")]


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
    """Polynomial decay from the initial to the end learning rate."""

    initial_learning_rate: InitialLearningRate
    decay_steps: DecaySteps
    end_learning_rate: float = Field(0.0001, ge=0, description="Final learning rate.")
    power: float = Field(1.0, gt=0, description="Power of the polynomial; 1: linear.")
    cycle: bool = Field(False, description="Whether to restart after decay_steps.")
    name: ScheduleName = "PolynomialDecay"


class PiecewiseConstantDecay(Schedule):
    """Constant learning rates between boundaries."""

    boundaries: list[Annotated[int, Field(gt=0)]] = Field(
        min_length=1, description="Steps (updates, not epochs) at which the learning rate changes."
    )
    values: list[Annotated[float, Field(gt=0)]] = Field(
        description="Learning rates: one more than boundaries."
    )
    name: ScheduleName = "PiecewiseConstant"

    @model_validator(mode="after")
    def _values_fit_boundaries(self) -> Self:
        issues = []
        if any(
            first >= second
            for first, second in zip(self.boundaries, self.boundaries[1:], strict=False)
        ):
            message = f"Expected increasing boundaries. Received: boundaries={self.boundaries}."
            issues.append(Issue(("boundaries",), message, "Sort them and drop repetitions."))
        expected, received = len(self.boundaries) + 1, len(self.values)
        if received != expected:
            message = f"Expected {expected} values, one more than boundaries. Received: {received}."
            issues.append(Issue(("values",), message))
        if issues:
            raise issues_error(issues)
        return self


class CosineDecay(Schedule):
    """Cosine decay with optional linear warmup (Loshchilov and Hutter, 2016)."""

    initial_learning_rate: float = Field(
        ge=0, description="Initial learning rate; with warmup, the rate at its start."
    )
    decay_steps: DecaySteps
    alpha: Alpha = 0.0
    name: ScheduleName = "CosineDecay"
    warmup_target: float | None = Field(
        None, gt=0, description="Learning rate at the end of the warmup; None: no warmup."
    )
    warmup_steps: int = Field(0, ge=0, description="Steps (updates, not epochs) of the warmup.")

    @model_validator(mode="after")
    def _warmup_is_whole(self) -> Self:
        if self.warmup_steps and self.warmup_target is None:
            message = "warmup_steps has no effect without warmup_target."
            hint = "Set warmup_target to the learning rate at the end of the warmup."
            raise issues_error([Issue(("warmup_steps",), message, hint)])
        return self


class CosineDecayRestarts(Schedule):
    """Cosine decay with restarts (Loshchilov and Hutter, 2016)."""

    initial_learning_rate: InitialLearningRate
    first_decay_steps: int = Field(
        gt=0, description="Steps (updates, not epochs) of the first period."
    )
    t_mul: float = Field(2.0, gt=0, description="Factor on the length of each period.")
    m_mul: float = Field(
        1.0, gt=0, description="Factor on the initial learning rate of each period."
    )
    alpha: Alpha = 0.0
    name: ScheduleName = "SGDRDecay"
