"""The family of metrics, and the name under which each is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field

from nnlab.config.direction import Direction
from nnlab.config.vocabulary.arguments import Name
from nnlab.config.vocabulary.component import Component, snake_case

MetricName = Annotated[Name, Field(description="The name in logs and in metrics.csv.")]
AutoName = Annotated[
    Name | None, Field(description="The name in logs and in metrics.csv; None: made from its type.")
]


class Metric(Component):
    """A figure computed on training and validation rows in each epoch (`keras.metrics`).

    `direction` tells whether less or more of it is better.
    """

    family: ClassVar[str] = "a metric"
    example: ClassVar[str] = "accuracy"
    files: ClassVar[Mapping[str, str]] = {
        "accuracy": (
            "accuracy acc BinaryAccuracy CategoricalAccuracy "
            "SparseCategoricalAccuracy TopKCategoricalAccuracy SparseTopKCategoricalAccuracy"
        ),
        "confusion": (
            "TruePositives TrueNegatives FalsePositives FalseNegatives Precision Recall "
            "PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity "
            "SpecificityAtSensitivity AUC FBetaScore F1Score"
        ),
        "errors": (
            "MeanSquaredError mse RootMeanSquaredError MeanAbsoluteError mae "
            "MeanAbsolutePercentageError mape MeanSquaredLogarithmicError msle LogCoshError "
            "CosineSimilarity R2Score PearsonCorrelation ConcordanceCorrelation Hinge "
            "SquaredHinge CategoricalHinge KLDivergence Poisson BinaryCrossentropy bce "
            "CategoricalCrossentropy SparseCategoricalCrossentropy"
        ),
        "overlap": "IoU MeanIoU BinaryIoU OneHotIoU OneHotMeanIoU",
    }
    direction: ClassVar[Direction]

    name: AutoName = None

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a metric; a string of Keras' (`mse`) becomes its name in logs, as in Keras.

        Args:
            value: A word, its name, or a mapping with its name as the only key.

        Returns:
            The word.

        Raises:
            ValidationError: For every fault in the name and the arguments.

        Example:
            >>> Metric.parse("mse").logged_name, Metric.parse("MeanSquaredError").logged_name
            ('mse', 'mean_squared_error')
        """
        component = super().parse(value)
        if not isinstance(value, str) or value in (
            component.display_name(),
            type(component).__name__,
            component.logged_name,
        ):
            return component
        return type(component)(name=value)

    @property
    def logged_name(self) -> str:
        """The name in logs; Keras must be given it, or it numbers metrics of one type."""
        return self.name or snake_case(type(self).__name__)

    @property
    def keras_string(self) -> str:
        """What Keras resolves by the output's shape; empty where a class stands behind the word."""
        return ""

    @property
    def compares_units(self) -> bool:
        """Whether it compares the units of a row with each other: of one alone it says nothing."""
        return False

    @property
    def per_class(self) -> bool:
        """Whether it gives one figure for each class, not one in all."""
        return False
