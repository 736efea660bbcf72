"""The entry point to all built-in data sets."""

from __future__ import annotations

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.table import Table


def load_dataset(dataset: Dataset, seed: int) -> Table | Arrays:
    """Load a built-in data set; `seed` is for generated ones without a `random_state`.

    Raises a `DataError` if the data set is not present and cannot be downloaded.
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
