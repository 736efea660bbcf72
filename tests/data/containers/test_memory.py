from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from nnlab.data.containers import memory
from nnlab.data.containers.memory import any_in_row, memory_limit, permute_rows, row_chunks

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


@pytest.mark.parametrize("shape", [(1000, 7), (50, 28, 28), (9, 1)])
def test_permute_rows_equals_indexing(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_CHUNK_BYTES", 8000)  # several columns at a time
    generator = np.random.default_rng(0)
    array = generator.normal(size=shape)
    order = generator.permutation(len(array))
    expected = array[order]
    assert (permute_rows(array, order) == expected).all()


def test_permute_rows_works_in_place() -> None:
    array = np.arange(12.0).reshape(6, 2)
    assert np.shares_memory(permute_rows(array, np.array([5, 4, 3, 2, 1, 0])), array)


def test_permute_rows_drops_rows_that_are_not_in_the_order() -> None:
    assert permute_rows(np.arange(6).reshape(6, 1), np.array([4, 0])).tolist() == [[4], [0]]


def test_permute_rows_copies_read_only_arrays() -> None:
    array = np.frombuffer(bytes(range(4)), np.uint8).reshape(2, 2)
    assert permute_rows(array, np.array([1, 0])).tolist() == [[2, 3], [0, 1]]
    assert array.tolist() == [[0, 1], [2, 3]]


def test_chunks_contain_at_least_one_row() -> None:
    assert list(row_chunks(2, row_bytes=1000, chunk_bytes=10)) == [(0, 1), (1, 2)]


def test_any_in_row_works_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CHUNK_BYTES", 100)
    values = np.zeros((1000, 3))
    values[[0, 17, 999], [0, 2, 1]] = np.nan
    assert np.flatnonzero(any_in_row(np.isnan, values)).tolist() == [0, 17, 999]
