"""Data files, opened by their extension."""

from __future__ import annotations

from pathlib import Path

from nnlab.config.schema.data import FILE_TYPES
from nnlab.data.containers.arrays import Arrays, read_npz
from nnlab.data.containers.storage import Storage
from nnlab.data.containers.table import Table
from nnlab.errors import DataError, RequestError
from nnlab.text import nearest


def open_data_file(
    path: Path, sample_weight: str | None = None, storage: Storage | None = None
) -> Table | Arrays:
    """Open a CSV or Parquet file as a table, or read an NPZ file, whose weights have a name.

    Raises a `DataError` if the file is missing, empty or unreadable, and a `RequestError` if its
    extension is not supported.
    """
    _check_exists(path)
    match path.suffix.lower():
        case ".csv":
            from nnlab.data.readers.csv_table import CsvTable

            return CsvTable(path)
        case ".parquet":
            from nnlab.data.readers.parquet import ParquetTable

            return ParquetTable(path)
        case ".npz":
            return read_npz(path, sample_weight, storage)
    extension = path.suffix or "no extension"
    message = f"{path}: Expected a .csv, .parquet or .npz file. Received: {extension}."
    raise RequestError(message)


def _check_exists(path: Path) -> None:
    if path.is_file():
        if path.stat().st_size == 0:
            message = f"{path}: Expected a file with rows. Received: an empty file."
            raise DataError(message)
        return
    if path.is_dir():
        message = f"{path}: Expected a file. Received: a folder. Use the path of a file in it."
        raise DataError(message)
    folder = path.parent
    if not folder.is_dir():
        message = f"{path}: Expected a file. Received: no such folder, {folder}."
        raise DataError(message)
    siblings = (sibling.name for sibling in folder.iterdir())
    similar = nearest(path.name, (name for name in siblings if name.lower().endswith(FILE_TYPES)))
    hint = f"Did you mean {similar}?" if similar else "Relative paths start at the config's folder."
    message = f"{path}: Expected a file. Received: no such file. {hint}"
    raise DataError(message)
