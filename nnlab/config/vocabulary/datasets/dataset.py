"""The family of data sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from nnlab.config.vocabulary.component import Component

Source = Literal["generated", "packaged", "download"]
Task = Literal["classification", "regression"]


class Dataset(Component):
    """A built-in data set.

    The class variables describe the data, so listing data sets loads no rows.

    Args:
        source: How the rows are obtained.
        task: Whether the target is a class or a number.
        size: Number of rows, or None for a generated data set.
        shape: Number of features, or shape of an image.
        offline_alternative: An alternative to a download that works offline.
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
    size: ClassVar[int | None] = None
    shape: ClassVar[tuple[int, ...]] = (2,)
    offline_alternative: ClassVar[str] = ""
