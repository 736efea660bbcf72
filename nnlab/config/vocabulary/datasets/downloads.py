"""Real data sets, downloaded once to Keras' data folder."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnlab.config.vocabulary.datasets import Dataset, Source, Task


class Mnist(Dataset):
    """70,000 handwritten digits, 28 by 28 gray pixels, 10,000 of them for the test."""

    yaml_name: ClassVar[str] = "mnist"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 70_000
    shape: ClassVar[tuple[int, ...]] = (28, 28)
    offline_alternative: ClassVar[str] = "mnist_5k"


class FashionMnist(Dataset):
    """70,000 images of ten kinds of clothes, 28 by 28 gray pixels, 10,000 for the test."""

    yaml_name: ClassVar[str] = "fashion_mnist"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 70_000
    shape: ClassVar[tuple[int, ...]] = (28, 28)
    offline_alternative: ClassVar[str] = "mnist_5k"


class Cifar10(Dataset):
    """60,000 color photographs of ten kinds, 32 by 32 pixels, 10,000 for the test."""

    yaml_name: ClassVar[str] = "cifar10"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 60_000
    shape: ClassVar[tuple[int, ...]] = (32, 32, 3)
    offline_alternative: ClassVar[str] = "mnist_5k"


class CaliforniaHousing(Dataset):
    """House values in dollars of Californian districts (1990 census), a fifth for the test."""

    yaml_name: ClassVar[str] = "california_housing"
    source: ClassVar[Source] = "download"
    task: ClassVar[Task] = "regression"
    size: ClassVar[int | None] = 20_640
    shape: ClassVar[tuple[int, ...]] = (8,)
    offline_alternative: ClassVar[str] = "diabetes"
    version: Literal["large", "small"] = Field("large", description="small: the first 600 rows.")


class BostonHousing(Dataset):
    """House values in thousands of dollars of Boston suburbs (1970s), a fifth for the test.

    Its column `b` is based on a racist assumption: use it only to discuss that, and
    `california_housing` otherwise.
    """

    yaml_name: ClassVar[str] = "boston_housing"
    source: ClassVar[Source] = "download"
    task: ClassVar[Task] = "regression"
    size: ClassVar[int | None] = 506
    shape: ClassVar[tuple[int, ...]] = (13,)
    offline_alternative: ClassVar[str] = "diabetes"


class Reuters(Dataset):
    """11,228 news stories of 46 topics, each as a bag of words, a fifth for the test."""

    yaml_name: ClassVar[str] = "reuters"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 11_228
    shape: ClassVar[tuple[int, ...]] = (10_000,)
    offline_alternative: ClassVar[str] = "digits"
    num_words: int = Field(10_000, gt=3, description="Number of features: the most frequent words.")


class Imdb(Dataset):
    """50,000 film reviews, good or bad, each as a bag of words, half for the test."""

    yaml_name: ClassVar[str] = "imdb"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 50_000
    shape: ClassVar[tuple[int, ...]] = (10_000,)
    offline_alternative: ClassVar[str] = "breast_cancer"
    num_words: int = Field(10_000, gt=3, description="Number of features: the most frequent words.")
