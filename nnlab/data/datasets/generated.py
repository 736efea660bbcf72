"""Data sets that are drawn by chance: points in a plane, curves, and scikit-learn's generators."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.datasets import Dataset, classification, regression
from nnlab.data.containers.categorical import Codes
from nnlab.data.containers.table import MemoryTable

TARGET = "target"

# How far outliers lie above the others, in standard deviations of the target: far enough that the
# squared error of a few of them outweighs that of all other rows.
_OUTLIER_RANGE = (5.0, 10.0)


@singledispatch
def generate(word: Dataset, seed: int) -> MemoryTable:
    """Draw a generated data set.

    Args:
        word: The data set and its arguments.
        seed: What chance follows from where the word has no `random_state`.

    Returns:
        The features x1, x2, … and the target.

    Example:
        >>> generate(classification.Moons(n_samples=6), seed=42).kinds
        {'x1': 'number', 'x2': 'number', 'target': 'text'}
    """
    message = f"Expected a generated data set. Received: {word.called()} with seed={seed}."
    raise TypeError(message)


@generate.register
def _(word: classification.Xor, seed: int) -> MemoryTable:
    rng = _generator(word, seed)
    corner = np.arange(word.n_samples) % 4
    x = np.column_stack([corner // 2, corner % 2]).astype(float)
    classes = (x[:, 0] != x[:, 1]).astype(int)
    return _table(word, x + _noise(rng, word.noise, x.shape), _classes(classes))


@generate.register
def _(word: classification.Moons, seed: int) -> MemoryTable:
    from sklearn.datasets import make_moons

    x, y = make_moons(
        word.n_samples, noise=word.noise or None, random_state=_random_state(word, seed)
    )
    return _table(word, x, _classes(y))


@generate.register
def _(word: classification.Circles, seed: int) -> MemoryTable:
    from sklearn.datasets import make_circles

    x, y = make_circles(
        word.n_samples,
        noise=word.noise or None,
        factor=word.factor,
        random_state=_random_state(word, seed),
    )
    return _table(word, x, _classes(y))


@generate.register
def _(word: classification.Spirals, seed: int) -> MemoryTable:
    rng = _generator(word, seed)
    arm = np.arange(word.n_samples) % word.n_classes
    # The square root spreads the points evenly along the arm, as it grows longer outwards.
    radius = np.sqrt(rng.uniform(0.0, 1.0, word.n_samples))
    angle = 2 * np.pi * (word.turns * radius + arm / word.n_classes)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return _table(word, x + _noise(rng, word.noise, x.shape), _classes(arm))


@generate.register
def _(word: classification.Blobs, seed: int) -> MemoryTable:
    from sklearn.datasets import make_blobs

    x, y = make_blobs(
        word.n_samples,
        n_features=word.n_features,
        centers=word.centers,
        cluster_std=word.cluster_std,
        random_state=_random_state(word, seed),
    )
    return _table(word, x, _classes(y))


@generate.register
def _(word: classification.GaussianQuantiles, seed: int) -> MemoryTable:
    from sklearn.datasets import make_gaussian_quantiles

    x, y = make_gaussian_quantiles(
        n_samples=word.n_samples,
        n_features=word.n_features,
        n_classes=word.n_classes,
        random_state=_random_state(word, seed),
    )
    return _table(word, x, _classes(y))


@generate.register
def _(word: classification.Classification, seed: int) -> MemoryTable:
    from sklearn.datasets import make_classification

    x, y = make_classification(
        word.n_samples,
        n_features=word.n_features,
        n_informative=word.n_informative,
        n_redundant=word.n_redundant,
        n_classes=word.n_classes,
        n_clusters_per_class=word.n_clusters_per_class,
        flip_y=word.flip_y,
        class_sep=word.class_sep,
        random_state=_random_state(word, seed),
    )
    return _table(word, x, _classes(y))


@generate.register
def _(word: classification.Hastie, seed: int) -> MemoryTable:
    from sklearn.datasets import make_hastie_10_2

    x, y = make_hastie_10_2(word.n_samples, random_state=_random_state(word, seed))
    return _table(word, x, _classes(y > 0))


@generate.register
def _(word: regression.Linear, seed: int) -> MemoryTable:
    rng = _generator(word, seed)
    x = rng.uniform(-1.0, 1.0, (word.n_samples, 1))
    y = word.slope * x[:, 0] + word.intercept + _noise(rng, word.noise, word.n_samples)
    return _table(word, x, _with_outliers(y, word.outliers, rng))


@generate.register
def _(word: regression.Sine, seed: int) -> MemoryTable:
    rng = _generator(word, seed)
    x = rng.uniform(-1.0, 1.0, (word.n_samples, 1))
    y = np.sin(2 * np.pi * word.frequency * x[:, 0]) + _noise(rng, word.noise, word.n_samples)
    return _table(word, x, _with_outliers(y, word.outliers, rng))


@generate.register
def _(word: regression.Regression, seed: int) -> MemoryTable:
    from sklearn.datasets import make_regression

    x, y = make_regression(
        word.n_samples,
        n_features=word.n_features,
        n_informative=word.n_informative,
        n_targets=word.n_targets,
        bias=word.bias,
        noise=word.noise,
        random_state=_random_state(word, seed),
    )
    rng = _generator(word, seed)
    columns = y.reshape(word.n_samples, -1).T
    return _table(word, x, *(_with_outliers(column, word.outliers, rng) for column in columns))


@generate.register
def _(word: regression.Friedman1, seed: int) -> MemoryTable:
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(
        word.n_samples,
        n_features=word.n_features,
        noise=word.noise,
        random_state=_random_state(word, seed),
    )
    return _table(word, x, y)


def _table(word: Dataset, x: NDArray[Any], *targets: NDArray[np.float64] | Codes) -> MemoryTable:
    features = {f"x{number}": column for number, column in enumerate(x.T, 1)}
    names = [TARGET] if len(targets) == 1 else [f"{TARGET}_{n + 1}" for n in range(len(targets))]
    columns = {**features, **dict(zip(names, targets, strict=True))}
    return MemoryTable(word.called(), columns, tuple(names))


def _classes(codes: Sequence[int] | NDArray[Any]) -> Codes:
    return Codes.of(np.asarray(codes, np.int64))


def _random_state(word: Dataset, seed: int) -> int:
    own: int | None = getattr(word, "random_state", None)
    return seed if own is None else own


def _generator(word: Dataset, seed: int) -> np.random.Generator:
    return np.random.default_rng(_random_state(word, seed))


def _noise(
    rng: np.random.Generator, deviation: float, shape: int | tuple[int, ...]
) -> NDArray[np.float64]:
    return rng.normal(0.0, deviation, shape)


def _with_outliers(
    y: NDArray[np.float64], fraction: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Raise some targets far above the others, all upwards, so that they do not cancel out."""
    rows = rng.choice(len(y), round(fraction * len(y)), replace=False)
    y = y.copy()
    y[rows] += y.std() * rng.uniform(*_OUTLIER_RANGE, len(rows))
    return y
