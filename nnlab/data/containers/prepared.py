"""Prepared data: rows that a model can be trained on, and how they were encoded."""

from __future__ import annotations

from dataclasses import dataclass
from mmap import mmap
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rows:
    """The training, validation or test rows.

    Arrays that are too large for memory are memory-mapped files: see `is_on_disk`.

    Args:
        inputs: For each input `(rows, *shape)`: uint8 images, float32 numbers or int32 codes.
        targets: For each output `(rows, units)` float32 (numbers, or one-hot classes), or `(rows,)`
            int32 class codes.
        sample_weight: `(rows,)` float32: each row's weight in the loss; None if all are equal.

    Example:
        >>> rows = Rows({"input": np.zeros((4, 2))}, {"output": np.zeros((4, 1))}, None)
        >>> len(rows)
        4
    """

    inputs: dict[str, NDArray[Any]]
    targets: dict[str, NDArray[Any]]
    sample_weight: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.inputs.values())))


def is_on_disk(array: NDArray[Any]) -> bool:
    """Return whether an array is a memory-mapped file, or a view of one.

    Example:
        >>> is_on_disk(np.zeros(3))
        False
    """
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap)


@dataclass(frozen=True)
class Column:
    """How one raw column of a table becomes features.

    Args:
        name: The column's name in the table.
        kind: Whether its values are numbers or categories.
        fill: The number that replaces missing ones, learned from the training rows; None if such
            rows are rejected or dropped.
        categories: The values in the training rows, sorted (the classes of a built-in data set keep
            their order); empty for numbers. A numeric category is written as Python writes it,
            without `.0`, a bool as True or False.
        encoding: `one_hot`: one feature per category, all 0 if the value is missing or was not in
            the training rows. `integer`: codes from 1, and 0 for such values. None for numbers.
    """

    name: str
    kind: Literal["number", "category"]
    fill: float | None = None
    categories: tuple[str, ...] = ()
    encoding: Literal["one_hot", "integer"] | None = None

    @property
    def width(self) -> int:
        """The number of features that the column becomes."""
        return len(self.categories) if self.encoding == "one_hot" else 1


@dataclass(frozen=True)
class InputSpec:
    """One input of the data; the model computes `x * scale + offset`.

    Args:
        name: The input's name.
        shape: The shape of one row: `(28, 28)` for an image, `(30,)` for thirty features.
        dtype: The type in `Rows.inputs`: uint8, float32 or int32.
        columns: The columns of a table, in the order of the features; empty for arrays.
        scale: One number, or `(features,)` float32, learned from the training rows; None without
            scaling.
        offset: As `scale`.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    columns: tuple[Column, ...] = ()
    scale: NDArray[np.float32] | float | None = None
    offset: NDArray[np.float32] | float | None = None


@dataclass(frozen=True)
class TargetSpec:
    """The target of one output.

    Args:
        name: The output's name.
        kind: Whether the target is a class or a number.
        classes: The class names in the order of their codes; empty for numbers.
        encoding: `one_hot`: `(rows, classes)`; `integer`: `(rows,)`; `number`: `(rows, units)`.
        units: The width of a target row; 1 for codes.
    """

    name: str
    kind: Literal["classes", "number"]
    classes: tuple[str, ...]
    encoding: Literal["one_hot", "integer", "number"]
    units: int


@dataclass(frozen=True)
class PreparedData:
    """All rows of an experiment, split and encoded.

    Args:
        train: The training rows.
        validation: The validation rows, if any.
        test: The test rows, if any.
        inputs: The spec of each input, by name.
        targets: The spec of each output's target, by name.
    """

    train: Rows
    validation: Rows | None
    test: Rows | None
    inputs: dict[str, InputSpec]
    targets: dict[str, TargetSpec]
