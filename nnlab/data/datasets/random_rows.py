"""Random pixels that stand in for a data set of pictures, where only their shape matters."""

from __future__ import annotations

import numpy as np

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.datasets.generated import TARGET

_IMAGE_AXES = 2
# Of MNIST, Fashion-MNIST and CIFAR-10: the pictures that are downloaded.
_CLASSES = 10
_TEST_ROWS = 10_000


def can_be_random(dataset: Dataset | None) -> bool:
    """Whether random rows can stand in for a data set: pictures that must be downloaded.

    Args:
        dataset: The data set; None for a file of the user's.
    """
    return (
        dataset is not None and dataset.source == "download" and len(dataset.shape) >= _IMAGE_AXES
    )


def random_rows(dataset: Dataset) -> Arrays:
    """As many rows as a data set has, of the same shape and type, with random pixels and classes.

    Args:
        dataset: The data set, for which `can_be_random` holds.

    Returns:
        The rows, the same ones every time.

    Example:
        >>> from nnlab.config.vocabulary.datasets.downloads import Mnist
        >>> rows = random_rows(Mnist())
        >>> rows.inputs["input"].shape, rows.inputs["input"].dtype.name, rows.test_rows
        ((70000, 28, 28), 'uint8', 10000)
    """
    random = np.random.default_rng(0)
    count = dataset.size or 0
    pixels = random.integers(0, 256, (count, *dataset.shape), np.uint8)
    labels = random.integers(0, _CLASSES, count, np.uint8)
    return Arrays(
        f"random rows of the shape of {dataset.yaml_name}",
        {UNNAMED_INPUT: pixels},
        {TARGET: Categorical.of(labels)},
        _TEST_ROWS,
    )
