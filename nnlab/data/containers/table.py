"""Tables: rows with named columns, in any storage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical

ColumnKind = Literal["number", "boolean", "text", "date", "empty", "other"]


class Table(ABC):
    """Named columns that can be read one at a time.

    Args:
        name: The table's name in messages.
        kinds: What each column holds, in the table's order. As features, bools are the numbers 0
            and 1; as targets, two classes.
        rows: The number of rows.
        targets: The default target columns; empty if the config must name them.
        test_rows: The number of last rows that the data define as test rows.
    """

    def __init__(
        self,
        name: str,
        kinds: Mapping[str, ColumnKind],
        rows: int,
        targets: tuple[str, ...] = (),
        test_rows: int = 0,
    ) -> None:
        self.name = name
        self.kinds = dict(kinds)
        self.rows = rows
        self.targets = targets
        self.test_rows = test_rows

    @abstractmethod
    def fill(self, matrix: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
        """Write columns of numbers or bools into a matrix, NaN where a value is missing.

        Args:
            matrix: `(rows, names)`; overwritten. Numbers are converted to its type.
            names: The columns.
        """

    @abstractmethod
    def read_categorical(self, name: str) -> Categorical:
        """Read a column of text or bools."""

    def read_numbers(self, name: str) -> NDArray[np.float64]:
        """Read a column of numbers in full precision, `(rows,)`, NaN where a value is missing."""
        column = np.empty((self.rows, 1))
        self.fill(column, [name])
        return column[:, 0]

    def read_as_categorical(self, name: str) -> Categorical:
        """Read any column as categories."""
        if self.kinds[name] == "number":
            return Categorical.from_values(self.read_numbers(name))
        return self.read_categorical(name)


class MemoryTable(Table):
    """A table whose columns are arrays in memory, such as a built-in data set."""

    def __init__(
        self,
        name: str,
        columns: Mapping[str, NDArray[Any] | Categorical],
        targets: tuple[str, ...] = (),
        test_rows: int = 0,
    ) -> None:
        kinds: dict[str, ColumnKind] = {
            column: "text" if isinstance(values, Categorical) else "number"
            for column, values in columns.items()
        }
        super().__init__(name, kinds, len(next(iter(columns.values()))), targets, test_rows)
        self._columns = dict(columns)

    def fill(self, matrix: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
        """Copy the columns."""
        for position, name in enumerate(names):
            matrix[:, position] = np.asarray(self._columns[name])

    def read_categorical(self, name: str) -> Categorical:
        """Return the column, encoded if it is not yet."""
        values = self._columns[name]
        return values if isinstance(values, Categorical) else Categorical.from_values(values)
