"""Losses over all rows of a batch: overlap of classes, and distances between rows."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from nnlab.config.vocabulary.losses import Encoding, Loss, LossName, Outputs, Reduction

SummedAxes = Annotated[list[int] | None, Field(description="Axes of the sums; None: all.")]


class Dice(Loss):
    """1 - 2 * overlap / sum of targets and outputs (Dice, 1945)."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "dice"
    axis: SummedAxes = None


class Tversky(Loss):
    """Dice with weights for false positives and false negatives (Salehi et al., 2017)."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "probability"

    alpha: float = Field(0.5, ge=0, description="Weight of false positives.")
    beta: float = Field(0.5, ge=0, description="Weight of false negatives.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "tversky"
    axis: SummedAxes = None


class Circle(Loss):
    """Circle loss on similarities of rows, for unit vectors (Sun et al., 2020)."""

    targets: ClassVar[Encoding] = "integer"
    outputs: ClassVar[Outputs] = "unit_vector"

    gamma: float = Field(80.0, gt=0, description="Scale of the similarities.")
    margin: float = Field(0.4, ge=0, le=1, description="Margin between classes.")
    remove_diagonal: bool = Field(
        True, description="Whether to exclude the similarity of a row with itself."
    )
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "circle"
