"""Probabilistic losses."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from nnlab.config.vocabulary.arguments import (
    ClassAxis,
    Fraction,
    FromLogits,
    IgnoreClass,
    LabelSmoothing,
)
from nnlab.config.vocabulary.losses import Encoding, Loss, LossName, Outputs, Reduction
from nnlab.config.vocabulary.unions import ShapeUnion

FocalGamma = Annotated[
    float,
    Field(ge=0, description="Focusing parameter: larger values reduce the weight of easy rows."),
]


class CrossentropyByShape(Loss):
    """Cross-entropy by the shape of the output: binary for one unit, categorical for several."""

    yaml_name: ClassVar[str] = "crossentropy"
    aliases: ClassVar[tuple[str, ...]] = ("ce",)
    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"
    keras_string: ClassVar[str] = "crossentropy"

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """Return the strings of Keras, which has no such class."""
        return (cls.yaml_name, *cls.aliases)


class BinaryCrossentropy(Loss):
    """Cross-entropy of binary targets, for sigmoid outputs."""

    aliases: ClassVar[tuple[str, ...]] = ("bce", "BCE")
    outputs: ClassVar[Outputs] = "probability"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "binary_crossentropy"


class BinaryFocalCrossentropy(Loss):
    """Binary cross-entropy with less weight on easy rows (Lin et al., 2017)."""

    outputs: ClassVar[Outputs] = "probability"

    apply_class_balancing: bool = Field(
        False, description="Whether to weight the classes by alpha."
    )
    alpha: Fraction = Field(0.25, description="Weight of class 1; class 0 has weight 1 - alpha.")
    gamma: FocalGamma = 2.0
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "binary_focal_crossentropy"


class CategoricalCrossentropy(Loss):
    """Cross-entropy of one-hot targets, for softmax outputs."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_crossentropy"


class CategoricalFocalCrossentropy(Loss):
    """Categorical cross-entropy with less weight on easy rows (Lin et al., 2017)."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    alpha: Annotated[float | list[float], ShapeUnion()] = Field(
        0.25, description="Weight of all classes, or of each class."
    )
    gamma: FocalGamma = 2.0
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_focal_crossentropy"


class CategoricalGeneralizedCrossEntropy(Loss):
    """Between cross-entropy and absolute error, for noisy labels (Zhang and Sabuncu, 2018)."""

    targets: ClassVar[Encoding] = "integer"
    outputs: ClassVar[Outputs] = "probability"

    q: float = Field(
        0.5, gt=0, lt=1, description="Close to 0: cross-entropy; close to 1: absolute error."
    )
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_generalized_cross_entropy"


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of integer targets, for softmax outputs."""

    targets: ClassVar[Encoding] = "integer"
    outputs: ClassVar[Outputs] = "probability"

    from_logits: FromLogits = False
    ignore_class: IgnoreClass = None
    reduction: Reduction = "sum_over_batch_size"
    axis: ClassAxis = -1
    name: LossName = "sparse_categorical_crossentropy"


class KLDivergence(Loss):
    """Kullback-Leibler divergence of two distributions (Kullback and Leibler, 1951)."""

    aliases: ClassVar[tuple[str, ...]] = ("kld", "KLD")
    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "kl_divergence"


class Poisson(Loss):
    """Poisson loss: the output is the rate of a count."""

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "poisson"
