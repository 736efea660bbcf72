"""The built-in data sets: their list, made without loading any rows, and their loader."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from nnlab.config.vocabulary.datasets import Dataset, Source, Task
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.table import Table


@dataclass(frozen=True)
class DatasetInfo:
    """One entry of the list of data sets.

    Args:
        name: The name in YAML.
        rows: The number of rows, with the default arguments.
        shape: The shape of one row: `(30,)` for thirty features, `(28, 28)` for an image.
        task: Whether the target is a class or a number.
        source: Where the rows come from.
        description: One sentence.
        arguments: The arguments and their defaults.
    """

    name: str
    rows: int
    shape: tuple[int, ...]
    task: Task
    source: Source
    description: str
    arguments: dict[str, Any]

    @property
    def offline(self) -> bool:
        """Whether the data set needs no network."""
        return self.source != "download"


def list_datasets() -> list[DatasetInfo]:
    """Return all built-in data sets, those that need no network first.

    Example:
        >>> [info.rows for info in list_datasets() if info.name == "iris"]
        [150]
    """
    infos = []
    for dataset in Dataset.members.values():
        if issubclass(dataset, Dataset):
            arguments = {name: field.default for name, field in dataset.model_fields.items()}
            info = DatasetInfo(
                name=dataset.yaml_name,
                rows=dataset.size or arguments["n_samples"],
                shape=dataset.shape,
                task=dataset.task,
                source=dataset.source,
                description=inspect.cleandoc(dataset.__doc__ or "").split("\n", 1)[0],
                arguments=arguments,
            )
            infos.append(info)
    return infos


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
