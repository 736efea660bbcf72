"""Error, correlation and loss metrics."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnlab.config.metrics import Direction
from nnlab.config.vocabulary.arguments import (
    ClassAxis,
    ComparedAxis,
    FromLogits,
    IgnoreClass,
    LabelSmoothing,
)
from nnlab.config.vocabulary.metrics import Metric, MetricName


class MeanSquaredError(Metric):
    """Mean of the squared errors."""

    aliases: ClassVar[tuple[str, ...]] = ("mse", "MSE")
    direction: ClassVar[Direction] = "min"

    name: MetricName = "mean_squared_error"


class RootMeanSquaredError(Metric):
    """Root mean squared error, in the unit of the target."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "root_mean_squared_error"


class MeanAbsoluteError(Metric):
    """Mean absolute error, in the unit of the target."""

    aliases: ClassVar[tuple[str, ...]] = ("mae", "MAE")
    direction: ClassVar[Direction] = "min"

    name: MetricName = "mean_absolute_error"


class MeanAbsolutePercentageError(Metric):
    """Mean absolute error in percent of the targets."""

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


class _AlongAxis(Metric):
    """A similarity of targets and outputs along an axis."""

    direction: ClassVar[Direction] = "max"

    axis: ComparedAxis = -1

    @property
    def compares_units(self) -> bool:
        """Whether it compares units: a single unit has no direction and no variance."""
        return self.axis != 0


class CosineSimilarity(_AlongAxis):
    """Cosine of the angle between target and output."""

    name: MetricName = "cosine_similarity"


class R2Score(Metric):
    """Explained fraction of the variance: 1 is perfect, 0 is as good as the mean."""

    direction: ClassVar[Direction] = "max"

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] = Field(
        "uniform_average", description="Average over several outputs."
    )
    num_regressors: int = Field(
        0, ge=0, description="Number of features for the adjusted score; 0: not adjusted."
    )
    name: MetricName = "r2_score"


class PearsonCorrelation(_AlongAxis):
    """Linear correlation of target and output (Pearson, 1895)."""

    name: MetricName = "pearson_correlation"


class ConcordanceCorrelation(_AlongAxis):
    """Correlation that accounts for offset and scale (Lin, 1989)."""

    name: MetricName = "concordance_correlation"


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
    """Kullback-Leibler divergence of two distributions (Kullback and Leibler, 1951)."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "kl_divergence"


class Poisson(Metric):
    """Poisson loss: the output is the rate of a count."""

    direction: ClassVar[Direction] = "min"

    name: MetricName = "poisson"


class BinaryCrossentropy(Metric):
    """Cross-entropy of binary targets."""

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
    ignore_class: IgnoreClass = None
    axis: ClassAxis = -1
