"""Accuracy metrics."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.metrics import Direction
from nnlab.config.vocabulary.arguments import Fraction
from nnlab.config.vocabulary.metrics import Metric, MetricName

K = Annotated[int, Field(gt=0, description="Number of most likely classes that count as correct.")]


class AccuracyByShape(Metric):
    """Accuracy by the shape of the output: binary, categorical or sparse."""

    yaml_name: ClassVar[str] = "accuracy"
    aliases: ClassVar[tuple[str, ...]] = ("acc",)
    direction: ClassVar[Direction] = "max"

    name: Literal["accuracy", "acc"] = Field(
        "accuracy", description="Name in logs and metrics.csv."
    )

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """Return the strings of Keras, which has no such class."""
        return (cls.yaml_name, *cls.aliases)

    @property
    def keras_string(self) -> str:
        """The string that Keras resolves, also its name in logs."""
        return self.name


class Accuracy(Metric):
    """Fraction of outputs that equal their targets exactly."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "accuracy"

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """Return the name of the class; the string `accuracy` selects by shape."""
        return (cls.__name__,)


class BinaryAccuracy(Metric):
    """Accuracy of binary targets."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "binary_accuracy"
    threshold: Fraction = Field(0.5, description="Outputs above it are class 1.")


class CategoricalAccuracy(Metric):
    """Accuracy of the most likely class, for one-hot targets."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "categorical_accuracy"


class SparseCategoricalAccuracy(Metric):
    """Accuracy of the most likely class, for integer targets."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "sparse_categorical_accuracy"


class TopKCategoricalAccuracy(Metric):
    """Fraction of rows with the true class among the k most likely, for one-hot targets."""

    direction: ClassVar[Direction] = "max"

    k: K = 5
    name: MetricName = "top_k_categorical_accuracy"


class SparseTopKCategoricalAccuracy(Metric):
    """Fraction of rows with the true class among the k most likely, for integer targets."""

    direction: ClassVar[Direction] = "max"

    k: K = 5
    name: MetricName = "sparse_top_k_categorical_accuracy"
    from_sorted_ids: bool = Field(
        False, description="Whether outputs are class codes, most likely first."
    )
