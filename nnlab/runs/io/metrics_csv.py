"""metrics.csv: a row an epoch, written whole, yet cheap for epochs of a millisecond."""

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


class MetricsLog:
    """Collects the rows of `metrics.csv` and rewrites the file at most once a second.

    Numbers are written by `repr`, which gives each float its shortest exact text, so that two equal
    runs leave equal bytes. Columns keep the order in which they first came; where a row lacks one,
    its cell is empty.

    Args:
        path: The file.
        interval_s: Seconds between two writes while rows come in.
    """

    def __init__(self, path: Path, interval_s: float = 1.0) -> None:
        self._path = path
        self._interval_s = interval_s
        self._columns: list[str] = []
        self._lines: list[str] = []
        self._written = 0
        self._due = 0.0

    def append(self, row: Mapping[str, SupportsFloat]) -> None:
        """Adds a row, and writes the file where the last write is long enough ago.

        Args:
            row: Values by column.

        Raises:
            RunFailedError: The disk refused.
        """
        new = [name for name in row if name not in self._columns]
        if new:
            self._columns += new
            self._lines = [line + "," * len(new) for line in self._lines]
        cells = (_cell(row[name]) if name in row else "" for name in self._columns)
        self._lines.append(",".join(cells))
        if time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Writes the rows that are not in the file yet.

        Raises:
            RunFailedError: The disk refused.
        """
        if self._written == len(self._lines):
            return
        start = time.monotonic()
        header = io.StringIO()
        csv.writer(header, lineterminator="\n").writerow(self._columns)
        with translate_os_errors(self._path):
            atomic_write(self._path, header.getvalue() + "\n".join(self._lines) + "\n")
        self._written = len(self._lines)
        end = time.monotonic()
        # The whole file is written each time: with a million rows, or on a slow disk, a second
        # apart is too often.
        self._due = end + max(self._interval_s, 20 * (end - start))


def _cell(value: SupportsFloat) -> str:
    """A number's shortest exact text; a count stays whole."""
    return repr(value) if isinstance(value, int) else repr(float(value))


def read_history(path: Path) -> dict[str, list[float]]:
    r"""Reads the rows of a `metrics.csv`.

    Args:
        path: The file.

    Returns:
        A list [epochs] for each column, `epoch` among them; NaN where a cell is empty. Nothing
        where there is no such file: a run that ended before its first epoch leaves none.

    Raises:
        DataError: The file cannot be read, or holds something else.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "metrics.csv"
        ...     _ = path.write_text("epoch,loss\n1,0.5\n2,\n")
        ...     read_history(path)
        {'epoch': [1.0, 2.0], 'loss': [0.5, nan]}
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
        message = f"Expected {path} to hold a row of numbers an epoch. Received: {error}."
        raise DataError(f"{message} Something else has changed the file: restore it.") from error
