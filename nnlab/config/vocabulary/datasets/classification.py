"""Generated data sets whose target is a class."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.datasets import (
    ROWS,
    Count,
    Dataset,
    Fraction,
    Generated,
    StandardDeviation,
)

NOISE = "Standard deviation of the Gaussian noise added to each feature."


class Xor(Generated, Dataset):
    """Exclusive or: class 1 if exactly one of two features is 1; not linearly separable."""

    yaml_name: ClassVar[str] = "xor"
    n_samples: int = Field(
        4, ge=4, description="Number of rows, distributed over the four corners."
    )
    noise: StandardDeviation = Field(0.0, description=NOISE)


class Moons(Generated, Dataset):
    """Two interleaved half circles (`make_moons`)."""

    yaml_name: ClassVar[str] = "moons"
    n_samples: int = Field(400, ge=4, description=ROWS)
    noise: StandardDeviation = Field(0.2, description=NOISE)


class Circles(Generated, Dataset):
    """A small circle inside a large one (`make_circles`)."""

    yaml_name: ClassVar[str] = "circles"
    n_samples: int = Field(400, ge=4, description=ROWS)
    noise: StandardDeviation = Field(0.1, description=NOISE)
    factor: Fraction = Field(0.8, description="Radius of the inner circle, relative to the outer.")


class Spirals(Generated, Dataset):
    """Spiral arms around one center, one class each."""

    yaml_name: ClassVar[str] = "spirals"
    n_samples: int = Field(400, ge=4, description=ROWS)
    noise: StandardDeviation = Field(0.05, description=NOISE)
    n_classes: int = Field(2, ge=2, description="Number of arms.")
    turns: float = Field(1.0, gt=0, description="Turns of each arm.")

    @model_validator(mode="after")
    def _a_row_for_each_class(self) -> Self:
        return self.require_rows(self.n_classes, "classes")


class Blobs(Generated, Dataset):
    """Gaussian clusters, one class each (`make_blobs`)."""

    yaml_name: ClassVar[str] = "blobs"
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: Count = Field(2, description="Number of features.")
    centers: int = Field(3, ge=2, description="Number of clusters, and of classes.")
    cluster_std: StandardDeviation = Field(1.0, description="Standard deviation of each cluster.")

    @model_validator(mode="after")
    def _a_row_for_each_class(self) -> Self:
        return self.require_rows(self.centers, "clusters")


class GaussianQuantiles(Generated, Dataset):
    """A Gaussian cluster split into rings of equal size (`make_gaussian_quantiles`)."""

    yaml_name: ClassVar[str] = "gaussian_quantiles"
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: Count = Field(2, description="Number of features.")
    n_classes: int = Field(3, ge=2, description="Number of rings.")

    @model_validator(mode="after")
    def _a_row_for_each_class(self) -> Self:
        return self.require_rows(self.n_classes, "classes")


class Classification(Generated, Dataset):
    """Clusters on the corners of a hypercube (`make_classification`)."""

    yaml_name: ClassVar[str] = "classification"
    shape: ClassVar[tuple[int, ...]] = (20,)
    n_samples: int = Field(1000, ge=4, description=ROWS)
    n_features: Count = Field(20, description="Number of features.")
    n_informative: Count = Field(2, description="Number of informative features.")
    n_redundant: int = Field(
        2, ge=0, description="Number of linear combinations of informative features."
    )
    n_classes: int = Field(2, ge=2, description="Number of classes.")
    n_clusters_per_class: Count = Field(2, description="Number of clusters per class.")
    flip_y: Fraction = Field(0.01, description="Fraction of the rows with a random class.")
    class_sep: float = Field(1.0, gt=0, description="Distance between the clusters.")

    @model_validator(mode="after")
    def _features_suffice(self) -> Self:
        issues = []
        if self.n_informative + self.n_redundant > self.n_features:
            message = (
                "n_features must be at least n_informative + n_redundant. "
                f"Received: {self.n_features} < {self.n_informative} + {self.n_redundant}."
            )
            issues.append(
                Issue(("n_features",), message, "Increase n_features, or decrease the others.")
            )
        clusters = self.n_classes * self.n_clusters_per_class
        if clusters > 2**self.n_informative:
            message = (
                "n_classes * n_clusters_per_class must be at most 2 ** n_informative. "
                f"Received: {clusters} > {2**self.n_informative}."
            )
            issues.append(Issue(("n_informative",), message, "Increase n_informative."))
        if issues:
            raise issues_error(issues)
        return self.require_rows(clusters, "clusters")


class Hastie(Generated, Dataset):
    """Ten Gaussian features; class 1 is far from the center (`make_hastie_10_2`)."""

    yaml_name: ClassVar[str] = "hastie"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(2000, ge=4, description=ROWS)
