"""The lock of a run's folder, held while a process resumes the run."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import RequestError
from nnlab.runs.query.stored import read_run
from nnlab.runs.records.run import RunStatus

try:
    import fcntl
except ImportError:
    # On Windows, only the record says whether a process is using the folder.
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK_HELD = {errno.EACCES, errno.EAGAIN}


@contextlib.contextmanager
def lock_folder(path: Path) -> Iterator[None]:
    """Hold the lock of a run folder during the block, or raise RequestError if it is in use.

    The record names the process that created the folder, if it is still running. If two processes
    resume the run of a third that is gone, the lock of the operating system (`fcntl(2)`) admits
    one. It is released when the process ends, however it ends, and forked processes do not inherit
    it.
    """
    with _file_lock(path) as is_acquired:
        record = read_run(path).record
        is_running = record.status is RunStatus.RUNNING
        if is_running or not is_acquired:
            owner = record.process if is_running else None
            user = f"process {owner.pid}" if owner else "another process"
            message = f"Expected a run that is not in use. Received: {path}, in use by {user}."
            raise RequestError(f"{message} Wait for it to finish, or stop it.")
        yield


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    """Try to lock a folder, and yield False if another process holds the lock."""
    if fcntl is None:
        yield True
        return
    try:
        lock = os.open(path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        # The folder is missing or read-only; reading or writing its files will raise the error.
        yield True
        return
    try:
        is_acquired = True
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # On a file system without locks, only the record protects the folder.
            is_acquired = error.errno not in _LOCK_HELD
        yield is_acquired
    finally:
        os.close(lock)
