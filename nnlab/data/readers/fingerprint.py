"""What tells whether a file of data is still the one that was read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# What a disk reads in a second or so.
_READ_WHOLE = 2**28


def fingerprint(file: Path) -> dict[str, Any]:
    """The fingerprint of a file, as plain data for a record.

    Args:
        file: The file.

    Returns:
        Its `file`, `bytes` and `sha256`; of one above 256 MiB the time of its last change,
        `modified`, stands for its content.

    Raises:
        OSError: The file cannot be read.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "homes.csv"
        ...     written = file.write_text("area,price")
        ...     known = fingerprint(file)
        ...     written = file.write_text("area,PRICE")
        ...     known["bytes"], has_changed(known)
        (10, True)
    """
    stat = file.stat()
    found: dict[str, Any] = {"file": str(file), "bytes": stat.st_size}
    if stat.st_size > _READ_WHOLE:
        return found | {"modified": stat.st_mtime_ns}
    with file.open("rb") as opened:
        return found | {"sha256": hashlib.file_digest(opened, "sha256").hexdigest()}


def has_changed(known: Mapping[str, Any]) -> bool:
    """Whether a file is another one than it was; one that is gone is told by whoever reads it.

    Args:
        known: What `fingerprint` said of it.
    """
    try:
        return fingerprint(Path(known["file"])) != dict(known)
    except OSError:
        return False
