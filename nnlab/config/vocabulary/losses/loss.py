"""The family of losses, and the arguments that several of them share."""

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
    Field(description="How the rows' losses make one; sum_over_batch_size and mean: the average."),
]
LossName = Annotated[Name, Field(description="The loss's name.")]


class Loss(Component):
    """What training makes small (`keras.losses`).

    `targets` is the encoding of the targets that it needs, `outputs` what it takes an output for.
    """

    family: ClassVar[str] = "a loss"
    example: ClassVar[str] = "mse"
    files: ClassVar[Mapping[str, str]] = {
        "crossentropy": (
            "crossentropy ce BinaryCrossentropy bce "
            "BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy "
            "CategoricalGeneralizedCrossEntropy SparseCategoricalCrossentropy KLDivergence "
            "kld Poisson"
        ),
        "errors": (
            "MeanSquaredError mse MeanAbsoluteError mae MeanAbsolutePercentageError mape "
            "MeanSquaredLogarithmicError msle CosineSimilarity LogCosh Huber"
        ),
        "margins": "Hinge SquaredHinge CategoricalHinge",
        "overlap": "Dice Tversky Circle",
    }
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
