"""Losses that ask outputs to keep a distance from the wrong side."""

from __future__ import annotations

from typing import ClassVar

from nnlab.config.vocabulary.losses.loss import Encoding, Loss, LossName, Outputs, Reduction


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
