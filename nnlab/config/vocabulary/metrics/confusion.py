"""Metrics made of the four counts: true and false positives and negatives."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.direction import Direction
from nnlab.config.vocabulary.arguments import Fraction
from nnlab.config.vocabulary.metrics.metric import AutoName, Metric, MetricName

Threshold = Annotated[
    Fraction | None, Field(description="Outputs above it are positive; None: 0.5.")
]
TopK = Annotated[
    int | None, Field(gt=0, description="Only that many largest outputs of a row can be positive.")
]
ClassId = Annotated[
    int | None, Field(ge=0, description="The one class that is looked at; None: all.")
]
NumThresholds = Annotated[int, Field(gt=0, description="Thresholds tried between 0 and 1.")]
Average = Annotated[
    Literal["micro", "macro", "weighted"] | None,
    Field(description="How classes make one figure; None: one figure for each class."),
]
ScoreThreshold = Annotated[
    float | None,
    Field(gt=0, le=1, description="Outputs above it are positive; None: a row's largest is."),
]


class TruePositives(Metric):
    """Number of positive targets told positive."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    name: AutoName = None


class TrueNegatives(Metric):
    """Number of negative targets told negative."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    name: AutoName = None


class FalsePositives(Metric):
    """Number of negative targets told positive."""

    direction: ClassVar[Direction] = "min"

    thresholds: Threshold = None
    name: AutoName = None


class FalseNegatives(Metric):
    """Number of positive targets told negative."""

    direction: ClassVar[Direction] = "min"

    thresholds: Threshold = None
    name: AutoName = None


class Precision(Metric):
    """Part of what was told positive that is."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    top_k: TopK = None
    class_id: ClassId = None
    name: AutoName = None


class Recall(Metric):
    """Part of what is positive that was told so."""

    direction: ClassVar[Direction] = "max"

    thresholds: Threshold = None
    top_k: TopK = None
    class_id: ClassId = None
    name: AutoName = None


class PrecisionAtRecall(Metric):
    """Best precision of the thresholds whose recall is high enough."""

    direction: ClassVar[Direction] = "max"

    recall: Fraction = Field(description="The least recall.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class RecallAtPrecision(Metric):
    """Best recall of the thresholds whose precision is high enough."""

    direction: ClassVar[Direction] = "max"

    precision: Fraction = Field(description="The least precision.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class SensitivityAtSpecificity(Metric):
    """Best sensitivity of the thresholds whose specificity is high enough."""

    direction: ClassVar[Direction] = "max"

    specificity: Fraction = Field(description="The least specificity.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class SpecificityAtSensitivity(Metric):
    """Best specificity of the thresholds whose sensitivity is high enough."""

    direction: ClassVar[Direction] = "max"

    sensitivity: Fraction = Field(description="The least sensitivity.")
    num_thresholds: NumThresholds = 200
    class_id: ClassId = None
    name: AutoName = None


class AUC(Metric):
    """Area under the ROC curve, or the precision-recall curve, over all thresholds."""

    direction: ClassVar[Direction] = "max"

    num_thresholds: int = Field(
        200, gt=1, description="Thresholds that the curve is drawn through."
    )
    curve: Literal["ROC", "PR", "PRGAIN"] = Field("ROC", description="Which curve.")
    summation_method: Literal["interpolation", "minoring", "majoring"] = Field(
        "interpolation", description="How the area between two points is counted."
    )
    name: AutoName = None
    thresholds: list[Fraction] | None = Field(
        None, min_length=1, description="Thresholds to use in place of evenly spread ones."
    )
    multi_label: bool = Field(
        False, description="Whether each output has a curve, and areas are averaged."
    )
    num_labels: int | None = Field(
        None, gt=0, description="Number of outputs, where multi_label is set."
    )
    label_weights: list[Annotated[float, Field(ge=0)]] | None = Field(
        None, min_length=1, description="Weight of each output's area, where multi_label is set."
    )
    from_logits: bool = Field(
        False,
        description="Whether outputs are logits: no sigmoid or softmax is applied to them yet.",
    )

    @model_validator(mode="after")
    def _label_arguments_have_labels(self) -> Self:
        if self.multi_label:
            return self
        issues = [
            Issue((name,), f"{name} is for `multi_label: true`.", "Set multi_label, or remove it.")
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
    beta: float = Field(1.0, gt=0, description="Weight of recall; 1: that of precision.")
    threshold: ScoreThreshold = None
    name: MetricName = "fbeta_score"

    @property
    def per_class(self) -> bool:
        """Whether it gives one figure for each class, not one in all."""
        return self.average is None


class F1Score(Metric):
    """Harmonic mean of precision and recall."""

    direction: ClassVar[Direction] = "max"

    average: Average = None
    threshold: ScoreThreshold = None
    name: MetricName = "f1_score"

    @property
    def per_class(self) -> bool:
        """Whether it gives one figure for each class, not one in all."""
        return self.average is None
