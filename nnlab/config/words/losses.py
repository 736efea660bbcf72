"""Losses: what training makes small."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.words.arguments import ClassAxis, Fraction, Name
from nnlab.config.words.forms import ByForm
from nnlab.config.words.word import Word

Encoding = Literal["one_hot", "integer", "number"]
Outputs = Literal["probability", "number", "margin", "unit_vector"]

Reduction = Annotated[
    Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"],
    Field(description="How the rows' losses make one; sum_over_batch_size and mean: the average."),
]
LossName = Annotated[Name, Field(description="The loss's name.")]
FromLogits = Annotated[
    bool,
    Field(description="Whether outputs are logits: no sigmoid or softmax is applied to them yet."),
]
LabelSmoothing = Annotated[
    Fraction, Field(description="How far targets are moved from 0 and 1 towards the middle.")
]
FocalGamma = Annotated[
    float, Field(ge=0, description="How little easy rows count; 0: as much as all.")
]
SummedAxes = Annotated[
    list[int] | None,
    Field(description="The axes that the loss is computed over; None: all at once."),
]


class Loss(Word):
    """What training makes small (`keras.losses`).

    `targets` is the encoding of the targets that it needs, `outputs` what it takes an output for.
    """

    family: ClassVar[str] = "a loss"
    example: ClassVar[str] = "mse"
    targets: ClassVar[Encoding] = "number"
    outputs: ClassVar[Outputs] = "number"

    @property
    def keras_string(self) -> str:
        """What Keras resolves by the output's shape; empty where a class stands behind the word."""
        return ""

    @property
    def compares_units(self) -> bool:
        """Whether it compares the units of a row with each other: of one alone it says nothing."""
        return False

    def targets_for(self, units: int) -> Encoding:
        """How the targets of an output are encoded: one-hot makes no sense for a single unit.

        Args:
            units: Width of the output.

        Example:
            >>> Loss.parse("crossentropy").targets_for(1)
            'number'
        """
        return "number" if units == 1 and self.targets == "one_hot" else self.targets


class CrossentropyByShape(Loss):
    """Cross-entropy by the shape of the output: binary for one unit, categorical for several."""

    yaml_name: ClassVar[str] = "crossentropy"
    aliases: ClassVar[tuple[str, ...]] = ("ce",)
    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """The strings of Keras alone: it has no such class."""
        return (cls.yaml_name, *cls.aliases)

    @property
    def keras_string(self) -> str:
        """The string that stands for it in Keras."""
        return self.yaml_name


class BinaryCrossentropy(Loss):
    """Cross-entropy of yes-or-no targets, for sigmoid units."""

    aliases: ClassVar[tuple[str, ...]] = ("bce", "BCE")
    outputs: ClassVar[Outputs] = "probability"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "binary_crossentropy"


class BinaryFocalCrossentropy(Loss):
    """Binary cross-entropy that counts easy rows less (Lin et al., 2017)."""

    outputs: ClassVar[Outputs] = "probability"

    apply_class_balancing: bool = Field(False, description="Whether alpha weighs the classes.")
    alpha: Fraction = Field(0.25, description="Weight of class 1; class 0 has one minus that.")
    gamma: FocalGamma = 2.0
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "binary_focal_crossentropy"


class CategoricalCrossentropy(Loss):
    """Cross-entropy of one-hot targets, for softmax."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_crossentropy"


class CategoricalFocalCrossentropy(Loss):
    """Categorical cross-entropy that counts easy rows less (Lin et al., 2017)."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    alpha: Annotated[float | list[float], ByForm()] = Field(
        0.25, description="Weight of the classes, or of each class."
    )
    gamma: FocalGamma = 2.0
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_focal_crossentropy"


class CategoricalGeneralizedCrossEntropy(Loss):
    """Between cross-entropy and absolute error: for wrong labels (Zhang and Sabuncu, 2018)."""

    targets: ClassVar[Encoding] = "integer"
    outputs: ClassVar[Outputs] = "probability"

    q: float = Field(0.5, gt=0, lt=1, description="Near 0: cross-entropy; near 1: absolute error.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_generalized_cross_entropy"


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of integer targets, for softmax."""

    targets: ClassVar[Encoding] = "integer"
    outputs: ClassVar[Outputs] = "probability"

    from_logits: FromLogits = False
    ignore_class: int | None = Field(
        None, description="Rows of this class do not count; None: all do."
    )
    reduction: Reduction = "sum_over_batch_size"
    axis: ClassAxis = -1
    name: LossName = "sparse_categorical_crossentropy"


class KLDivergence(Loss):
    """How far one distribution is from another (Kullback and Leibler, 1951)."""

    aliases: ClassVar[tuple[str, ...]] = ("kld", "KLD")
    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "kl_divergence"


class Poisson(Loss):
    """Likelihood of counts whose rate is the output."""

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "poisson"


class MeanSquaredError(Loss):
    """Mean of the squared errors."""

    aliases: ClassVar[tuple[str, ...]] = ("mse", "MSE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_squared_error"


class MeanAbsoluteError(Loss):
    """Mean of the errors' absolute values: outliers count less than squared."""

    aliases: ClassVar[tuple[str, ...]] = ("mae", "MAE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_absolute_error"


class MeanAbsolutePercentageError(Loss):
    """Mean of the errors' absolute values, in percent of the targets."""

    aliases: ClassVar[tuple[str, ...]] = ("mape", "MAPE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_absolute_percentage_error"


class MeanSquaredLogarithmicError(Loss):
    """Mean squared error of log(1 + value): for positive targets of many sizes."""

    aliases: ClassVar[tuple[str, ...]] = ("msle", "MSLE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_squared_logarithmic_error"


class CosineSimilarity(Loss):
    """The angle between target and output: -1 for one direction, 0 for a right angle."""

    axis: Literal[-1, 1] = Field(-1, description="The axis of the vectors.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "cosine_similarity"

    @property
    def compares_units(self) -> bool:
        """One unit has a sign, but no direction."""
        return True


class LogCosh(Loss):
    """log(cosh(error)): squared for small errors, absolute for large ones."""

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "log_cosh"


class Huber(Loss):
    """Squared for errors up to delta, linear beyond: outliers count less (Huber, 1964)."""

    delta: float = Field(1.0, gt=0, description="Where squared turns into linear.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "huber_loss"


class Hinge(Loss):
    """max(0, 1 - target * output), targets -1 and 1: a support vector machine's loss."""

    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "hinge"


class SquaredHinge(Loss):
    """The square of Hinge: smooth, harder on large errors."""

    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "squared_hinge"


class CategoricalHinge(Loss):
    """Hinge for several classes: the right class's output is to lead by 1."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_hinge"


class Dice(Loss):
    """One minus twice the overlap of targets and outputs over their sum (Dice, 1945)."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "dice"
    axis: SummedAxes = None


class Tversky(Loss):
    """Dice with a weight each for false positives and false negatives (Salehi et al., 2017)."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    alpha: float = Field(0.5, ge=0, description="Weight of false positives.")
    beta: float = Field(0.5, ge=0, description="Weight of false negatives.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "tversky"
    axis: SummedAxes = None


class Circle(Loss):
    """Rows of one class near each other, others far: for unit vectors (Sun et al., 2020)."""

    targets: ClassVar[Encoding] = "integer"
    outputs: ClassVar[Outputs] = "unit_vector"

    gamma: float = Field(80.0, gt=0, description="Scale of the similarities.")
    margin: float = Field(0.4, ge=0, le=1, description="How far classes are to be kept apart.")
    remove_diagonal: bool = Field(True, description="Whether a row is not compared with itself.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "circle"
