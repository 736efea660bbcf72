"""Metrics that count right answers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.direction import Direction
from nnlab.config.vocabulary.arguments import Fraction
from nnlab.config.vocabulary.metrics.metric import Metric, MetricName

K = Annotated[int, Field(gt=0, description="The right class is to be among that many likeliest.")]


class AccuracyByShape(Metric):
    """Part of rows told right, by the shape of the output: binary, categorical or sparse."""

    yaml_name: ClassVar[str] = "accuracy"
    aliases: ClassVar[tuple[str, ...]] = ("acc",)
    direction: ClassVar[Direction] = "max"

    name: Literal["accuracy", "acc"] = Field(
        "accuracy", description="The name in logs and in metrics.csv, one of Keras' two."
    )

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """The strings of Keras alone: it has no such class."""
        return (cls.yaml_name, *cls.aliases)

    @property
    def keras_string(self) -> str:
        """The string that stands for it in Keras, which is also its name in logs."""
        return self.name


class Accuracy(Metric):
    """Part of outputs equal to their targets, to the last digit: for outputs that are labels."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "accuracy"

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """The class alone: the string `accuracy` means the one chosen by shape."""
        return (cls.__name__,)


class BinaryAccuracy(Metric):
    """Part of yes-or-no targets told right."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "binary_accuracy"
    threshold: Fraction = Field(0.5, description="Outputs above it are a yes.")


class CategoricalAccuracy(Metric):
    """Part of rows whose likeliest class is the right one, targets one-hot."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "categorical_accuracy"


class SparseCategoricalAccuracy(Metric):
    """Part of rows whose likeliest class is the right one, targets integers."""

    direction: ClassVar[Direction] = "max"

    name: MetricName = "sparse_categorical_accuracy"


class TopKCategoricalAccuracy(Metric):
    """Part of rows whose right class is among the k likeliest, targets one-hot."""

    direction: ClassVar[Direction] = "max"

    k: K = 5
    name: MetricName = "top_k_categorical_accuracy"


class SparseTopKCategoricalAccuracy(Metric):
    """Part of rows whose right class is among the k likeliest, targets integers."""

    direction: ClassVar[Direction] = "max"

    k: K = 5
    name: MetricName = "sparse_top_k_categorical_accuracy"
    from_sorted_ids: bool = Field(
        False, description="Whether outputs are class codes, likeliest first."
    )
