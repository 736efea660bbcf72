"""Opens a built-in data set, wherever its rows come from."""

from __future__ import annotations

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.table import Table


def open_dataset(dataset: Dataset, seed: int) -> Table | Arrays:
    """Open a built-in data set.

    Args:
        dataset: The data set and its arguments.
        seed: The experiment's seed, for generated ones that have none of their own.

    Returns:
        A table, or arrays.

    Raises:
        DataError: If it must be downloaded and cannot be.

    Example:
        >>> from nnlab.config.vocabulary.datasets.classification import Xor
        >>> open_dataset(Xor(), seed=42).rows
        4
    """
    match dataset.source:
        case "generated":
            from nnlab.data.datasets.generated import generate

            return generate(dataset, seed)
        case "packaged":
            from nnlab.data.datasets.packaged import load_packaged

            return load_packaged(dataset)
        case "download":
            from nnlab.data.datasets.keras_datasets import load_download

            return load_download(dataset)
