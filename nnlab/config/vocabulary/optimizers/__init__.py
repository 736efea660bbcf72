"""The family of optimizers, their common arguments, and the plain one: gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.arguments import Name, Schedule
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.unions import ShapeUnion

LearningRate = Annotated[
    Annotated[float, Field(gt=0)] | Schedule,
    ShapeUnion(),
    Field(description="Learning rate, or a schedule."),
]
FirstMoment = Annotated[
    float, Field(ge=0, lt=1, description="Decay of the moving average of the gradients.")
]
SecondMoment = Annotated[
    float, Field(ge=0, lt=1, description="Decay of the moving average of the squared gradients.")
]
Momentum = Annotated[float, Field(ge=0, le=1, description="Momentum; 0: none.")]
WeightDecay = Annotated[float, Field(ge=0, description="Weight decay.")]
InitialAccumulator = Annotated[
    float, Field(ge=0, description="Initial value of the accumulated squared gradients.")
]

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


class Optimizer(Component):
    """An optimizer (`keras.optimizers`)."""

    family: ClassVar[str] = "an optimizer"
    example: ClassVar[str] = "Adam: {learning_rate: 0.001}"
    files: ClassVar[Mapping[str, str]] = {
        "optimizers": "SGD",
        "optimizers.adaptive": "Adam AdamW Adamax Nadam ScheduleFreeAdamW Adagrad Adadelta RMSprop",
        "optimizers.special": "Adafactor Ftrl Lion Lamb Muon",
    }

    learning_rate: LearningRate = 0.001
    weight_decay: WeightDecay | None = Field(None, description="Weight decay; None: none.")
    clipnorm: float | None = Field(
        None, gt=0, description="Maximum norm of each weight's gradient."
    )
    clipvalue: float | None = Field(None, gt=0, description="Maximum absolute value in a gradient.")
    global_clipnorm: float | None = Field(
        None, gt=0, description="Maximum norm of all gradients together."
    )
    use_ema: bool = Field(False, description="Whether to keep a moving average of the weights.")
    ema_momentum: float = Field(0.99, ge=0, le=1, description="Momentum of the moving average.")
    ema_overwrite_frequency: int | None = Field(
        None,
        ge=1,
        description="Steps between overwriting the weights by the average; None: at the end.",
    )
    loss_scale_factor: float | None = Field(
        None, gt=0, description="Loss scale, for low precision."
    )
    gradient_accumulation_steps: int | None = Field(
        None, ge=2, description="Batches per step; None: one."
    )
    name: Name | None = Field(
        None, description="Name of the optimizer; None: derived from its class."
    )

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """Return the name of the class, and its lowercase form: `rmsprop`."""
        return (cls.__name__, cls.__name__.lower())

    @classmethod
    def lookup(cls, name: object) -> type[Self] | None:
        """Return the optimizer with a name, case-insensitively as in Keras, or None."""
        return super().lookup(name.lower() if isinstance(name, str) else name)

    @model_validator(mode="after")
    def _at_most_one_clipping(self) -> Self:
        used = [name for name in _CLIPPING if getattr(self, name) is not None]
        if len(used) > 1:
            received = ", ".join(f"{name}={getattr(self, name)}" for name in used)
            message = f"Expected at most one of {', '.join(_CLIPPING)}. Received: {received}."
            raise issues_error([Issue((used[1],), message, "Keep one of them.")])
        return self


class SGD(Optimizer):
    """Gradient descent, optionally with momentum (Robbins and Monro, 1951; Polyak, 1964)."""

    learning_rate: LearningRate = 0.01
    momentum: Momentum = 0.0
    nesterov: bool = Field(False, description="Whether to use Nesterov momentum (Nesterov, 1983).")
