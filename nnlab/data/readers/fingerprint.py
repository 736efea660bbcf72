"""Fingerprints of data files, to detect changes between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# A disk reads this in about a second.
_MAX_HASHED_BYTES = 2**28


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
