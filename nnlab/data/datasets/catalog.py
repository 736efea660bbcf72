"""What data sets there are, told from their words alone: nothing is loaded."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from nnlab.config.vocabulary.datasets import Dataset, Source, Task


@dataclass(frozen=True)
class DatasetFacts:
    """One line of the list of data sets.

    Args:
        name: Its name in YAML.
        rows: Number of rows, with the default arguments.
        shape: Shape of one row: (30,) for thirty features, (28, 28) for an image.
        task: Whether its target is a class or a number.
        source: Where its rows come from.
        description: One sentence.
        arguments: Its arguments with their defaults.
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
        """Whether it needs no network."""
        return self.source != "download"


def catalogue() -> list[DatasetFacts]:
    """All built-in data sets, those that need no network first.

    Returns:
        What each of them is.

    Example:
        >>> [facts.rows for facts in catalogue() if facts.name == "iris"]
        [150]
    """
    return [_facts(dataset) for dataset in Dataset.members.values() if issubclass(dataset, Dataset)]


def _facts(dataset: type[Dataset]) -> DatasetFacts:
    arguments = {name: field.default for name, field in dataset.model_fields.items()}
    return DatasetFacts(
        name=dataset.yaml_name,
        rows=dataset.size or arguments["n_samples"],
        shape=dataset.shape,
        task=dataset.task,
        source=dataset.source,
        description=inspect.cleandoc(dataset.__doc__ or "").split("\n", 1)[0],
        arguments=arguments,
    )
