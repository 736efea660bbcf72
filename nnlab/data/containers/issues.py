"""Collects the issues of the data, to report all of them at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.errors import DataError, Diagnostic, Location, NnlabError, RequestError

_MAX_LISTED_ROWS = 5


class DataIssues:
    """The issues of one data set or file, which is named in every message.

    Example:
        >>> issues = DataIssues("houses.csv")
        >>> issues.add_data_error("Expected numbers in the column `rooms`.", "data.features")
        >>> print(issues.error())
        houses.csv: data.features: Expected numbers in the column `rooms`.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._diagnostics: list[Diagnostic] = []
        self._has_data_error = False

    def add_data_error(self, message: str, path: str = "", hint: str = "") -> None:
        """Add an error in the data themselves; `path` is the config key that it affects."""
        self._has_data_error = True
        self._diagnostics.append(Diagnostic(message, path, Location(self.source), hint))

    def add_request_error(self, message: str, path: str = "", hint: str = "") -> None:
        """Add an error in what the config requests of the data, such as an unknown column."""
        self._diagnostics.append(Diagnostic(message, path, Location(self.source), hint))

    def __bool__(self) -> bool:
        """Return whether there are issues."""
        return bool(self._diagnostics)

    def error(self) -> NnlabError:
        """Return all issues: a `DataError`, or a `RequestError` if only the config is wrong."""
        error_type = DataError if self._has_data_error else RequestError
        return error_type("\n".join(map(str, self._diagnostics)))

    def raise_if_any(self) -> None:
        """Raise all issues as one error, if there are any."""
        if self:
            raise self.error()


def format_row_numbers(rows: NDArray[np.int64]) -> str:
    """Format row positions as numbers from 1, without the header: `rows 1, 7`."""
    shown = ", ".join(str(row + 1) for row in rows[:_MAX_LISTED_ROWS].tolist())
    rest = len(rows) - _MAX_LISTED_ROWS
    more = f" and {rest} more" if rest > 0 else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"
