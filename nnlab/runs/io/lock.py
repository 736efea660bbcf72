"""A run's folder that goes on: one process alone takes over what an earlier one has left."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from nnlab.errors import RequestError
from nnlab.runs.query.stored import read_run
from nnlab.runs.records.run import RunStatus

try:
    import fcntl
except ImportError:
    # Windows: there the record alone says who is at work.
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HELD = {errno.EACCES, errno.EAGAIN}


@contextlib.contextmanager
def lock_folder(path: Path) -> Iterator[None]:
    """Go on with the work in a run's folder, and keep others from doing so until the block ends.

    A process that works on a folder which it has made itself is known by the folder's record. Of
    two that read the record of a third one that is gone, the operating system's lock lets one in.
    It is a lock on a record of a file (`fcntl(2)`): it ends with the process, however that ends,
    and the processes that are forked from it do not have it.

    Args:
        path: The folder.

    Yields:
        Nothing.

    Raises:
        RunNotFoundError: The folder holds no run.
        DataError: Its record cannot be read.
        RequestError: A process is at work in it.
    """
    with _locked(path) as is_alone:
        record = read_run(path).record
        is_running = record.status is RunStatus.RUNNING
        if is_running or not is_alone:
            known = record.process if is_running else None
            process = f"process {known.pid}" if known else "another process"
            message = f"Expected a folder that nobody is at work on. Received: {path}, where"
            raise RequestError(f"{message} {process} is at work. Wait for it, or end it first.")
        yield


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold the lock of a folder; the block is told whether nobody else does."""
    if fcntl is None:
        yield True
        return
    try:
        lock = os.open(path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        # There is no such folder, or nothing can be written in it: whoever tries to says so.
        yield True
        return
    try:
        is_alone = True
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Anything else: the disk knows no locks, and the record alone says who is at work.
            is_alone = error.errno not in _HELD
        yield is_alone
    finally:
        os.close(lock)
