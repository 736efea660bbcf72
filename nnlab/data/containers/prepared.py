"""What data preparation gives: rows ready for a model, and how they came from raw ones."""

from __future__ import annotations

from dataclasses import dataclass
from mmap import mmap
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rows:
    """One part of the data: its training, validation or test rows.

    Arrays that are too large for memory are in files that are mapped into it: see `is_on_disk`.

    Args:
        inputs: For each input [rows, *shape]: images as uint8, numbers as float32, codes as int32.
        targets: For each output [rows, units] float32 (numbers, or one-hot classes), or the codes
            of classes [rows] int32.
        sample_weight: Each row's weight in the loss, [rows] float32; None: all weigh the same.

    Example:
        >>> rows = Rows({"input": np.zeros((4, 2))}, {"output": np.zeros((4, 1))}, None)
        >>> len(rows)
        4
    """

    inputs: dict[str, NDArray[Any]]
    targets: dict[str, NDArray[Any]]
    sample_weight: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        """Number of rows."""
        return len(next(iter(self.inputs.values())))


def is_on_disk(array: NDArray[Any]) -> bool:
    """Whether an array is, or is a view of, a file that is mapped into memory.

    Args:
        array: The array.

    Example:
        >>> is_on_disk(np.zeros(3))
        False
    """
    held: Any = array
    while isinstance(held, np.ndarray):
        held = held.base
    return isinstance(held, mmap)


@dataclass(frozen=True)
class Column:
    """How one raw column of a table becomes features.

    Args:
        name: The column's name in the table.
        kind: Whether its values are numbers or names of categories.
        fill: What stands for a missing number, learnt on the training rows; None: nothing does,
            as rows with missing numbers are refused or dropped.
        categories: The values seen in the training rows, sorted (the classes of a built-in data set
            keep their own order); empty for numbers. A number that stands for a category is written
            as Python writes it, without `.0`, a bool as True or False.
        encoding: `one_hot`: a feature for each category, all 0 for a value that is missing or was
            not seen in training. `integer`: 1 for the first category, 0 for such a value. None for
            numbers.
    """

    name: str
    kind: Literal["number", "category"]
    fill: float | None = None
    categories: tuple[str, ...] = ()
    encoding: Literal["one_hot", "integer"] | None = None

    @property
    def width(self) -> int:
        """Number of features that the column becomes."""
        return len(self.categories) if self.encoding == "one_hot" else 1


@dataclass(frozen=True)
class InputSpec:
    """One input of the data.

    The model computes `x * scale + offset`; both were learnt on the training rows alone.

    Args:
        name: The input's name.
        shape: Shape of one row: (28, 28) for an image, (30,) for thirty features.
        dtype: Type of the values as they are in `Rows.inputs`: uint8, float32 or int32.
        columns: The columns of a table, in the order of the features; empty for arrays.
        scale: One number, or one for each feature [features] float32; None: no scaling.
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
    """One target of the data.

    Args:
        name: Name of the output that it is for.
        kind: Whether the target is a class or a number.
        classes: Names of the classes in the order of their codes; empty for numbers.
        encoding: `one_hot`: [rows, classes]; `integer`: codes [rows]; `number`: [rows, units].
        units: Width of a target row; 1 for codes.
    """

    name: str
    kind: Literal["classes", "number"]
    classes: tuple[str, ...]
    encoding: Literal["one_hot", "integer", "number"]
    units: int


@dataclass(frozen=True)
class PreparedData:
    """All that a training needs to know of its data.

    Args:
        train: The rows to learn from.
        validation: The rows to watch the learning on, if any.
        test: The rows for the final figures, if any.
        inputs: What each input is.
        targets: What each target is.
    """

    train: Rows
    validation: Rows | None
    test: Rows | None
    inputs: dict[str, InputSpec]
    targets: dict[str, TargetSpec]
