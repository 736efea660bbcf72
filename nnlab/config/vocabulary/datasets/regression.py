"""Generated data sets whose target is a number."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from nnlab.config.vocabulary.datasets import (
    ROWS,
    Count,
    Dataset,
    Fraction,
    Generated,
    StandardDeviation,
    Task,
)

TARGET_NOISE = "Standard deviation of the Gaussian noise added to the target."
OUTLIERS = "Fraction of the rows whose target is far too high."


class Linear(Generated, Dataset):
    """A line, target = slope * x + intercept, with noise and optional outliers."""

    yaml_name: ClassVar[str] = "linear"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (1,)
    n_samples: int = Field(200, ge=4, description=ROWS)
    noise: StandardDeviation = Field(0.1, description=TARGET_NOISE)
    slope: float = Field(2.0, description="Slope of the line; x is in [-1, 1].")
    intercept: float = Field(1.0, description="Value of the line at x = 0.")
    outliers: Fraction = Field(0.0, description=OUTLIERS)


class Sine(Generated, Dataset):
    """A noisy sine, target = sin(2 pi * frequency * x), on few rows: shows overfitting."""

    yaml_name: ClassVar[str] = "sine"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (1,)
    n_samples: int = Field(200, ge=4, description=ROWS)
    noise: StandardDeviation = Field(0.1, description=TARGET_NOISE)
    frequency: float = Field(0.5, gt=0, description="Periods per unit of x; x is in [-1, 1].")
    outliers: Fraction = Field(0.0, description=OUTLIERS)


class Regression(Generated, Dataset):
    """A random linear combination of Gaussian features (`make_regression`)."""

    yaml_name: ClassVar[str] = "regression"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: Count = Field(10, description="Number of features.")
    n_informative: Count = Field(10, description="Number of features that the target depends on.")
    n_targets: Count = Field(1, description="Number of targets: target, or target_1, target_2, …")
    bias: float = Field(0.0, description="Target if all features are 0.")
    noise: StandardDeviation = Field(0.0, description=TARGET_NOISE)
    outliers: Fraction = Field(0.0, description=OUTLIERS)


class Friedman1(Generated, Dataset):
    """A nonlinear function of five features among irrelevant ones (`make_friedman1`)."""

    yaml_name: ClassVar[str] = "friedman1"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: int = Field(10, ge=5, description="Number of features.")
    noise: StandardDeviation = Field(0.0, description=TARGET_NOISE)
