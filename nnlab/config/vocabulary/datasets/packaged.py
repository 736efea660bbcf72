"""Real data sets from installed packages, available offline."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from nnlab.config.vocabulary.datasets import Dataset, Source, Task


class Iris(Dataset):
    """Three species of iris by the size of their petals and sepals (Fisher, 1936)."""

    yaml_name: ClassVar[str] = "iris"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 150
    shape: ClassVar[tuple[int, ...]] = (4,)


class Wine(Dataset):
    """Wines of three cultivars by their chemical analysis; its features differ widely in scale."""

    yaml_name: ClassVar[str] = "wine"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 178
    shape: ClassVar[tuple[int, ...]] = (13,)


class BreastCancer(Dataset):
    """Malignant and benign tumors by the shape of their cell nuclei (Wisconsin)."""

    yaml_name: ClassVar[str] = "breast_cancer"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 569
    shape: ClassVar[tuple[int, ...]] = (30,)


class Digits(Dataset):
    """Small images of handwritten digits, 8 by 8 pixels of 0 to 16."""

    yaml_name: ClassVar[str] = "digits"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 1797
    shape: ClassVar[tuple[int, ...]] = (8, 8)


class Diabetes(Dataset):
    """Progress of diabetes after a year, from ten measurements of the patient."""

    yaml_name: ClassVar[str] = "diabetes"
    source: ClassVar[Source] = "packaged"
    task: ClassVar[Task] = "regression"
    size: ClassVar[int | None] = 442
    shape: ClassVar[tuple[int, ...]] = (10,)
    scaled: bool = Field(
        default=True, description="Whether features are centered and scaled, as in scikit-learn."
    )


class Mnist5k(Dataset):
    """5,000 real MNIST digits, 28 by 28 gray pixels, 500 of each; available offline."""

    yaml_name: ClassVar[str] = "mnist_5k"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 5000
    shape: ClassVar[tuple[int, ...]] = (28, 28)
