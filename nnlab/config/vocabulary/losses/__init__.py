"""The family of losses, and their common arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.vocabulary.arguments import Name
from nnlab.config.vocabulary.component import Component

Encoding = Literal["one_hot", "integer", "number"]
Outputs = Literal["probability", "number", "margin", "unit_vector"]
Reduction = Annotated[
    Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"],
    Field(description="Reduction of the losses of rows; sum_over_batch_size and mean: average."),
]
LossName = Annotated[Name, Field(description="Name of the loss.")]


class Loss(Component):
    """A loss (`keras.losses`).

    `targets` is the required encoding of the targets, `outputs` the meaning of an output.
    `keras_string` is what Keras resolves by the shape of the output, empty for a class.
    `compares_units`: whether it compares the units of a row, and so needs at least two.
    """

    family: ClassVar[str] = "a loss"
    example: ClassVar[str] = "mse"
    files: ClassVar[Mapping[str, str]] = {
        "losses.crossentropy": (
            "crossentropy ce BinaryCrossentropy bce "
            "BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy "
            "CategoricalGeneralizedCrossEntropy SparseCategoricalCrossentropy KLDivergence "
            "kld Poisson"
        ),
        "losses.errors": (
            "MeanSquaredError mse MeanAbsoluteError mae MeanAbsolutePercentageError mape "
            "MeanSquaredLogarithmicError msle CosineSimilarity LogCosh Huber Hinge SquaredHinge "
            "CategoricalHinge"
        ),
        "losses.overlap": "Dice Tversky Circle",
    }
    targets: ClassVar[Encoding] = "number"
    outputs: ClassVar[Outputs] = "number"
    keras_string: ClassVar[str] = ""
    compares_units: ClassVar[bool] = False

    def targets_for(self, units: int) -> Encoding:
        """Return the encoding of the targets; a single unit cannot be one-hot."""
        return "number" if units == 1 and self.targets == "one_hot" else self.targets
