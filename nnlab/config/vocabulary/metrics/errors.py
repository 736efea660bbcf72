"""Metrics of how far outputs are from targets, and of how well they go along with them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.direction import Direction
from nnlab.config.vocabulary.arguments import ClassAxis, ComparedAxis, Fraction
from nnlab.config.vocabulary.metrics.metric import Metric, MetricName

FromLogits = Annotated[
    bool,
    Field(description="Whether outputs are logits: no sigmoid or softmax is applied to them yet."),
]
LabelSmoothing = Annotated[
    Fraction, Field(description="How far targets are moved from 0 and 1 towards the middle.")
]


class MeanSquaredError(Metric):
    """Mean of the squared errors."""

    aliases: ClassVar[tuple[str, ...]] = ("mse", "MSE")
    direction: ClassVar[Direction] = "min"

    name: MetricName = "mean_squared_error"


class RootMeanSquaredError(Metric):
    """Root of the mean of the squared errors, in the targets' unit."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "root_mean_squared_error"


class MeanAbsoluteError(Metric):
    """Mean of the errors' absolute values, in the targets' unit."""

    aliases: ClassVar[tuple[str, ...]] = ("mae", "MAE")
    direction: ClassVar[Direction] = "min"

    name: MetricName = "mean_absolute_error"


class MeanAbsolutePercentageError(Metric):
    """Mean of the errors' absolute values, in percent of the targets."""

    aliases: ClassVar[tuple[str, ...]] = ("mape", "MAPE")
    direction: ClassVar[Direction] = "min"

    name: MetricName = "mean_absolute_percentage_error"


class MeanSquaredLogarithmicError(Metric):
    """Mean squared error of log(1 + value)."""

    aliases: ClassVar[tuple[str, ...]] = ("msle", "MSLE")
    direction: ClassVar[Direction] = "min"

    name: MetricName = "mean_squared_logarithmic_error"


class LogCoshError(Metric):
    """Mean of log(cosh(error)): squared for small errors, absolute for large ones."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "logcosh"


class CosineSimilarity(Metric):
    """Cosine of the angle between target and output: 1 for one direction."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "cosine_similarity"
    axis: ComparedAxis = -1

    @property
    def compares_units(self) -> bool:
        """One unit has a sign, but no direction."""
        return self.axis != 0


class R2Score(Metric):
    """Part of the targets' variance that is explained: 1 is all, 0 is as good as the mean."""

    direction: ClassVar[Direction] = "max"

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] = Field(
        "uniform_average", description="How the figures of several outputs make one."
    )
    num_regressors: int = Field(
        0, ge=0, description="Inputs to adjust the score for; 0: no adjustment."
    )
    name: MetricName = "r2_score"


class PearsonCorrelation(Metric):
    """Linear correlation of targets and outputs (Pearson, 1895)."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "pearson_correlation"
    axis: ComparedAxis = -1

    @property
    def compares_units(self) -> bool:
        """One number does not vary, so nothing goes along with it."""
        return self.axis != 0


class ConcordanceCorrelation(Metric):
    """Correlation that also counts offset and scale (Lin, 1989)."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "concordance_correlation"
    axis: ComparedAxis = -1

    @property
    def compares_units(self) -> bool:
        """One number does not vary, so nothing goes along with it."""
        return self.axis != 0


class Hinge(Metric):
    """Mean of max(0, 1 - target * output), targets -1 and 1."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "hinge"


class SquaredHinge(Metric):
    """Mean of the square of Hinge."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "squared_hinge"


class CategoricalHinge(Metric):
    """Hinge for several classes, targets one-hot."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "categorical_hinge"


class KLDivergence(Metric):
    """How far one distribution is from another (Kullback and Leibler, 1951)."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "kl_divergence"


class Poisson(Metric):
    """Likelihood of counts whose rate is the output."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "poisson"


class BinaryCrossentropy(Metric):
    """Cross-entropy of yes-or-no targets."""

    aliases: ClassVar[tuple[str, ...]] = ("bce", "BCE")
    direction: ClassVar[Direction] = "min"

    name: MetricName = "binary_crossentropy"
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class CategoricalCrossentropy(Metric):
    """Cross-entropy of one-hot targets."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "categorical_crossentropy"
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0
    axis: ClassAxis = -1


class SparseCategoricalCrossentropy(Metric):
    """Cross-entropy of integer targets."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "sparse_categorical_crossentropy"
    from_logits: FromLogits = False
    ignore_class: int | None = Field(
        None, description="Rows of this class do not count; None: all do."
    )
    axis: ClassAxis = -1
