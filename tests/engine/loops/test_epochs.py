"""Long passes are split into chunks of a third of a second."""

from __future__ import annotations

from nnlab.engine.loops.epochs import ChunkSizer


def chunk_sizes(steps: int, step_s: float, call_s: float = 0.0002) -> list[int]:
    sizer, remaining, sizes = ChunkSizer(), steps, []
    while remaining:
        size = sizer.next_steps(remaining)
        sizer.record(size, size * step_s + call_s)
        sizes.append(size)
        remaining -= size
    return sizes


def test_short_pass_becomes_a_single_chunk() -> None:
    sizer = ChunkSizer()
    for _ in range(4):
        sizer.record(sizer.next_steps(320), 0.001)
    assert sizer.next_steps(320) == 320


def test_chunks_of_a_long_pass_take_a_third_of_a_second() -> None:
    seconds = [size * 0.001 for size in chunk_sizes(3000, 0.001)]
    assert max(seconds) < 0.5
    assert sum(second > 0.3 for second in seconds) >= 7


def test_slow_step_is_a_separate_chunk() -> None:
    assert chunk_sizes(20, 2.0)[1:] == [1] * 12


def test_short_last_chunk_does_not_shrink_the_next_ones() -> None:
    sizer = ChunkSizer()
    for size in (8, 64, 300):
        sizer.record(size, size * 0.001)
    before = sizer.next_steps(10_000)
    sizer.record(1, 0.05)
    assert sizer.next_steps(10_000) == before
