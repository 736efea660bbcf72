"""Randomly generated data sets: points in a plane, curves, and scikit-learn's generators.

In a benchmark, where only the shape matters, random pixels also replace images to download.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.datasets import Dataset, classification, regression
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import MemoryTable

TARGET = "target"

# How much outliers are raised, in standard deviations of the target. The squared error of a few of
# them outweighs that of all other rows.
_OUTLIER_RANGE = (5.0, 10.0)

_IMAGE_AXES = 2
# Of MNIST, Fashion-MNIST and CIFAR-10, the images that are downloaded.
_CLASSES = 10
_TEST_ROWS = 10_000


@singledispatch
def generate(dataset: Dataset, seed: int) -> MemoryTable:
    """Generate a data set with the features x1, x2, … and the target.

    The data set's `random_state` overrides the seed.
    """
    raise TypeError(
        f"Expected a generated data set. Received: {dataset.display_name()} with seed={seed}."
    )


@generate.register
def _(dataset: classification.Xor, seed: int) -> MemoryTable:
    rng = _generator(dataset, seed)
    corner = np.arange(dataset.n_samples) % 4
    x = np.column_stack([corner // 2, corner % 2]).astype(float)
    classes = (x[:, 0] != x[:, 1]).astype(int)
    return _table(dataset, x + rng.normal(0.0, dataset.noise, x.shape), _classes(classes))


@generate.register
def _(dataset: classification.Moons, seed: int) -> MemoryTable:
    from sklearn.datasets import make_moons

    x, y = make_moons(**_arguments(dataset, seed) | {"noise": dataset.noise or None})
    return _table(dataset, x, _classes(y))


@generate.register
def _(dataset: classification.Circles, seed: int) -> MemoryTable:
    from sklearn.datasets import make_circles

    x, y = make_circles(**_arguments(dataset, seed) | {"noise": dataset.noise or None})
    return _table(dataset, x, _classes(y))


@generate.register
def _(dataset: classification.Spirals, seed: int) -> MemoryTable:
    rng = _generator(dataset, seed)
    arm = np.arange(dataset.n_samples) % dataset.n_classes
    # The square root spreads the points evenly along the arm, which gets longer outwards.
    radius = np.sqrt(rng.uniform(0.0, 1.0, dataset.n_samples))
    angle = 2 * np.pi * (dataset.turns * radius + arm / dataset.n_classes)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return _table(dataset, x + rng.normal(0.0, dataset.noise, x.shape), _classes(arm))


@generate.register
def _(dataset: classification.Blobs, seed: int) -> MemoryTable:
    from sklearn.datasets import make_blobs

    x, y = make_blobs(**_arguments(dataset, seed))
    return _table(dataset, x, _classes(y))


@generate.register
def _(dataset: classification.GaussianQuantiles, seed: int) -> MemoryTable:
    from sklearn.datasets import make_gaussian_quantiles

    x, y = make_gaussian_quantiles(**_arguments(dataset, seed))
    return _table(dataset, x, _classes(y))


@generate.register
def _(dataset: classification.Classification, seed: int) -> MemoryTable:
    from sklearn.datasets import make_classification

    x, y = make_classification(**_arguments(dataset, seed))
    return _table(dataset, x, _classes(y))


@generate.register
def _(dataset: classification.Hastie, seed: int) -> MemoryTable:
    from sklearn.datasets import make_hastie_10_2

    x, y = make_hastie_10_2(**_arguments(dataset, seed))
    return _table(dataset, x, _classes(y > 0))


@generate.register
def _(dataset: regression.Linear, seed: int) -> MemoryTable:
    rng = _generator(dataset, seed)
    x = rng.uniform(-1.0, 1.0, (dataset.n_samples, 1))
    noise = rng.normal(0.0, dataset.noise, dataset.n_samples)
    y = dataset.slope * x[:, 0] + dataset.intercept + noise
    return _table(dataset, x, _add_outliers(y, dataset.outliers, rng))


@generate.register
def _(dataset: regression.Sine, seed: int) -> MemoryTable:
    rng = _generator(dataset, seed)
    x = rng.uniform(-1.0, 1.0, (dataset.n_samples, 1))
    noise = rng.normal(0.0, dataset.noise, dataset.n_samples)
    y = np.sin(2 * np.pi * dataset.frequency * x[:, 0]) + noise
    return _table(dataset, x, _add_outliers(y, dataset.outliers, rng))


@generate.register
def _(dataset: regression.Regression, seed: int) -> MemoryTable:
    from sklearn.datasets import make_regression

    arguments = _arguments(dataset, seed)
    outliers = arguments.pop("outliers")
    x, y = make_regression(**arguments)
    rng = _generator(dataset, seed)
    columns = y.reshape(dataset.n_samples, -1).T
    return _table(dataset, x, *(_add_outliers(column, outliers, rng) for column in columns))


@generate.register
def _(dataset: regression.Friedman1, seed: int) -> MemoryTable:
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(**_arguments(dataset, seed))
    return _table(dataset, x, y)


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


def _table(
    dataset: Dataset, x: NDArray[Any], *targets: NDArray[np.float64] | Categorical
) -> MemoryTable:
    features = {f"x{number}": column for number, column in enumerate(x.T, 1)}
    names = [TARGET] if len(targets) == 1 else [f"{TARGET}_{n + 1}" for n in range(len(targets))]
    columns = {**features, **dict(zip(names, targets, strict=True))}
    return MemoryTable(dataset.display_name(), columns, tuple(names))


def _classes(codes: Sequence[int] | NDArray[Any]) -> Categorical:
    return Categorical.from_values(np.asarray(codes, np.int64))


def _arguments(dataset: Dataset, seed: int) -> dict[str, Any]:
    """Return the arguments of a data set, which are named as in scikit-learn, with its seed."""
    arguments = dict(dataset)
    if arguments["random_state"] is None:
        arguments["random_state"] = seed
    return arguments


def _generator(dataset: Dataset, seed: int) -> np.random.Generator:
    return np.random.default_rng(_arguments(dataset, seed)["random_state"])


def _add_outliers(
    y: NDArray[np.float64], fraction: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Raise some targets far above the others; in one direction, so they do not cancel out."""
    rows = rng.choice(len(y), round(fraction * len(y)), replace=False)
    y = y.copy()
    y[rows] += y.std() * rng.uniform(*_OUTLIER_RANGE, len(rows))
    return y
