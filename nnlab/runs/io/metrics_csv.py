"""Writer and reader of metrics.csv, with one row per epoch."""

from __future__ import annotations

import csv
import io
import math
import time
from typing import TYPE_CHECKING, SupportsFloat

from nnlab.errors import DataError
from nnlab.runs.io.atomic import atomic_write, translate_os_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class MetricsWriter:
    """Collect rows, and rewrite the file at most once per interval.

    Numbers are written by `repr`, the shortest exact text of a float, so equal runs write equal
    bytes. Columns are in the order of their first appearance; missing values are empty cells.

    Args:
        path: The file.
        interval_s: Minimum number of seconds between two writes. Defaults to 1.
    """

    def __init__(self, path: Path, interval_s: float = 1.0) -> None:
        self._path = path
        self._interval_s = interval_s
        self._columns: list[str] = []
        self._lines: list[str] = []
        self._n_written = 0
        self._next_write = 0.0

    def append(self, row: Mapping[str, SupportsFloat]) -> None:
        """Append a row, and write the file if the interval has passed."""
        new_columns = [name for name in row if name not in self._columns]
        if new_columns:
            self._columns += new_columns
            self._lines = [line + "," * len(new_columns) for line in self._lines]
        cells = (
            "" if value is None else repr(value if isinstance(value, int) else float(value))
            for value in map(row.get, self._columns)
        )
        self._lines.append(",".join(cells))
        if time.monotonic() >= self._next_write:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are not in the file yet."""
        if self._n_written == len(self._lines):
            return
        start = time.monotonic()
        header = io.StringIO()
        csv.writer(header, lineterminator="\n").writerow(self._columns)
        with translate_os_errors(self._path):
            atomic_write(self._path, header.getvalue() + "\n".join(self._lines) + "\n")
        self._n_written = len(self._lines)
        end = time.monotonic()
        # The whole file is written each time: with a million rows, or on a slow disk, once per
        # second would be too often.
        self._next_write = end + max(self._interval_s, 20 * (end - start))


def read_history(path: Path) -> dict[str, list[float]]:
    """Read metrics.csv: a list [epochs] per column, with NaN for an empty cell.

    Returns an empty dict if the file does not exist: a run that ended in its first epoch has none.
    Raises DataError if it is unreadable or not a table of numbers.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        columns = zip(*rows, strict=True) if rows else ([] for _ in header)
        return {
            name: [float(cell) if cell else math.nan for cell in cells]
            for name, cells in zip(header, columns, strict=True)
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error) as error:
        message = f"Expected {path} to contain one row of numbers per epoch. Received: {error}."
        raise DataError(f"{message} Another program has changed the file: restore it.") from error
