"""Random pixels that replace a data set of images in a benchmark, where only the shape matters."""

from __future__ import annotations

import numpy as np

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.datasets.generated import TARGET

_IMAGE_AXES = 2
# Of MNIST, Fashion-MNIST and CIFAR-10, the images that are downloaded.
_CLASSES = 10
_TEST_ROWS = 10_000


def supports_random_rows(dataset: Dataset | None) -> bool:
    """Return whether a data set consists of images that must be downloaded; None is a file."""
    return (
        dataset is not None and dataset.source == "download" and len(dataset.shape) >= _IMAGE_AXES
    )


def random_rows(dataset: Dataset) -> Arrays:
    """Return rows with a data set's number, shape and type, but random pixels and classes.

    The rows are the same in every call.
    """
    rng = np.random.default_rng(0)
    count = dataset.size or 0
    pixels = rng.integers(0, 256, (count, *dataset.shape), np.uint8)
    labels = rng.integers(0, _CLASSES, count, np.uint8)
    return Arrays(
        f"random rows of the shape of {dataset.yaml_name}",
        {UNNAMED_INPUT: pixels},
        {TARGET: Categorical.from_values(labels)},
        _TEST_ROWS,
    )
