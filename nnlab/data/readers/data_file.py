"""Data files: opened by their extension, and fingerprinted to detect changes between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.config.schema.data import FILE_TYPES
from nnlab.data.containers.arrays import Arrays, read_npz
from nnlab.data.containers.storage import Storage
from nnlab.data.containers.table import Table
from nnlab.data.readers.csv_and_parquet import CsvTable, ParquetTable
from nnlab.errors import DataError, RequestError
from nnlab.text import nearest

_RELATIVE_PATH_HINT = "Relative paths start at the config's folder."
# A disk reads this in about a second.
_MAX_HASHED_BYTES = 2**28


def open_data_file(
    path: Path, sample_weight: str | None = None, storage: Storage | None = None
) -> Table | Arrays:
    """Open a CSV or Parquet file as a table, or read an NPZ file, whose weights have a name.

    Raises a `DataError` if the file is missing, empty or unreadable, and a `RequestError` if its
    extension is not supported.
    """
    message = ""
    if path.is_dir():
        message = "Expected a file. Received: a folder. Use the path of a file in it."
    elif not path.parent.is_dir():
        message = f"Expected a file. Received: no such folder, {path.parent}."
    elif not path.is_file():
        siblings = [sibling.name for sibling in path.parent.iterdir()]
        known = [name for name in siblings if name.lower().endswith(FILE_TYPES)]
        similar = nearest(path.name, known)
        hint = f"Did you mean {similar}?" if similar else _RELATIVE_PATH_HINT
        message = f"Expected a file. Received: no such file. {hint}"
    elif path.stat().st_size == 0:
        message = "Expected a file with rows. Received: an empty file."
    if message:
        raise DataError(f"{path}: {message}")
    match path.suffix.lower():
        case ".csv":
            return CsvTable(path)
        case ".parquet":
            return ParquetTable(path)
        case ".npz":
            return read_npz(path, sample_weight, storage)
    extension = path.suffix or "no extension"
    raise RequestError(f"{path}: Expected a .csv, .parquet or .npz file. Received: {extension}.")


def fingerprint(file: Path) -> dict[str, Any]:
    """Return a file's path, size and SHA-256 for a record.

    Above 256 MiB `modified`, the time of the last change, replaces `sha256`.
    """
    stat = file.stat()
    facts: dict[str, Any] = {"file": str(file), "bytes": stat.st_size}
    if stat.st_size > _MAX_HASHED_BYTES:
        return facts | {"modified": stat.st_mtime_ns}
    with file.open("rb") as stream:
        return facts | {"sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


def has_changed(recorded: Mapping[str, Any]) -> bool:
    """Return whether a file differs from its recorded fingerprint; False if it is missing.

    A missing file is reported when it is read.
    """
    try:
        return fingerprint(Path(recorded["file"])) != dict(recorded)
    except OSError:
        return False
