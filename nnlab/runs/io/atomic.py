"""Atomic writes, also to files that the user names, and disk errors with hints."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from typing import TYPE_CHECKING

from nnlab.errors import DiskError, RequestError, RunFailedError, describe_os_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINTS = {
    errno.ENOSPC: "Free some disk space, or name a folder on another disk with --runs-dir.",
    errno.EDQUOT: "The quota is exceeded: free some space, or name another folder with --runs-dir.",
    errno.EROFS: "The disk is read-only: name a writable folder with --runs-dir.",
    errno.EACCES: "Name a writable folder with --runs-dir.",
    errno.EPERM: "Name a writable folder with --runs-dir.",
}
_DEFAULT_HINT = "Check the path and the disk, or name another folder with --runs-dir."
# Errors that do not depend on the folder that the user named.
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EIO}


@contextlib.contextmanager
def atomic_replace(path: Path) -> Iterator[Path]:
    """Let a block write a temporary file, then rename it to `path` in one step.

    A reader of `path` always gets the old file or the new one, also after a crash. The temporary
    file is a hidden file in the same folder, with the suffix of `path`, because some writers
    (Keras among them) infer the format from it. Missing folders are created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        # BaseException: KeyboardInterrupt must not leave a partial file either.
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def atomic_write(path: Path, content: bytes | str) -> None:
    """Write a file atomically: temporary file, fsync, rename, fsync of the folder."""
    with atomic_replace(path) as temporary:
        # File names may contain bytes that are invalid in the locale's encoding.
        data = content.encode(errors="surrogateescape") if isinstance(content, str) else content
        temporary.write_bytes(data)


@contextlib.contextmanager
def translate_os_errors(path: Path, *, is_request: bool = False) -> Iterator[None]:
    """Convert an OSError of the block into an error of nnlab with a hint.

    Args:
        path: The path that the block writes.
        is_request: Whether the user named this folder and no work has been done yet; an unwritable
            folder is then a `RequestError`.

    Raises:
        DiskError: The disk is full, broken or not writable.
        RunFailedError: Any other OSError.
        RequestError: The requested folder is not writable.
    """
    try:
        yield
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, _DEFAULT_HINT)
        received = f"Received: error={describe_os_error(error)!r}."
        message = f"Expected to be able to write {path}. {received} {hint}"
        if is_request and error.errno not in _DISK_ERRORS:
            raise RequestError(message) from error
        is_disk_error = error.errno in {*_DISK_ERRORS, *_HINTS}
        raise (DiskError if is_disk_error else RunFailedError)(message) from error


def check_suffix(path: Path, suffixes: tuple[str, ...]) -> None:
    """Raise RequestError if a path has none of the suffixes: it may be a config by mistake."""
    if path.suffix.lower() not in suffixes:
        expected = f"Expected a path ending in {' or '.join(suffixes)}."
        example = path.with_suffix(suffixes[0]).name
        raise RequestError(f"{expected} Received: path={str(path)!r}. Use for example {example!r}.")


def write_output_file(path: Path, content: bytes | str, hint: str) -> None:
    """Write a file that the user named, or raise RequestError with the hint if not writable."""
    try:
        atomic_write(path, content)
    except OSError as error:
        received = f"Received: error={describe_os_error(error)!r}."
        raise RequestError(f"Expected to be able to write {path}. {received} {hint}") from error


def _sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable, on systems that support it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network and FUSE file systems return EINVAL; the file itself is already synced.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
