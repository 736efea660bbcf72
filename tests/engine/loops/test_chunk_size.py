"""Long passes are cut into pieces of a third of a second."""

from __future__ import annotations

from nnlab.engine.loops.chunk_size import ChunkSizer


def pieces(steps: int, step_s: float, call_s: float = 0.0002) -> list[int]:
    pace, left, found = ChunkSizer(), steps, []
    while left:
        made = pace.steps(left)
        pace.took(made, made * step_s + call_s)
        found.append(made)
        left -= made
    return found


def test_short_pass_is_soon_one_piece() -> None:
    pace = ChunkSizer()
    for _ in range(4):
        pace.took(pace.steps(320), 0.001)
    assert pace.steps(320) == 320


def test_pieces_of_a_long_pass_take_a_third_of_a_second() -> None:
    seconds = [made * 0.001 for made in pieces(3000, 0.001)]
    assert max(seconds) < 0.5
    assert sum(second > 0.3 for second in seconds) >= 7


def test_a_slow_step_is_a_piece_of_its_own() -> None:
    assert pieces(20, 2.0)[1:] == [1] * 12


def test_the_short_end_of_a_pass_does_not_slow_the_next() -> None:
    pace = ChunkSizer()
    for made in (8, 64, 300):
        pace.took(made, made * 0.001)
    before = pace.steps(10_000)
    pace.took(1, 0.05)
    assert pace.steps(10_000) == before
