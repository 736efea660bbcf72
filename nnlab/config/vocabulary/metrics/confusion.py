"""Metrics of true and false positives and negatives."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.metrics import Direction
from nnlab.config.vocabulary.arguments import Fraction, FromLogits
from nnlab.config.vocabulary.metrics import AutoName, Metric, MetricName

Threshold = Annotated[
    Fraction | None, Field(description="Outputs above it are positive; None: 0.5.")
]
TopK = Annotated[
    int | None, Field(gt=0, description="Number of largest outputs of a row that can be positive.")
]
ClassId = Annotated[int | None, Field(ge=0, description="Class to evaluate; None: all.")]
NumThresholds = Annotated[int, Field(gt=0, description="Number of thresholds between 0 and 1.")]
Average = Annotated[
    Literal["micro", "macro", "weighted"] | None,
    Field(description="Average over the classes; None: one value per class."),
]
ScoreThreshold = Annotated[
    float | None,
    Field(gt=0, le=1, description="Outputs above it are positive; None: the largest of each row."),
]


class TruePositives(Metric):
    """Number of true positives."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    name: AutoName = None


class TrueNegatives(Metric):
    """Number of true negatives."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    name: AutoName = None


class FalsePositives(Metric):
    """Number of false positives."""

    direction: ClassVar[Direction] = "min"

    thresholds: Threshold = None
    name: AutoName = None


class FalseNegatives(Metric):
    """Number of false negatives."""

    direction: ClassVar[Direction] = "min"

    thresholds: Threshold = None
    name: AutoName = None


class Precision(Metric):
    """True positives / predicted positives."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    top_k: TopK = None
    class_id: ClassId = None
    name: AutoName = None


class Recall(Metric):
    """True positives / actual positives."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    top_k: TopK = None
    class_id: ClassId = None
    name: AutoName = None


class PrecisionAtRecall(Metric):
    """Best precision at a minimum recall."""

    direction: ClassVar[Direction] = "max"

    recall: Fraction = Field(description="Minimum recall.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class RecallAtPrecision(Metric):
    """Best recall at a minimum precision."""

    direction: ClassVar[Direction] = "max"

    precision: Fraction = Field(description="Minimum precision.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class SensitivityAtSpecificity(Metric):
    """Best sensitivity at a minimum specificity."""

    direction: ClassVar[Direction] = "max"

    specificity: Fraction = Field(description="Minimum specificity.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class SpecificityAtSensitivity(Metric):
    """Best specificity at a minimum sensitivity."""

    direction: ClassVar[Direction] = "max"

    sensitivity: Fraction = Field(description="Minimum sensitivity.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class AUC(Metric):
    """Area under the ROC or precision-recall curve."""

    direction: ClassVar[Direction] = "max"

    num_thresholds: int = Field(200, gt=1, description="Number of thresholds of the curve.")
    curve: Literal["ROC", "PR", "PRGAIN"] = Field("ROC", description="Type of curve.")
    summation_method: Literal["interpolation", "minoring", "majoring"] = Field(
        "interpolation", description="Summation method of the area."
    )
    name: AutoName = None
    thresholds: list[Fraction] | None = Field(
        None, min_length=1, description="Thresholds to use instead of evenly spaced ones."
    )
    multi_label: bool = Field(False, description="Whether to average the areas of each output.")
    num_labels: int | None = Field(None, gt=0, description="Number of outputs, with multi_label.")
    label_weights: list[Annotated[float, Field(ge=0)]] | None = Field(
        None, min_length=1, description="Weight of each output's area, with multi_label."
    )
    from_logits: FromLogits = False

    @model_validator(mode="after")
    def _label_arguments_have_labels(self) -> Self:
        if self.multi_label:
            return self
        issues = [
            Issue(
                (name,), f"{name} requires `multi_label: true`.", "Set multi_label, or remove it."
            )
            for name in ("num_labels", "label_weights")
            if getattr(self, name) is not None
        ]
        if issues:
            raise issues_error(issues)
        return self


class FBetaScore(Metric):
    """Weighted harmonic mean of precision and recall."""

    direction: ClassVar[Direction] = "max"

    average: Average = None
    beta: float = Field(1.0, gt=0, description="Weight of recall relative to precision.")
    threshold: ScoreThreshold = None
    name: MetricName = "fbeta_score"

    @property
    def per_class(self) -> bool:
        """Whether it has one value per class."""
        return self.average is None


class F1Score(Metric):
    """Harmonic mean of precision and recall."""

    direction: ClassVar[Direction] = "max"

    average: Average = None
    threshold: ScoreThreshold = None
    name: MetricName = "f1_score"

    @property
    def per_class(self) -> bool:
        """Whether it has one value per class."""
        return self.average is None
