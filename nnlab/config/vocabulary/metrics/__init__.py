"""The family of metrics, and their names in logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field

from nnlab.config.metrics import Direction
from nnlab.config.vocabulary.arguments import Name
from nnlab.config.vocabulary.component import Component, snake_case

MetricName = Annotated[Name, Field(description="Name in logs and metrics.csv.")]
AutoName = Annotated[
    Name | None, Field(description="Name in logs and metrics.csv; None: derived from its class.")
]


class Metric(Component):
    """A metric of training and validation rows in each epoch (`keras.metrics`).

    `direction` is whether less or more is better.
    """

    family: ClassVar[str] = "a metric"
    example: ClassVar[str] = "accuracy"
    files: ClassVar[Mapping[str, str]] = {
        "metrics.accuracy": (
            "accuracy acc BinaryAccuracy CategoricalAccuracy "
            "SparseCategoricalAccuracy TopKCategoricalAccuracy SparseTopKCategoricalAccuracy"
        ),
        "metrics.confusion": (
            "TruePositives TrueNegatives FalsePositives FalseNegatives Precision Recall "
            "PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity "
            "SpecificityAtSensitivity AUC FBetaScore F1Score"
        ),
        "metrics.errors": (
            "MeanSquaredError mse RootMeanSquaredError MeanAbsoluteError mae "
            "MeanAbsolutePercentageError mape MeanSquaredLogarithmicError msle LogCoshError "
            "CosineSimilarity R2Score PearsonCorrelation ConcordanceCorrelation Hinge "
            "SquaredHinge CategoricalHinge KLDivergence Poisson BinaryCrossentropy bce "
            "CategoricalCrossentropy SparseCategoricalCrossentropy"
        ),
        "metrics.overlap": "IoU MeanIoU BinaryIoU OneHotIoU OneHotMeanIoU",
    }
    direction: ClassVar[Direction]

    name: AutoName = None

    @classmethod
    def parse(cls, value: object) -> Self:
        """Create a metric; a Keras string (`mse`) becomes its name in logs, as in Keras."""
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
        """The name in logs; given explicitly, because Keras numbers metrics of one class."""
        return self.name or snake_case(type(self).__name__)

    @property
    def keras_string(self) -> str:
        """The string that Keras resolves by the shape of the output; empty for a class."""
        return ""

    @property
    def compares_units(self) -> bool:
        """Whether it compares the units of a row, and so needs at least two."""
        return False

    @property
    def per_class(self) -> bool:
        """Whether it has one value per class."""
        return False
