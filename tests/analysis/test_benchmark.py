"""Benchmarks: merged processes, speedups, crossovers, bottlenecks, agreement of losses."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from nnlab.analysis.benchmark import BenchmarkResult, Speedup, merge_rounds
from nnlab.runs.records.benchmark import BenchmarkPoint, MedianTime

BATCH_SIZES = (32, 128, 512)


def measured(
    *times: float, epochs: tuple[float, ...] = (), compile_s: float = 1.0
) -> BenchmarkPoint:
    """Return a point as measured by one process."""
    return BenchmarkPoint(
        "cpu",
        32,
        steps_per_epoch=10,
        samples_s=(times,),
        epochs_s=(epochs,),
        timing={"compile_s": compile_s},
        peak_bytes=int(compile_s * 100),
    )


def test_interval_includes_the_variation_between_processes() -> None:
    point = merge_rounds([measured(1.0, 1.0, 1.0, 1.0), measured(2.0, 2.0, 2.0, 2.0)])
    assert point.step == MedianTime(1.5, 1.0, 2.0, 8)
    assert point.samples_s == ((1.0,) * 4, (2.0,) * 4)
    few = merge_rounds([measured(0.001, 0.002, 0.003), measured(0.002, 0.003, 0.004)])
    assert few.step == MedianTime(median_s=0.0025, low_s=0.001, high_s=0.004, samples=6)


def test_interval_includes_the_median_of_each_process() -> None:
    slow = measured(3.0, 3.0, 1.0, 1.0, 3.0)
    point = merge_rounds([measured(*[1.0] * 9), measured(*[1.1] * 9), slow])
    assert point.step is not None
    assert (point.step.low_s, point.step.high_s) == (1.0, 3.0)


def test_one_process_has_no_interval() -> None:
    point = merge_rounds([measured(*[1.0, 1.1] * 6, epochs=(9.0, 10.0) * 6)])
    assert point.step is not None
    assert point.epoch is not None
    assert (point.step.median_s, point.step.low_s, point.step.high_s) == (1.05, None, None)
    assert (point.epoch.low_s, point.is_epoch_measured) == (None, True)


def test_epoch_is_measured_or_the_sum_of_its_steps() -> None:
    few = merge_rounds([measured(1.0, 1.1, epochs=(11.0, 12.0))])
    assert few.epoch is not None
    assert few.epoch.median_s == pytest.approx(10.5)
    assert not few.is_epoch_measured
    many = merge_rounds([measured(1.0, epochs=(11.0, 12.0, 13.0))] * 2)
    assert many.epoch is not None
    assert (many.epoch.median_s, many.is_epoch_measured) == (12.0, True)


def test_merged_timing_is_the_median_and_memory_the_maximum() -> None:
    point = merge_rounds([measured(1.0, compile_s=value) for value in (1.0, 9.0, 2.0)])
    assert point.timing == {"compile_s": 2.0}
    assert point.peak_bytes == 900


def test_failed_process_fails_the_point() -> None:
    failed = BenchmarkPoint("cpu", 32, error="Memory ran out.")
    assert merge_rounds([measured(1.0), failed]).error == "Memory ran out."


def test_merged_step_of_one_row_is_the_median() -> None:
    rounds = [replace(measured(1.0), one_row_s=value) for value in (0.1, 0.9, 0.2)]
    assert merge_rounds(rounds).one_row_s == 0.2
    assert merge_rounds([measured(1.0)]).one_row_s is None


def point(
    device: str, size: int, step_s: float, spread: float = 0.05, **fields: Any
) -> BenchmarkPoint:
    step = MedianTime(step_s, step_s * (1 - spread), step_s * (1 + spread), 12)
    return BenchmarkPoint(device, size, step=step, **fields)


def result_of(*points: BenchmarkPoint) -> BenchmarkResult:
    return BenchmarkResult(("cpu", "gpu:0"), (None,), BATCH_SIZES, points)


def sweep_of(device: str, *steps: float) -> list[BenchmarkPoint]:
    return [point(device, size, step) for size, step in zip((1, *BATCH_SIZES), steps, strict=True)]


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
def test_crossover_is_the_smallest_batch_size_from_which_on_the_device_is_faster(
    gpu: tuple[float, ...],
    first: int | None,
    best: int,
    faster: tuple[int, ...],
    slower: tuple[int, ...],
) -> None:
    points = [*sweep_of("cpu", 0.1, 0.5, 2.0, 8.0), *sweep_of("gpu:0", *gpu)]
    (crossover,) = result_of(*points).crossovers
    assert (crossover.batch_size, crossover.best_batch_size) == (first, best)
    assert (crossover.faster_at, crossover.slower_at) == (faster, slower)


def test_device_is_faster_only_if_the_intervals_do_not_overlap() -> None:
    result = result_of(point("cpu", 32, 1.0), point("gpu:0", 32, 0.95))
    speedup = result.speedup(result.points[1])
    assert speedup is not None
    assert speedup.value == pytest.approx(1 / 0.95)
    assert speedup.low == pytest.approx(0.95 / (0.95 * 1.05))
    assert not speedup.is_faster
    assert not speedup.is_slower
    assert result.speedup(result.points[0]) is None
    assert Speedup(2.0, None, None).is_faster is False


def test_speedup_counts_processes_and_not_their_samples() -> None:
    def rounds(device: str, *medians: float) -> BenchmarkPoint:
        samples = tuple((median,) * 50 for median in medians)
        return point(device, 32, medians[0], 0.001, samples_s=samples)

    few = result_of(rounds("cpu", 1.0, 1.1), rounds("gpu:0", 0.9, 0.8))
    of_few = few.speedup(few.points[1])
    assert of_few is not None
    assert of_few.low is not None
    assert of_few.low < 1
    # Student's table: t(0.975, 4 degrees) is 2.776.
    many = result_of(
        rounds("cpu", 1.0, 1.1, 1.0, 1.1, 1.0), rounds("gpu:0", 0.9, 0.8, 0.9, 0.8, 0.9)
    )
    of_many = many.speedup(many.points[1])
    assert of_many is not None
    logarithms = [math.log(1 / 0.9)] * 3 + [math.log(1.1 / 0.8)] * 2
    mean = math.fsum(logarithms) / 5
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in logarithms) / 4 / 5)
    assert of_many.low == pytest.approx(math.exp(mean - 2.776 * error), rel=1e-3)
    assert of_many.is_faster


def test_failed_point_ends_the_range_after_the_crossover() -> None:
    failed = BenchmarkPoint("gpu:0", 512, error="Memory ran out.")
    points = [*sweep_of("cpu", 0.1, 0.5, 2.0, 8.0), *sweep_of("gpu:0", 1.0, 0.1, 0.1, 0.1)[:3]]
    (crossover,) = result_of(*points, failed).crossovers
    assert crossover.batch_size is None
    assert crossover.faster_at == (32, 128)


def test_bottleneck_is_the_largest_share_of_launch_copy_and_compute() -> None:
    streamed: dict[str, Any] = {
        "is_streamed": True,
        "rows_transferred": 1000,
        "timing": {"rows_s": 2.0},
    }
    result = result_of(
        point("cpu", 32, 0.16, one_row_s=0.1),
        point("cpu", 128, 0.4, one_row_s=0.1),
        point("gpu:0", 32, 0.1, one_row_s=0.12, **streamed),
        point("gpu:0", 128, 0.6, one_row_s=0.25, **streamed),
        point("gpu:0", 512, 8.0, one_row_s=0.1, **streamed),
    )
    bottlenecks = [
        bottleneck for point in result.points if (bottleneck := result.bottleneck(point))
    ]
    bounds = ["launch", "compute", "launch", "copy", "compute"]
    assert [bottleneck.bound for bottleneck in bottlenecks] == bounds
    shares = [0.625, 0.75, 1.0, 0.256 / 0.6, 1 - 0.1 / 8 - 1.024 / 8]
    assert [bottleneck.share for bottleneck in bottlenecks] == pytest.approx(shares)


def test_bottleneck_is_unknown_without_the_time_of_one_row() -> None:
    """A point with batch size 1 may have another engine or another XLA choice."""
    result = result_of(point("cpu", 1, 0.001, jit_compile=True), point("cpu", 32, 0.1))
    assert result.bottleneck(result.points[1]) is None


def test_losses_are_compared_after_equal_numbers_of_steps() -> None:
    result = result_of(
        point("cpu", 32, 1.0, losses={8: 2.0, 100: 1.0, 300: 0.1}),
        point("gpu:0", 32, 1.0, losses={8: 2.0002, 100: 0.99, 200: 0.5}),
        point("cpu", 128, 1.0, losses={8: 2.0}),
        point("gpu:0", 128, 1.0, losses={8: 2.0}),
    )
    agreement = result.agreement
    assert agreement is not None
    assert (agreement.batch_size, agreement.steps, agreement.compared) == (32, 100, 3)
    assert agreement.largest_difference == pytest.approx(0.01)


def test_nan_on_one_device_only_is_an_infinite_difference() -> None:
    result = result_of(
        point("cpu", 32, 1.0, losses={8: 2.0}),
        point("gpu:0", 32, 1.0, losses={8: math.nan}),
    )
    assert result.agreement is not None
    assert result.agreement.largest_difference == math.inf
    assert result_of(point("cpu", 32, 1.0, losses={8: 2.0})).agreement is None


def test_each_width_has_a_crossover() -> None:
    result = BenchmarkResult(
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
    crossovers = [(crossover.width, crossover.batch_size) for crossover in result.crossovers]
    assert crossovers == [(64, None), (1024, 32)]
    derived = result.with_derived_values(result.points[3])
    assert derived.speedup is not None
    assert derived.speedup["value"] == pytest.approx(4.5)
