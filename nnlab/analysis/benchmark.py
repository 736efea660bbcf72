"""Benchmarks of devices: times, speedups, crossovers, bottlenecks and the agreement of losses."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from nnlab.analysis.statistics import mean, median
from nnlab.runs.records.benchmark import BenchmarkPoint, BenchmarkRecord, MedianTime

Bound = Literal["launch", "copy", "compute"]

# Minimum number of processes for an interval, and of whole epochs to report their time.
_MIN_PROCESSES = 2
_MIN_EPOCHS = 6


def merge_rounds(rounds: Sequence[BenchmarkPoint]) -> BenchmarkPoint:
    """Merge the measurements of one point in several processes.

    The time of a step is the median over all processes. Processes that do the same work differ, by
    memory layout and the load of the machine. Therefore a single process gives no interval, and the
    interval of several includes the median of each (Kalibera and Jones, "Rigorous benchmarking in
    reasonable time", 2013). If any process failed, its failure is the result.
    """
    failed = next((point for point in rounds if point.error), None)
    if failed is not None:
        return failed
    samples = tuple(times for point in rounds for times in point.samples_s)
    epochs = tuple(times for point in rounds for times in point.epochs_s)
    one_row = [point.one_row_s for point in rounds if point.one_row_s is not None]
    first = rounds[0]
    step = _median_time(samples)
    is_epoch_measured = sum(map(len, epochs)) >= _MIN_EPOCHS
    if is_epoch_measured:
        epoch = _median_time(epochs)
    else:
        steps = first.steps_per_epoch
        low, high = (None if end is None else end * steps for end in (step.low_s, step.high_s))
        epoch = MedianTime(step.median_s * steps, low, high, step.samples)
    return dataclasses.replace(
        first,
        samples_s=samples,
        epochs_s=epochs,
        step=step,
        epoch=epoch,
        is_epoch_measured=is_epoch_measured,
        timing={
            name: statistics.median(point.timing[name] for point in rounds) for name in first.timing
        },
        one_row_s=statistics.median(one_row) if one_row else None,
        peak_bytes=max((point.peak_bytes or 0 for point in rounds), default=0) or None,
        losses={steps: loss for point in rounds for steps, loss in point.losses.items()},
    )


def _median_time(processes: Sequence[Sequence[float]]) -> MedianTime:
    """Return the median over all times of all processes."""
    overall = median([time for times in processes for time in times])
    if len(processes) < _MIN_PROCESSES or overall.low is None or overall.high is None:
        return MedianTime(overall.value, None, None, overall.count)
    medians = [statistics.median(times) for times in processes if times]
    low, high = min(overall.low, *medians), max(overall.high, *medians)
    return MedianTime(overall.value, low, high, overall.count)


@dataclass(frozen=True)
class Speedup:
    """The speedup of a device over another.

    Args:
        value: The ratio of the medians; the device is faster if it is above 1.
        low: The lower end of the 95 % interval: the smallest ratio that the intervals of both
            times, or the variation between processes, allow. None without intervals.
        high: The upper end.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def is_faster(self) -> bool:
        """Whether the whole interval is above 1."""
        return self.low is not None and self.low > 1

    @property
    def is_slower(self) -> bool:
        """Whether the whole interval is below 1."""
        return self.high is not None and self.high < 1


@dataclass(frozen=True)
class Bottleneck:
    """What takes most of the time of a step.

    Args:
        bound: `launch`: the constant cost of a step, whatever its number of rows: launching
            operations, updating the weights, its share of the constant cost of an epoch. `copy`:
            copying its rows to the device. `compute`: the arithmetic.
        share: The share of the step's time, from 0 to 1.
    """

    bound: Bound
    share: float


@dataclass(frozen=True)
class Crossover:
    """The batch size from which on a device is faster than the baseline.

    Args:
        device: The device.
        baseline: The first device.
        width: The width of the model; None for that of the config.
        batch_size: The smallest batch size from which on it is faster; None if it never is.
        best_batch_size: The batch size with the highest speedup; None if there is none.
        speedup: The speedup at the best batch size.
        faster_at: The batch sizes at which it is faster.
        slower_at: The batch sizes at which it is slower.
    """

    device: str
    baseline: str
    width: int | None
    batch_size: int | None
    best_batch_size: int | None
    speedup: Speedup | None
    faster_at: tuple[int, ...]
    slower_at: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the crossover for JSON."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class LossAgreement:
    """How much the losses of two devices differ, on the same rows in the same order.

    Args:
        largest_difference: The largest difference, relative to the loss.
        device: The device with this difference to the first.
        width: The width of the model there.
        batch_size: The batch size there.
        steps: The number of steps after which it occurred.
        compared: The number of losses that were compared.
    """

    largest_difference: float
    device: str
    width: int | None
    batch_size: int
    steps: int
    compared: int

    def to_dict(self) -> dict[str, Any]:
        """Return the agreement for JSON."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class BenchmarkResult:
    """The points of a benchmark, and what is derived from them.

    Args:
        devices: The devices; the others are compared with the first.
        widths: The widths of the model; None for that of the config.
        batch_sizes: The batch sizes.
        points: The measured points.
    """

    devices: tuple[str, ...]
    widths: tuple[int | None, ...]
    batch_sizes: tuple[int, ...]
    points: tuple[BenchmarkPoint, ...]

    def point(self, device: str, width: int | None, batch_size: int) -> BenchmarkPoint | None:
        """Return a point, or None if it was not measured or failed."""
        key = device, width, batch_size
        measured = (point for point in self.points if point.step is not None)
        return next((p for p in measured if (p.device, p.width, p.batch_size) == key), None)

    def bottleneck(self, point: BenchmarkPoint) -> Bottleneck | None:
        """Return what takes most of the time of a point's step, or None if unknown.

        The constant cost is the measured time of a step of one row, with the same engine, the same
        XLA choice and the same number of steps per epoch.
        """
        if point.step is None or point.one_row_s is None:
            return None
        launch = min(1.0, point.one_row_s / point.step.median_s)
        copy_s = 0.0
        # Unless they are streamed, the rows are copied once, before the first step.
        if point.is_streamed and point.rows_transferred:
            copy_s = point.timing.get("rows_s", 0.0) * point.batch_size / point.rows_transferred
        copy = min(1.0, copy_s / point.step.median_s)
        shares: dict[Bound, float] = {
            "launch": launch,
            "copy": copy,
            "compute": max(0.0, 1 - launch - copy),
        }
        bound = max(shares, key=lambda bound: shares[bound])
        return Bottleneck(bound, shares[bound])

    def speedup(self, point: BenchmarkPoint) -> Speedup | None:
        """Return the speedup of a point over the first device, or None if unknown."""
        base = self.point(self.devices[0], point.width, point.batch_size)
        if point.device == self.devices[0] or base is None or base.step is None:
            return None
        step, first = point.step, base.step
        if step is None:
            return None
        value = first.median_s / step.median_s
        if step.low_s is None or step.high_s is None or first.low_s is None or first.high_s is None:
            return Speedup(value, None, None)
        ends = [first.low_s / step.high_s, first.high_s / step.low_s]
        ends += _ratio_interval(base.samples_s, point.samples_s)
        return Speedup(value, min(ends), max(ends))

    def with_derived_values(self, point: BenchmarkPoint) -> BenchmarkPoint:
        """Return a point with its bottleneck and its speedup."""
        bottleneck, speedup = self.bottleneck(point), self.speedup(point)
        return dataclasses.replace(
            point,
            bottleneck=None if bottleneck is None else dataclasses.asdict(bottleneck),
            speedup=None if speedup is None else dataclasses.asdict(speedup),
        )

    @property
    def crossovers(self) -> list[Crossover]:
        """The crossover of each device but the first, at each width."""
        sizes, baseline = sorted(self.batch_sizes), self.devices[0]
        crossovers = []
        for device, width in product(self.devices[1:], self.widths):
            speedups = {
                size: speedup
                for size in sizes
                if (point := self.point(device, width, size)) and (speedup := self.speedup(point))
            }
            first = None
            for size in reversed(sizes):
                if self.point(baseline, width, size) is None:
                    continue
                if size not in speedups or not speedups[size].is_faster:
                    break
                first = size
            best = max(speedups, key=lambda size: speedups[size].value, default=None)
            crossovers.append(
                Crossover(
                    device,
                    baseline,
                    width,
                    first,
                    best,
                    None if best is None else speedups[best],
                    tuple(size for size, speedup in speedups.items() if speedup.is_faster),
                    tuple(size for size, speedup in speedups.items() if speedup.is_slower),
                )
            )
        return crossovers

    @property
    def agreement(self) -> LossAgreement | None:
        """The largest difference of the losses; None if no two can be compared."""
        differences: list[LossAgreement] = []
        for point in self.points:
            base = self.point(self.devices[0], point.width, point.batch_size)
            if base is None or point.device == base.device:
                continue
            differences += [
                LossAgreement(
                    _relative_difference(point.losses[steps], base.losses[steps]),
                    point.device,
                    point.width,
                    point.batch_size,
                    steps,
                    0,
                )
                for steps in sorted(base.losses.keys() & point.losses.keys())
            ]
        if not differences:
            return None
        largest = max(differences, key=lambda agreement: agreement.largest_difference)
        return dataclasses.replace(largest, compared=len(differences))


def _ratio_interval(
    base: Sequence[Sequence[float]], times: Sequence[Sequence[float]]
) -> tuple[float, ...]:
    """Return the 95 % interval of the ratio of times, by Student's t on its logarithm.

    The devices take turns, so the processes of a round are paired. The sample is one ratio per
    round: counting the many times of each process would underestimate the variation between them.
    """
    logarithms = [
        math.log(statistics.median(base_times) / statistics.median(own_times))
        for base_times, own_times in zip(base, times, strict=False)
        if base_times and own_times
    ]
    if len(logarithms) < _MIN_PROCESSES:
        return ()
    ratio = mean(logarithms)
    return tuple(math.exp(end) for end in (ratio.low, ratio.high) if end is not None)


def _relative_difference(loss: float, other: float) -> float:
    """Return the difference relative to the larger loss; 0 if neither is finite."""
    if not (math.isfinite(loss) and math.isfinite(other)):
        return 0.0 if math.isfinite(loss) == math.isfinite(other) else math.inf
    largest = max(abs(loss), abs(other))
    return abs(loss - other) / largest if largest else 0.0


def benchmark_result(record: BenchmarkRecord) -> BenchmarkResult:
    """Return the result of a recorded benchmark."""
    return BenchmarkResult(
        tuple(str(device["name"]) for device in record.devices),
        record.widths,
        record.batch_sizes,
        record.points,
    )
