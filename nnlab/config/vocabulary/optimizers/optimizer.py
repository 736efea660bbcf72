"""The family of optimizers, and the arguments that several of them share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.argument_families import Schedule
from nnlab.config.vocabulary.arguments import Name
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.unions import ShapeUnion

LearningRate = Annotated[
    Annotated[float, Field(gt=0)] | Schedule,
    ShapeUnion(),
    Field(description="The learning rate: a number, or a schedule of it."),
]
FirstMoment = Annotated[
    float, Field(ge=0, lt=1, description="Decay of the moving average of the gradients.")
]
SecondMoment = Annotated[
    float, Field(ge=0, lt=1, description="Decay of the moving average of the squared gradients.")
]
Momentum = Annotated[
    float, Field(ge=0, le=1, description="Part of each step kept in the next; 0: none.")
]
WeightDecay = Annotated[
    float,
    Field(ge=0, description="Part of each weight taken off at each step, times the learning rate."),
]
InitialAccumulator = Annotated[
    float, Field(ge=0, description="Start of the sum of squared gradients.")
]

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


class Optimizer(Component):
    """How gradients become steps (`keras.optimizers`)."""

    family: ClassVar[str] = "an optimizer"
    example: ClassVar[str] = "Adam: {learning_rate: 0.001}"
    files: ClassVar[Mapping[str, str]] = {
        "sgd": "SGD",
        "adam": "Adam AdamW Adamax Nadam ScheduleFreeAdamW",
        "adaptive": "Adagrad Adadelta RMSprop",
        "special": "Adafactor Ftrl Lion Lamb Muon",
    }

    learning_rate: LearningRate = 0.001
    weight_decay: WeightDecay | None = Field(
        None,
        description="Part of each weight taken off at a step, times the learning rate; None: none.",
    )
    clipnorm: float | None = Field(
        None, gt=0, description="Largest norm of each weight's gradient."
    )
    clipvalue: float | None = Field(None, gt=0, description="Largest absolute value in a gradient.")
    global_clipnorm: float | None = Field(
        None, gt=0, description="Largest norm of all gradients taken together."
    )
    use_ema: bool = Field(False, description="Whether to keep a moving average of the weights.")
    ema_momentum: float = Field(0.99, ge=0, le=1, description="How slowly that average follows.")
    ema_overwrite_frequency: int | None = Field(
        None,
        ge=1,
        description="Steps after which weights take the average's values; None: at the end.",
    )
    loss_scale_factor: float | None = Field(
        None,
        gt=0,
        description="Factor on the loss, taken back from the gradients; for low precision.",
    )
    gradient_accumulation_steps: int | None = Field(
        None, ge=2, description="Batches whose gradients make one step; None: one."
    )
    name: Name | None = Field(None, description="The optimizer's name; None: made from its type.")

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """The class's name, and the one that Keras writes together: `rmsprop`."""
        return (cls.__name__, cls.__name__.lower())

    @classmethod
    def lookup(cls, name: object) -> type[Self] | None:
        """The optimizer that answers to a name in any case, as Keras has it, or None.

        Args:
            name: A class name.
        """
        return super().lookup(name.lower() if isinstance(name, str) else name)

    @model_validator(mode="after")
    def _one_clipping_at_most(self) -> Self:
        used = [name for name in _CLIPPING if getattr(self, name) is not None]
        if len(used) > 1:
            received = ", ".join(f"{name}={getattr(self, name)}" for name in used)
            message = f"Expected one of {', '.join(_CLIPPING)} at most. Received: {received}."
            raise issues_error([Issue((used[1],), message, "Keep one of them.")])
        return self
