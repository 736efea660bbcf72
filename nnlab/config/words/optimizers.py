"""Optimizers: how gradients become steps."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from nnlab.config.problems import Problem, problems_error
from nnlab.config.words.arguments import Epsilon, Name
from nnlab.config.words.forms import ByForm
from nnlab.config.words.schedules import Schedule
from nnlab.config.words.word import Word

LearningRate = Annotated[
    Annotated[float, Field(gt=0)] | Schedule,
    ByForm(),
    Field(description="The learning rate: a number, or a schedule of it."),
]
FirstMoment = Annotated[
    float, Field(ge=0, lt=1, description="Decay of the moving average of the gradients.")
]
SecondMoment = Annotated[
    float, Field(ge=0, lt=1, description="Decay of the moving average of the squared gradients.")
]
AmsGrad = Annotated[
    bool,
    Field(description="Whether to keep the largest second moment so far (Reddi et al., 2018)."),
]
Momentum = Annotated[
    float, Field(ge=0, le=1, description="Part of each step kept in the next; 0: none.")
]
InitialAccumulator = Annotated[
    float, Field(ge=0, description="Start of the sum of squared gradients.")
]
WeightDecay = Annotated[
    float,
    Field(ge=0, description="Part of each weight taken off at each step, times the learning rate."),
]

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


class Optimizer(Word):
    """How gradients become steps (`keras.optimizers`)."""

    family: ClassVar[str] = "an optimizer"
    example: ClassVar[str] = "Adam: {learning_rate: 0.001}"

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
            raise problems_error([Problem((used[1],), message, "Keep one of them.")])
        return self


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted (Robbins and Monro, 1951; Polyak, 1964)."""

    learning_rate: LearningRate = 0.01
    momentum: Momentum = 0.0
    nesterov: bool = Field(False, description="Whether the gradient looks ahead (Nesterov, 1983).")


class Adam(Optimizer):
    """Steps from moving averages of gradients and of their squares (Kingma and Ba, 2014)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False


class AdamW(Optimizer):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2017)."""

    learning_rate: LearningRate = 0.001
    weight_decay: WeightDecay = 0.004
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the mean square (Kingma and Ba, 2014)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7


class Nadam(Optimizer):
    """Adam with Nesterov momentum (Dozat, 2016)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7


class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages its own path and so needs no schedule (Defazio et al., 2024)."""

    learning_rate: LearningRate = 0.0025
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-8
    warmup_steps: int = Field(
        0, ge=0, description="Steps over which the learning rate rises to its value."
    )


class Adagrad(Optimizer):
    """Smaller steps for weights that have moved much (Duchi et al., 2011)."""

    learning_rate: LearningRate = 0.001
    initial_accumulator_value: InitialAccumulator = 0.1
    epsilon: Epsilon = 1e-7


class Adadelta(Optimizer):
    """Adagrad over a moving window, steps scaled by the steps before (Zeiler, 2012)."""

    learning_rate: LearningRate = 0.001
    rho: SecondMoment = 0.95
    epsilon: Epsilon = 1e-7


class RMSprop(Optimizer):
    """Divides gradients by the root of their moving mean square (Tieleman and Hinton, 2012)."""

    learning_rate: LearningRate = 0.001
    rho: SecondMoment = 0.9
    momentum: Momentum = 0.0
    epsilon: Epsilon = 1e-7
    centered: bool = Field(False, description="Whether the variance is used, not the mean square.")


class Adafactor(Optimizer):
    """Adam with little memory: squares kept by rows and columns (Shazeer and Stern, 2018)."""

    learning_rate: LearningRate = 0.001
    beta_2_decay: float = Field(
        -0.8, le=0, description="How the second moment's decay changes with the steps."
    )
    epsilon_1: Epsilon = 1e-30
    epsilon_2: float = Field(1e-3, ge=0, description="Keeps steps from growing too small.")
    clip_threshold: float = Field(1.0, gt=0, description="Largest root mean square of a step.")
    relative_step: bool = Field(True, description="Whether the learning rate falls with the steps.")


class Ftrl(Optimizer):
    """Follow the regularized leader: sparse weights for linear models (McMahan et al., 2013)."""

    learning_rate: LearningRate = 0.001
    learning_rate_power: float = Field(
        -0.5, le=0, description="How fast the learning rate falls; 0: not."
    )
    initial_accumulator_value: InitialAccumulator = 0.1
    l1_regularization_strength: float = Field(0.0, ge=0, description="Strength of the L1 penalty.")
    l2_regularization_strength: float = Field(0.0, ge=0, description="Strength of the L2 penalty.")
    l2_shrinkage_regularization_strength: float = Field(
        0.0, ge=0, description="Strength of a second L2 penalty, on the gradient."
    )
    beta: float = Field(
        0.0, ge=0, description="Beta of the paper: added to the root of the squared sum."
    )


class Lion(Optimizer):
    """Steps of one size, by the sign of the averaged gradient (Chen et al., 2023)."""

    learning_rate: LearningRate = 0.001
    beta_1: float = Field(
        0.9, gt=0, le=1, description="Mixes the average and the gradient in a step."
    )
    beta_2: FirstMoment = 0.99


class Lamb(Optimizer):
    """Adam with steps scaled to each layer's weights: for large batches (You et al., 2019)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7


class Muon(Optimizer):
    """Orthogonal momentum steps for kernels, AdamW for the rest (Jordan et al., 2024)."""

    learning_rate: LearningRate = 0.001
    adam_beta_1: FirstMoment = 0.9
    adam_beta_2: SecondMoment = 0.999
    adam_weight_decay: float = Field(0.004, ge=0, description="Weight decay of what AdamW trains.")
    epsilon: Epsilon = 1e-7
    weight_decay: WeightDecay = 0.004
    exclude_layers: list[Name] | None = Field(
        None, description="Patterns of the paths of weights that AdamW trains instead."
    )
    exclude_embeddings: bool = Field(True, description="Whether AdamW trains embeddings.")
    muon_a: float = Field(3.4445, description="Coefficient a of the Newton-Schulz iteration.")
    muon_b: float = Field(-4.7750, description="Coefficient b of the Newton-Schulz iteration.")
    muon_c: float = Field(2.0315, description="Coefficient c of the Newton-Schulz iteration.")
    adam_lr_ratio: float = Field(
        1.0, gt=0, description="AdamW's learning rate as a part of Muon's."
    )
    momentum: Momentum = 0.95
    ns_steps: int = Field(5, ge=1, description="Newton-Schulz iterations a step.")
    nesterov: bool = Field(True, description="Whether the gradient looks ahead (Nesterov, 1983).")
    rms_rate: float | None = Field(
        0.2, gt=0, description="Scales steps to Adam's size; None: they keep their own."
    )
