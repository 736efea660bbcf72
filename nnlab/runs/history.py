"""metrics.csv as it reads back: a list of values for each column."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

from nnlab.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


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
