"""Several measurements of the same point, each in a process of its own, as one."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence

from nnlab.analysis.statistics import median
from nnlab.runs.records.benchmark import BenchmarkPoint, Timed

# Fewer epochs than these give no interval.
_EPOCHS = 6
_PROCESSES = 2


def point_of_rounds(rounds: Sequence[BenchmarkPoint]) -> BenchmarkPoint:
    """One point, its step's time the median over all processes.

    Two processes that do the same differ, by where their memory lies, by the load of the machine:
    times of one process alone would claim more than they know, so that they give no interval, and
    one of several holds the median of each (Kalibera and Jones, "Rigorous benchmarking in
    reasonable time", 2013).

    Args:
        rounds: The point as each process measured it, one at least, with the same losses.

    Returns:
        The point; the first failure, where there is one.

    Example:
        >>> rounds = [
        ...     BenchmarkPoint("cpu", 32, steps_per_epoch=10, samples_s=((0.001, 0.002, 0.003),)),
        ...     BenchmarkPoint("cpu", 32, steps_per_epoch=10, samples_s=((0.002, 0.003, 0.004),)),
        ... ]
        >>> point_of_rounds(rounds).step
        Timed(median_s=0.0025, low_s=0.001, high_s=0.004, samples=6)
    """
    failed = next((point for point in rounds if point.error), None)
    if failed is not None:
        return failed
    samples = tuple(times for point in rounds for times in point.samples_s)
    epochs = tuple(times for point in rounds for times in point.epochs_s)
    one_row = [point.one_row_s for point in rounds if point.one_row_s is not None]
    first = rounds[0]
    step = _timed(samples)
    is_measured = sum(map(len, epochs)) >= _EPOCHS
    return dataclasses.replace(
        first,
        samples_s=samples,
        epochs_s=epochs,
        step=step,
        epoch=_timed(epochs) if is_measured else _scaled(step, first.steps_per_epoch),
        is_epoch_measured=is_measured,
        timing={
            name: statistics.median(point.timing[name] for point in rounds) for name in first.timing
        },
        one_row_s=statistics.median(one_row) if one_row else None,
        peak_bytes=max((point.peak_bytes or 0 for point in rounds), default=0) or None,
        losses={steps: loss for point in rounds for steps, loss in point.losses.items()},
    )


def _timed(processes: Sequence[Sequence[float]]) -> Timed:
    """The median over all times of all processes."""
    found = median([time for times in processes for time in times])
    if len(processes) < _PROCESSES or found.low is None or found.high is None:
        return Timed(found.value, None, None, found.count)
    each = [statistics.median(times) for times in processes if times]
    return Timed(found.value, min(found.low, *each), max(found.high, *each), found.count)


def _scaled(step: Timed, steps: int) -> Timed:
    low, high = (None if end is None else end * steps for end in (step.low_s, step.high_s))
    return Timed(step.median_s * steps, low, high, step.samples)
