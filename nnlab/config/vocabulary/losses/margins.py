"""Hinge losses."""

from __future__ import annotations

from typing import ClassVar

from nnlab.config.vocabulary.losses.loss import Encoding, Loss, LossName, Outputs, Reduction


class Hinge(Loss):
    """max(0, 1 - target * output), targets -1 and 1, as in support vector machines."""

    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "hinge"


class SquaredHinge(Loss):
    """Square of Hinge: smooth, larger for large errors."""

    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "squared_hinge"


class CategoricalHinge(Loss):
    """Hinge for several classes."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_hinge"
