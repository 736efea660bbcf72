"""The family of data sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from nnlab.config.vocabulary.component import Component

Source = Literal["generated", "packaged", "download"]
Task = Literal["classification", "regression"]


class Dataset(Component):
    """A built-in data set.

    Class variables describe the data: listing data sets loads no rows.
    """

    family: ClassVar[str] = "a data set"
    example: ClassVar[str] = "moons: {n_samples: 400}"
    files: ClassVar[Mapping[str, str]] = {
        "classification": "Xor Moons Circles Spirals Blobs GaussianQuantiles Classification Hastie",
        "regression": "Linear Sine Regression Friedman1",
        "packaged": "Iris Wine BreastCancer Digits Diabetes Mnist5k",
        "downloads": "Mnist FashionMnist Cifar10 CaliforniaHousing BostonHousing Reuters Imdb",
    }
    source: ClassVar[Source] = "generated"
    task: ClassVar[Task] = "classification"
    # Number of rows; None for a generated data set.
    size: ClassVar[int | None] = None
    # Number of features, or shape of an image.
    shape: ClassVar[tuple[int, ...]] = (2,)
    # Similar data set that is available offline, for a download.
    offline_alternative: ClassVar[str] = ""
