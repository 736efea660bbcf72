"""The catalog of built-in data sets, made from their classes without loading any rows."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from nnlab.config.vocabulary.datasets import Dataset, Source, Task


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
    return [_info(dataset) for dataset in Dataset.members.values() if issubclass(dataset, Dataset)]


def _info(dataset: type[Dataset]) -> DatasetInfo:
    arguments = {name: field.default for name, field in dataset.model_fields.items()}
    return DatasetInfo(
        name=dataset.yaml_name,
        rows=dataset.size or arguments["n_samples"],
        shape=dataset.shape,
        task=dataset.task,
        source=dataset.source,
        description=inspect.cleandoc(dataset.__doc__ or "").split("\n", 1)[0],
        arguments=arguments,
    )
