"""Error, correlation and loss metrics."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.direction import Direction
from nnlab.config.vocabulary.arguments import ClassAxis, ComparedAxis, Fraction
from nnlab.config.vocabulary.metrics.metric import Metric, MetricName

FromLogits = Annotated[
    bool,
    Field(description="Whether outputs are logits, without sigmoid or softmax."),
]
LabelSmoothing = Annotated[
    Fraction, Field(description="Label smoothing: how far targets move from 0 and 1 to the middle.")
]


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


class CosineSimilarity(Metric):
    """Cosine of the angle between target and output."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "cosine_similarity"
    axis: ComparedAxis = -1

    @property
    def compares_units(self) -> bool:
        """Whether it compares units: a single unit has no direction."""
        return self.axis != 0


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


class PearsonCorrelation(Metric):
    """Linear correlation of target and output (Pearson, 1895)."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "pearson_correlation"
    axis: ComparedAxis = -1

    @property
    def compares_units(self) -> bool:
        """Whether it compares units: a single unit has no variance."""
        return self.axis != 0


class ConcordanceCorrelation(Metric):
    """Correlation that accounts for offset and scale (Lin, 1989)."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "concordance_correlation"
    axis: ComparedAxis = -1

    @property
    def compares_units(self) -> bool:
        """Whether it compares units: a single unit has no variance."""
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
    ignore_class: int | None = Field(None, description="Class to ignore; None: no class.")
    axis: ClassAxis = -1
