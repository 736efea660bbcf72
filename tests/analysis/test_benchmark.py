"""Devices side by side: who wins from where on, what a step waits for, whether losses agree."""

from __future__ import annotations

import math
from typing import Any

import pytest

from nnlab.analysis.benchmark import BenchmarkResult, Speedup
from nnlab.runs.records.benchmark import BenchmarkPoint, Timed

SWEEP = (32, 128, 512)


def point(
    device: str, size: int, step_s: float, spread: float = 0.05, **more: Any
) -> BenchmarkPoint:
    step = Timed(step_s, step_s * (1 - spread), step_s * (1 + spread), 12)
    return BenchmarkPoint(device, size, step=step, **more)


def table(*points: BenchmarkPoint, widths: tuple[int | None, ...] = (None,)) -> BenchmarkResult:
    return BenchmarkResult(("cpu", "gpu:0"), widths, SWEEP, points)


def sweep_of(device: str, *steps: float) -> list[BenchmarkPoint]:
    return [point(device, size, step) for size, step in zip((1, *SWEEP), steps, strict=True)]


@pytest.mark.parametrize(
    ("gpu", "first", "best", "faster", "slower"),
    [
        ((1.0, 1.0, 1.0, 1.0), 128, 512, (128, 512), (32,)),
        ((0.1, 0.1, 0.1, 0.1), 32, 512, (32, 128, 512), ()),
        ((9.0, 9.0, 9.0, 9.0), None, 512, (), (32, 128, 512)),
        ((0.1, 0.1, 2.0, 8.0), None, 32, (32,), ()),
        ((0.1, 0.5, 1.9, 7.9), None, 128, (), ()),
    ],
)
def test_device_wins_from_the_smallest_batch_size_that_none_behind_it_takes_back(
    gpu: tuple[float, ...],
    first: int | None,
    best: int,
    faster: tuple[int, ...],
    slower: tuple[int, ...],
) -> None:
    (win,) = table(*sweep_of("cpu", 0.1, 0.5, 2.0, 8.0), *sweep_of("gpu:0", *gpu)).wins
    assert (win.batch_size, win.best) == (first, best)
    assert (win.faster_at, win.slower_at) == (faster, slower)


def test_speedup_counts_as_shown_only_where_the_intervals_are_apart() -> None:
    near = table(point("cpu", 32, 1.0), point("gpu:0", 32, 0.95))
    speedup = near.speedup(near.points[1])
    assert speedup is not None
    assert speedup.value == pytest.approx(1 / 0.95)
    assert speedup.low == pytest.approx(0.95 / (0.95 * 1.05))
    assert not speedup.is_faster
    assert not speedup.is_slower
    assert near.speedup(near.points[0]) is None
    assert Speedup(2.0, None, None).is_faster is False


def test_few_processes_that_differ_show_nothing_however_many_pieces_they_time() -> None:
    def of(device: str, *medians: float) -> BenchmarkPoint:
        samples = tuple((median,) * 50 for median in medians)
        return point(device, 32, medians[0], 0.001, samples_s=samples)

    few = table(of("cpu", 1.0, 1.1), of("gpu:0", 0.9, 0.8))
    speedup = few.speedup(few.points[1])
    assert speedup is not None
    assert speedup.low is not None
    assert speedup.low < 1
    # Student's table: t(0.975, 4 degrees) is 2.776.
    many = table(of("cpu", 1.0, 1.1, 1.0, 1.1, 1.0), of("gpu:0", 0.9, 0.8, 0.9, 0.8, 0.9))
    found = many.speedup(many.points[1])
    assert found is not None
    logs = [math.log(1 / 0.9)] * 3 + [math.log(1.1 / 0.8)] * 2
    middle = math.fsum(logs) / 5
    error = math.sqrt(math.fsum((log - middle) ** 2 for log in logs) / 4 / 5)
    assert found.low == pytest.approx(math.exp(middle - 2.776 * error), rel=1e-3)
    assert found.is_faster


def test_point_that_failed_on_the_second_device_ends_its_win() -> None:
    failed = BenchmarkPoint("gpu:0", 512, error="Memory ran out.")
    points = [*sweep_of("cpu", 0.1, 0.5, 2.0, 8.0), *sweep_of("gpu:0", 1.0, 0.1, 0.1, 0.1)[:3]]
    (win,) = table(*points, failed).wins
    assert win.batch_size is None
    assert win.faster_at == (32, 128)


def test_step_goes_to_the_largest_of_a_step_of_one_row_and_copies_and_arithmetic() -> None:
    streamed: dict[str, Any] = {
        "is_streamed": True,
        "rows_brought": 1000,
        "timing": {"rows_s": 2.0},
    }
    made = table(
        point("cpu", 32, 0.16, one_row_s=0.1),
        point("cpu", 128, 0.4, one_row_s=0.1),
        point("gpu:0", 32, 0.1, one_row_s=0.12, **streamed),
        point("gpu:0", 128, 0.6, one_row_s=0.25, **streamed),
        point("gpu:0", 512, 8.0, one_row_s=0.1, **streamed),
    )
    limits = [limit for one in made.points if (limit := made.limit(one))]
    bounds = ["launch", "compute", "launch", "copy", "compute"]
    assert [limit.bound for limit in limits] == bounds
    shares = [0.625, 0.75, 1.0, 0.256 / 0.6, 1 - 0.1 / 8 - 1.024 / 8]
    assert [limit.share for limit in limits] == pytest.approx(shares)


def test_step_of_one_row_that_was_not_measured_with_the_point_tells_no_share() -> None:
    """A step of batch size 1 may have had another engine, or XLA where the others had none."""
    made = table(point("cpu", 1, 0.001, jit_compile=True), point("cpu", 32, 0.1))
    assert made.limit(made.points[1]) is None


def test_losses_are_compared_after_equal_numbers_of_steps() -> None:
    made = table(
        point("cpu", 32, 1.0, losses={8: 2.0, 100: 1.0, 300: 0.1}),
        point("gpu:0", 32, 1.0, losses={8: 2.0002, 100: 0.99, 200: 0.5}),
        point("cpu", 128, 1.0, losses={8: 2.0}),
        point("gpu:0", 128, 1.0, losses={8: 2.0}),
    )
    agreement = made.agreement
    assert agreement is not None
    assert (agreement.batch_size, agreement.steps, agreement.compared) == (32, 100, 3)
    assert agreement.largest == pytest.approx(0.01)


def test_loss_that_is_lost_on_one_device_alone_does_not_agree() -> None:
    made = table(
        point("cpu", 32, 1.0, losses={8: 2.0}),
        point("gpu:0", 32, 1.0, losses={8: math.nan}),
    )
    assert made.agreement is not None
    assert made.agreement.largest == math.inf
    assert table(point("cpu", 32, 1.0, losses={8: 2.0})).agreement is None


def test_widths_win_each_for_themselves() -> None:
    made = BenchmarkResult(
        ("cpu", "gpu:0"),
        (64, 1024),
        (32,),
        (
            point("cpu", 32, 1.0, width=64),
            point("gpu:0", 32, 2.0, width=64),
            point("cpu", 32, 9.0, width=1024),
            point("gpu:0", 32, 2.0, width=1024),
        ),
    )
    assert [(win.width, win.batch_size) for win in made.wins] == [(64, None), (1024, 32)]
    told = made.told(made.points[3])
    assert told.speedup is not None
    assert told.speedup["value"] == pytest.approx(4.5)
