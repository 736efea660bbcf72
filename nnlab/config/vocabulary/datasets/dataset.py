"""The family of data sets, and what a list of them tells of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from nnlab.config.vocabulary.component import Component

Source = Literal["generated", "packaged", "download"]
Task = Literal["classification", "regression"]


class Dataset(Component):
    """A data set that needs no file of the user's.

    Each member says by its class variables what it holds, so that a list of them loads nothing.

    Args:
        source: Where the rows come from.
        task: Whether the target is a class or a number.
        size: Rows of a set of fixed size; None for a generated one.
        shape: Features, or the axes of one image, where they are fixed.
        instead: For a download, the offline set that serves in its place.
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
    instead: ClassVar[str] = ""
