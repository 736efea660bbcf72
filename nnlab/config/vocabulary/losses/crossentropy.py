"""Losses that ask how likely the targets are, by the outputs."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from nnlab.config.vocabulary.arguments import ClassAxis, Fraction
from nnlab.config.vocabulary.losses.loss import Encoding, Loss, LossName, Outputs, Reduction
from nnlab.config.vocabulary.unions import ShapeUnion

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

    alpha: Annotated[float | list[float], ShapeUnion()] = Field(
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
