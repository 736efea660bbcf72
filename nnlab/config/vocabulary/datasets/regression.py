"""Generated data sets whose target is a number."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from nnlab.config.vocabulary.datasets.dataset import Dataset, Task
from nnlab.config.vocabulary.datasets.generated import (
    RANDOM_STATE,
    ROWS,
    Count,
    Fraction,
    RandomState,
    Spread,
)

TARGET_NOISE = "Standard deviation of the Gaussian noise added to the target."
OUTLIERS = "Fraction of the rows whose target is wildly too high."


class Linear(Dataset):
    """A straight line, target = slope * x + intercept, with noise and perhaps outliers."""

    yaml_name: ClassVar[str] = "linear"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (1,)
    n_samples: int = Field(200, ge=4, description=ROWS)
    noise: Spread = Field(0.1, description=TARGET_NOISE)
    slope: float = Field(2.0, description="Slope of the line; x lies in [-1, 1].")
    intercept: float = Field(1.0, description="The line's height at x = 0.")
    outliers: Fraction = Field(0.0, description=OUTLIERS)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Sine(Dataset):
    """A noisy curve, target = sin(2 pi * frequency * x), on few rows: shows overfitting."""

    yaml_name: ClassVar[str] = "sine"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (1,)
    n_samples: int = Field(200, ge=4, description=ROWS)
    noise: Spread = Field(0.1, description=TARGET_NOISE)
    frequency: float = Field(0.5, gt=0, description="Waves on a length of 1; x lies in [-1, 1].")
    outliers: Fraction = Field(0.0, description=OUTLIERS)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Regression(Dataset):
    """A random linear combination of Gaussian features (`make_regression`)."""

    yaml_name: ClassVar[str] = "regression"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: Count = Field(10, description="Number of features.")
    n_informative: Count = Field(10, description="Features that the target depends on.")
    n_targets: Count = Field(1, description="Number of targets: target, or target_1, target_2, …")
    bias: float = Field(0.0, description="The target where all features are 0.")
    noise: Spread = Field(0.0, description=TARGET_NOISE)
    outliers: Fraction = Field(0.0, description=OUTLIERS)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Friedman1(Dataset):
    """A curved function of five features beside useless ones (`make_friedman1`)."""

    yaml_name: ClassVar[str] = "friedman1"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: int = Field(10, ge=5, description="Number of features.")
    noise: Spread = Field(0.0, description=TARGET_NOISE)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)
