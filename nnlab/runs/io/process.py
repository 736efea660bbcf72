"""The process that writes a run."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process on this or another machine.

    Args:
        host: The name of the machine.
        pid: The process id.
        started: The start time in clock ticks since boot, which distinguishes the process from a
            later one with the same id. None on systems without `/proc`.
    """

    host: str
    pid: int
    started: int | None = None

    @classmethod
    def current(cls) -> Process:
        """Return the current process."""
        pid = os.getpid()
        return cls(platform.node(), pid, _start_ticks(pid))

    def is_gone(self) -> bool:
        """Return whether the process is known to have ended.

        Returns False for processes of other machines, which cannot be checked, and on Windows,
        where `os.kill` would terminate the process.
        """
        if self.host != platform.node() or os.name != "posix":
            return False
        if self.started is not None:
            return _start_ticks(self.pid) != self.started
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def _start_ticks(pid: int) -> int | None:
    """Return the start of a process in ticks since boot; None for a zombie or without `/proc`."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field, the program's name in parentheses, may contain blanks and parentheses.
    # After it, the state is field 3 and starttime field 22 (proc_pid_stat(5)).
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])
