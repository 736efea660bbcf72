"""The memory of this machine, or the part of it that this process may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath


def memory_limit(root: Path = Path("/")) -> int | None:
    """Return the machine's memory in bytes, or a lower limit of the control group (container).

    Returns None if the system does not report it. Linux lists control groups in `proc/` and `sys/`
    below `root`.
    """
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
    return min([physical, *_cgroup_limits(root)])


def _cgroup_limits(root: Path) -> Iterator[int]:
    """Yield the limits of this process's control group and its parents, of version 1 or 2."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if "memory" in controllers.split(","):
                folder, file = root / "sys/fs/cgroup/memory", "memory.limit_in_bytes"
            elif not controllers:
                folder, file = root / "sys/fs/cgroup", "memory.max"
            else:
                continue
            group_path = PurePosixPath(group.strip("/"))
            for path in (group_path, *group_path.parents):
                with suppress(OSError, ValueError):  # the root group has no file; `max` is no limit
                    yield int((folder / path / file).read_text())
