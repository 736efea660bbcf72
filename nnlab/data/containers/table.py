"""Rows with named columns, whatever they are stored in."""

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
        name: What messages call the table.
        kinds: What each column holds, in the table's order. Bools count as the numbers 0 and 1
            among features, as two classes among targets.
        rows: Number of rows.
        targets: The columns to predict where the config names none, for data that know.
        test_rows: How many of the last rows the data themselves keep for the test.
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
            matrix: [rows, names], written to; its type is what the numbers become.
            names: The columns.
        """

    @abstractmethod
    def codes(self, name: str) -> Categorical:
        """Read a column of text or bools.

        Args:
            name: The column.

        Returns:
            Its values as codes.
        """

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Read one column of numbers in full precision.

        Args:
            name: The column.

        Returns:
            Its values, [rows], NaN where one is missing.
        """
        column = np.empty((self.rows, 1))
        self.fill(column, [name])
        return column[:, 0]

    def categories(self, name: str) -> Categorical:
        """Read a column as names, whatever it holds.

        Args:
            name: The column.

        Returns:
            Its values as codes.
        """
        return (
            Categorical.of(self.numbers(name)) if self.kinds[name] == "number" else self.codes(name)
        )


class MemoryTable(Table):
    """A table whose columns are in memory already: those of the built-in data sets.

    Args:
        name: What messages call the table.
        columns: Each column's values: numbers [rows], or codes.
        targets: The columns to predict where the config names none.
        test_rows: How many of the last rows are kept for the test.

    Example:
        >>> table = MemoryTable("tiny", {"x": np.array([1.0, 2.0])})
        >>> table.numbers("x").tolist()
        [1.0, 2.0]
    """

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

    def codes(self, name: str) -> Categorical:
        """The column as it is."""
        values = self._columns[name]
        return values if isinstance(values, Categorical) else Categorical.of(values)
