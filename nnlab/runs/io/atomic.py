"""Files that are written whole or not at all, and a disk's refusal in plain words."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from typing import TYPE_CHECKING

from nnlab.errors import DiskError, RequestError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINTS = {
    errno.ENOSPC: "Free some disk space, or name a folder on another disk with --runs-dir.",
    errno.EDQUOT: "Your quota is used up: free some space, or name another folder with --runs-dir.",
    errno.EROFS: "The disk is read-only: name a folder that can be written with --runs-dir.",
    errno.EACCES: "Name a folder that you may write to with --runs-dir.",
    errno.EPERM: "Name a folder that you may write to with --runs-dir.",
}
# Nothing was wrong with the name of the folder.
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO}
_OTHER_HINT = "Check the path and the disk, or name another folder with --runs-dir."


@contextlib.contextmanager
def atomic_replace(path: Path) -> Iterator[Path]:
    """Lets a block write beside `path`, then puts what it wrote in the place of `path` in one step.

    Whoever reads `path`, at any moment and after any crash, finds the old file or the new one,
    never a part. The path that the block gets has the suffix of `path`, as some writers (Keras
    among them) choose the format by it.

    Args:
        path: The file to make or to replace. Its folder is made where there is none.

    Yields:
        A path in the same folder, where the block must leave a file. Its name starts with a dot.

    Raises:
        OSError: The disk refused. `path` is as it was before, and nothing is left beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield beside
        with beside.open("rb+") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    except BaseException:
        # Also for KeyboardInterrupt: a half-written file must not stay, whatever stopped the block.
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def atomic_write(path: Path, content: bytes | str) -> None:
    r"""Writes a file whole or not at all: beside, fsync, rename, fsync of the folder.

    Args:
        path: The file to make or to replace. Its folder is made where there is none.
        content: All of the file; text is written as UTF-8 with the line ends it has.

    Raises:
        OSError: The disk refused. `path` is as it was before, and nothing is left beside it.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     atomic_write(Path(folder) / "notes.txt", "kept\n")
        ...     (Path(folder) / "notes.txt").read_text()
        'kept\n'
    """
    with atomic_replace(path) as beside:
        # Names of files have bytes in them that a locale without their letters did not know.
        text = content.encode(errors="surrogateescape") if isinstance(content, str) else content
        beside.write_bytes(text)


@contextlib.contextmanager
def translate_os_errors(path: Path, *, asked_for: bool = False) -> Iterator[None]:
    """Turns a disk's refusal inside the block into an error that says what to do.

    Args:
        path: What the block writes, for the message.
        asked_for: Whether it is a folder that the user named, and nothing has been done yet.

    Yields:
        Nothing.

    Raises:
        RunFailedError: The block raised an OSError; a DiskError where the disk is full, read-only,
            broken, or not to be written to.
        RequestError: Likewise, where a folder was asked for that cannot be written to.
    """
    try:
        yield
    except OSError as error:
        words = os.strerror(error.errno) if error.errno else str(error)
        hint = _HINTS.get(error.errno or 0, _OTHER_HINT)
        message = f"Expected to be able to write {path}. Received: error={words!r}. {hint}"
        wrong = asked_for and error.errno not in _OF_THE_DISK
        if wrong:
            raise RequestError(message) from error
        is_of_the_disk = error.errno in {*_OF_THE_DISK, *_HINTS}
        raise (DiskError if is_of_the_disk else RunFailedError)(message) from error


def _sync_folder(folder: Path) -> None:
    """Makes a rename in `folder` survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network and FUSE file systems answer EINVAL here; the file itself is already safe.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
