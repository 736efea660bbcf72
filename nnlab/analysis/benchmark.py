"""Devices side by side: which is faster, from which batch size on, and what its steps wait for."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from nnlab.analysis.statistics import mean
from nnlab.runs.records.benchmark import BenchmarkPoint, BenchmarkRecord

Bound = Literal["launch", "copy", "compute"]

_ROUNDS = 2


@dataclass(frozen=True)
class Speedup:
    """How many times faster a device is than another.

    Args:
        value: The ratio of the medians: above 1 it is faster.
        low: The least that the two 95 % intervals, and that of the ratio from process to process,
            allow; None where one of them is missing.
        high: The most.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def is_faster(self) -> bool:
        """Whether it is shown to be faster: no interval allows the contrary."""
        return self.low is not None and self.low > 1

    @property
    def is_slower(self) -> bool:
        """Whether it is shown to be slower."""
        return self.high is not None and self.high < 1


@dataclass(frozen=True)
class Bottleneck:
    """What most of a step goes to.

    Args:
        bound: `launch`: what each step costs, however few rows it holds: launching its operations,
            updating the weights, its share of what an epoch costs as such; `copy`: bringing its
            rows; `compute`: the arithmetic on them.
        share: The share of the step, from 0 to 1.
    """

    bound: Bound
    share: float


@dataclass(frozen=True)
class Crossover:
    """From where on a device is faster than the first one.

    Args:
        device: The device.
        baseline: The first one.
        width: The net's width.
        batch_size: The smallest of the sweep from which on it is shown to be faster; None: never.
        best: The batch size of the sweep where it is at its best; None where nothing compares.
        speedup: How many times faster it is there.
        faster_at: The batch sizes where it is shown to be faster.
        slower_at: Those where it is shown to be slower.
    """

    device: str
    baseline: str
    width: int | None
    batch_size: int | None
    best: int | None
    speedup: Speedup | None
    faster_at: tuple[int, ...]
    slower_at: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """The win as plain data."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class LossAgreement:
    """How far the losses of two devices differ, on the same rows in the same order.

    Args:
        largest: The largest difference, as a share of the loss.
        device: The device that it was seen on, against the first.
        width: The net's width there.
        batch_size: The batch size there.
        steps: How many steps had been done.
        compared: How many losses were compared.
    """

    largest: float
    device: str
    width: int | None
    batch_size: int
    steps: int
    compared: int

    def to_dict(self) -> dict[str, Any]:
        """The agreement as plain data."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class BenchmarkResult:
    """All points of a comparison of devices, and what follows from them.

    Args:
        devices: The devices; the others are compared with the first.
        widths: The net's widths; a None: as the config has it.
        batch_sizes: The sweep.
        points: What was measured.
    """

    devices: tuple[str, ...]
    widths: tuple[int | None, ...]
    batch_sizes: tuple[int, ...]
    points: tuple[BenchmarkPoint, ...]

    @cached_property
    def _by_place(self) -> dict[tuple[str, int | None, int], BenchmarkPoint]:
        return {(point.device, point.width, point.batch_size): point for point in self.points}

    def point(self, device: str, width: int | None, batch_size: int) -> BenchmarkPoint | None:
        """A point that was measured; None where it was not, or failed.

        Args:
            device: The device.
            width: The net's width.
            batch_size: The batch size.
        """
        found = self._by_place.get((device, width, batch_size))
        return None if found is None or found.step is None else found

    def limit(self, point: BenchmarkPoint) -> Bottleneck | None:
        """What most of a step of a point goes to, by measurement.

        What a step costs, however few rows it holds, is the time of a step of one row with the
        same engine, the same XLA choice, and as many steps an epoch.

        Args:
            point: The point.

        Returns:
            The limit; None where that step was not measured.
        """
        if point.step is None or point.one_row_s is None:
            return None
        launch = min(1.0, point.one_row_s / point.step.median_s)
        copy = min(1.0, _copy_s(point) / point.step.median_s)
        shares: dict[Bound, float] = {
            "launch": launch,
            "copy": copy,
            "compute": max(0.0, 1 - launch - copy),
        }
        bound = max(shares, key=lambda bound: shares[bound])
        return Bottleneck(bound, shares[bound])

    def speedup(self, point: BenchmarkPoint) -> Speedup | None:
        """How many times faster a point is than the first device at the same place.

        Args:
            point: The point.

        Returns:
            The ratio of their steps' times; None of the first device itself, and where one of the
            two was not measured.
        """
        base = self.point(self.devices[0], point.width, point.batch_size)
        if point.device == self.devices[0] or base is None or base.step is None:
            return None
        own, other = point.step, base.step
        if own is None:
            return None
        value = other.median_s / own.median_s
        if own.low_s is None or own.high_s is None or other.low_s is None or other.high_s is None:
            return Speedup(value, None, None)
        ends = [other.low_s / own.high_s, other.high_s / own.low_s]
        ends += _ratio_ends(base.samples_s, point.samples_s)
        return Speedup(value, min(ends), max(ends))

    def told(self, point: BenchmarkPoint) -> BenchmarkPoint:
        """A point with what follows from the others.

        Args:
            point: The point.
        """
        limit, speedup = self.limit(point), self.speedup(point)
        return dataclasses.replace(
            point,
            limit=None if limit is None else dataclasses.asdict(limit),
            speedup=None if speedup is None else dataclasses.asdict(speedup),
        )

    @property
    def wins(self) -> list[Crossover]:
        """From where on each device but the first is faster, at each width."""
        return [self._win(device, width) for device in self.devices[1:] for width in self.widths]

    @property
    def agreement(self) -> LossAgreement | None:
        """How far the losses differ at most; None where no two can be compared."""
        found: list[LossAgreement] = []
        compared = 0
        for point in self.points:
            base = self.point(self.devices[0], point.width, point.batch_size)
            if base is None or point.device == base.device:
                continue
            common = sorted(base.losses.keys() & point.losses.keys())
            compared += len(common)
            place = (point.device, point.width, point.batch_size)
            found += [
                LossAgreement(_difference(point.losses[n], base.losses[n]), *place, n, 0)
                for n in common
            ]
        if not found:
            return None
        return dataclasses.replace(max(found, key=lambda one: one.largest), compared=compared)

    def _win(self, device: str, width: int | None) -> Crossover:
        sizes = sorted(self.batch_sizes)
        speedups = {
            size: found
            for size in sizes
            if (point := self.point(device, width, size)) and (found := self.speedup(point))
        }
        first = None
        for size in reversed(sizes):
            if self.point(self.devices[0], width, size) is None:
                continue
            if size not in speedups or not speedups[size].is_faster:
                break
            first = size
        best = max(speedups, key=lambda size: speedups[size].value, default=None)
        return Crossover(
            device,
            self.devices[0],
            width,
            first,
            best,
            None if best is None else speedups[best],
            tuple(size for size, one in speedups.items() if one.is_faster),
            tuple(size for size, one in speedups.items() if one.is_slower),
        )


def _ratio_ends(
    others: Sequence[Sequence[float]], own: Sequence[Sequence[float]]
) -> tuple[float, ...]:
    """The ends of the ratio's 95 % interval, by Student's t on logarithms.

    Devices take turns, so that the processes of one round are a pair. How much processes differ is
    known from few of them: times of many pieces would make two or three seem more than they are.
    """
    rounds = [
        math.log(statistics.median(other) / statistics.median(one))
        for other, one in zip(others, own, strict=False)
        if other and one
    ]
    if len(rounds) < _ROUNDS:
        return ()
    found = mean(rounds)
    return tuple(math.exp(end) for end in (found.low, found.high) if end is not None)


def _copy_s(point: BenchmarkPoint) -> float:
    """Seconds in which the rows of a step come to the device, where they come in every epoch."""
    if not point.is_streamed or not point.rows_brought:
        return 0.0
    return point.timing.get("rows_s", 0.0) * point.batch_size / point.rows_brought


def _difference(value: float, other: float) -> float:
    """How far two losses differ, as a share of the larger; both not finite are equal."""
    if not (math.isfinite(value) and math.isfinite(other)):
        return 0.0 if math.isfinite(value) == math.isfinite(other) else math.inf
    largest = max(abs(value), abs(other))
    return abs(value - other) / largest if largest else 0.0


def benchmark_result(record: BenchmarkRecord) -> BenchmarkResult:
    """The table of what was recorded.

    Args:
        record: The record.
    """
    return BenchmarkResult(
        tuple(str(device["name"]) for device in record.devices),
        record.widths,
        record.batch_sizes,
        record.points,
    )
