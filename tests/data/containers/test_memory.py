from __future__ import annotations

import os
from pathlib import Path

import pytest

from nnlab.data.containers.memory import memory_limit

PHYSICAL = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def write_cgroup(root: Path, lines: str, limits: dict[str, str]) -> Path:
    """Write a folder in the layout of Linux' control groups."""
    for name, text in {"proc/self/cgroup": lines, **limits}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return root


def test_limit_without_control_groups_is_the_physical_memory(tmp_path: Path) -> None:
    assert memory_limit(tmp_path) == PHYSICAL


@pytest.mark.parametrize(
    ("lines", "limits"),
    [
        ("0::/user/job", {"sys/fs/cgroup/user/job/memory.max": "5000000"}),
        (
            "0::/user/job",
            {
                "sys/fs/cgroup/user/job/memory.max": "max",
                "sys/fs/cgroup/user/memory.max": "5000000",
            },
        ),
        ("0::/", {"sys/fs/cgroup/memory.max": "5000000"}),
        (
            "5:cpu,cpuacct:/job\n4:memory:/job\n0::/",
            {"sys/fs/cgroup/memory/job/memory.limit_in_bytes": "5000000"},
        ),
        (  # in a container: the group's name is that of the host
            "4:memory:/docker/1234",
            {"sys/fs/cgroup/memory/memory.limit_in_bytes": "5000000"},
        ),
    ],
    ids=["group", "parent", "root", "version 1", "container"],
)
def test_lowest_limit_of_a_control_group_applies(
    tmp_path: Path, lines: str, limits: dict[str, str]
) -> None:
    assert memory_limit(write_cgroup(tmp_path, lines, limits)) == 5_000_000


def test_limits_above_the_physical_memory_are_ignored(tmp_path: Path) -> None:
    limits = {"sys/fs/cgroup/memory/memory.limit_in_bytes": str(2**63 - 4096)}
    assert memory_limit(write_cgroup(tmp_path, "4:memory:/", limits)) == PHYSICAL
