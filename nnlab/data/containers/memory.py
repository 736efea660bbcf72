"""How much memory this machine has, or this process may take of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath


def memory_limit(root: Path = Path("/")) -> int | None:
    """The memory of the machine, or less where a control group limits it, as containers do.

    Args:
        root: Where Linux shows control groups, as `proc/` and `sys/`.

    Returns:
        Bytes; None where the system does not tell.

    Example:
        >>> memory_limit() > 2**20
        True
    """
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
    return min([physical, *_group_limits(root)])


def _group_limits(root: Path) -> Iterator[int]:
    """The limits of this process's control group and of those around it, of either version."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if "memory" in controllers.split(","):
                folder, file = root / "sys/fs/cgroup/memory", "memory.limit_in_bytes"
            elif not controllers:
                folder, file = root / "sys/fs/cgroup", "memory.max"
            else:
                continue
            own = PurePosixPath(group.strip("/"))
            for path in (own, *own.parents):
                with suppress(OSError, ValueError):  # the outermost has none; `max` is no limit
                    yield int((folder / path / file).read_text())
