"""Gathers what is wrong with the data, so that a user hears all of it at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.errors import DataError, Diagnostic, Location, NnlabError, RequestError

_SHOWN_ROWS = 5


class DataIssues:
    """The faults of one data set or file.

    Args:
        where: What messages call the data: the file's path, or the name of a built-in set.

    Example:
        >>> issues = DataIssues("houses.csv")
        >>> issues.data("Expected numbers in the column `rooms`.", "data.features", "Correct it.")
        >>> print(issues.error())
        houses.csv: data.features: Expected numbers in the column `rooms`. Correct it.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self._found: list[Diagnostic] = []
        self._data_is_wrong = False

    def data(self, message: str, path: str = "", hint: str = "") -> None:
        """Note a fault of the data themselves.

        Args:
            message: What was expected and what was received.
            path: The key of the config that the fault touches.
            hint: What to do.
        """
        self._data_is_wrong = True
        self._found.append(Diagnostic(message, path, Location(self.where), hint))

    def request(self, message: str, path: str = "", hint: str = "") -> None:
        """Note a fault of what the config asks of the data: no such column, folds without rows.

        Args:
            message: What was expected and what was received.
            path: The key of the config that is wrong.
            hint: What to do.
        """
        self._found.append(Diagnostic(message, path, Location(self.where), hint))

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._found)

    def error(self) -> NnlabError:
        """All that was found: a `DataError`; a `RequestError` where only the config is wrong."""
        kind = DataError if self._data_is_wrong else RequestError
        return kind("\n".join(str(issue) for issue in self._found))

    def raise_if_any(self) -> None:
        """Raise what was found, if anything was.

        Raises:
            DataError: With every fault.
            RequestError: Likewise, where only the config asks for what the data do not have.
        """
        if self:
            raise self.error()


def rows_text(rows: NDArray[np.int64]) -> str:
    """Names some rows, as a person counts them: from 1, a header not among them.

    Args:
        rows: Positions of the rows, from 0.

    Returns:
        A phrase.

    Example:
        >>> rows_text(np.array([0, 6]))
        'rows 1, 7'
        >>> rows_text(np.arange(30))
        'rows 1, 2, 3, 4, 5 and 25 more'
    """
    shown = ", ".join(str(row + 1) for row in rows[:_SHOWN_ROWS].tolist())
    rest = len(rows) - _SHOWN_ROWS
    more = f" and {rest} more" if rest > 0 else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"
