"""Which process writes a run, and whether it still lives."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """The process that a run belongs to.

    Args:
        host: The machine's name.
        pid: The process's number there.
        started: When the kernel started it, in clock ticks since boot: tells it from a later
            process that got the same number. None where the system does not say (no `/proc`).
    """

    host: str
    pid: int
    started: int | None = None

    @classmethod
    def current(cls) -> Process:
        """The process that runs this line."""
        pid = os.getpid()
        return cls(platform.node(), pid, _started(pid))

    def is_gone(self) -> bool:
        """Whether the process is known to have ended.

        Returns:
            False also where nobody can tell: the process belongs to another machine, or the system
            is Windows, where asking a process whether it lives would end it.
        """
        if self.host != platform.node() or os.name != "posix":
            return False
        if self.started is not None:
            return _started(self.pid) != self.started
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def _started(pid: int) -> int | None:
    """A process's start in ticks since boot; None where it is gone or `/proc` is missing."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The program's name stands in parentheses and may itself hold blanks and parentheses. What
    # follows it are the fields from the third on: state is the third, starttime the twenty-second
    # (proc_pid_stat(5)).
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])
