"""Opens a user's file, by its ending."""

from __future__ import annotations

from pathlib import Path

from nnlab.config.schema.data import FILE_TYPES
from nnlab.data.containers.arrays import Arrays, read_npz
from nnlab.data.containers.storage import Storage
from nnlab.data.containers.table import Table
from nnlab.errors import DataError, RequestError
from nnlab.text import nearest


def open_file(
    path: Path, sample_weight: str | None = None, storage: Storage | None = None
) -> Table | Arrays:
    """Open a .csv, .parquet or .npz file.

    Args:
        path: The file.
        sample_weight: Where the weights of the rows are, for NPZ files.
        storage: Takes the arrays of an NPZ file; None: they are held in memory.

    Returns:
        A table, or the arrays of an NPZ file.

    Raises:
        DataError: If the file is absent, empty or unreadable.
        RequestError: If nnlab reads no files with that ending.
    """
    _check_there(path)
    match path.suffix.lower():
        case ".csv":
            from nnlab.data.readers.csv_table import CsvTable

            return CsvTable(path)
        case ".parquet":
            from nnlab.data.readers.parquet import ParquetTable

            return ParquetTable(path)
        case ".npz":
            return read_npz(path, sample_weight, storage)
    message = (
        f"{path}: Expected a .csv, .parquet or .npz file. Received: {path.suffix or 'no ending'}."
    )
    raise RequestError(message)


def _check_there(path: Path) -> None:
    if path.is_file():
        if path.stat().st_size == 0:
            message = f"{path}: Expected a file with rows. Received: an empty file."
            raise DataError(message)
        return
    if path.is_dir():
        message = f"{path}: Expected a file. Received: a folder. Name one of the files in it."
        raise DataError(message)
    folder = path.parent
    if not folder.is_dir():
        message = f"{path}: Expected a file. Received: no such folder, {folder}."
        raise DataError(message)
    others = (other.name for other in folder.iterdir())
    close = nearest(path.name, (name for name in others if name.lower().endswith(FILE_TYPES)))
    hint = f"Did you mean {close}?" if close else "A relative path starts at the config's folder."
    message = f"{path}: Expected a file. Received: no such file. {hint}"
    raise DataError(message)
