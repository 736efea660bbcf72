"""Several processes' measurements as one point."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnlab.analysis.benchmark_rounds import point_of_rounds
from nnlab.runs.records.benchmark import BenchmarkPoint


def measured(
    *times: float, epochs: tuple[float, ...] = (), compile_s: float = 1.0
) -> BenchmarkPoint:
    return BenchmarkPoint(
        "cpu",
        32,
        steps_per_epoch=10,
        samples_s=(times,),
        epochs_s=(epochs,),
        timing={"compile_s": compile_s},
        peak_bytes=int(compile_s * 100),
    )


def test_interval_holds_the_difference_between_processes() -> None:
    point = point_of_rounds([measured(1.0, 1.0, 1.0, 1.0), measured(2.0, 2.0, 2.0, 2.0)])
    assert point.step is not None
    assert (point.step.median_s, point.step.low_s, point.step.high_s) == (1.5, 1.0, 2.0)
    assert point.samples_s == ((1.0,) * 4, (2.0,) * 4)


def test_an_interval_holds_the_median_of_each_process() -> None:
    late = measured(3.0, 3.0, 1.0, 1.0, 3.0)
    point = point_of_rounds([measured(*[1.0] * 9), measured(*[1.1] * 9), late])
    assert point.step is not None
    assert (point.step.low_s, point.step.high_s) == (1.0, 3.0)


def test_one_process_gives_no_interval() -> None:
    point = point_of_rounds([measured(*[1.0, 1.1] * 6, epochs=(9.0, 10.0) * 6)])
    assert point.step is not None
    assert point.epoch is not None
    assert (point.step.median_s, point.step.low_s, point.step.high_s) == (1.05, None, None)
    assert (point.epoch.low_s, point.is_epoch_measured) == (None, True)


def test_epoch_is_timed_whole_or_its_steps() -> None:
    few = point_of_rounds([measured(1.0, 1.1, epochs=(11.0, 12.0))])
    assert few.epoch is not None
    assert few.epoch.median_s == pytest.approx(10.5)
    assert not few.is_epoch_measured
    many = point_of_rounds([measured(1.0, epochs=(11.0, 12.0, 13.0))] * 2)
    assert many.epoch is not None
    assert (many.epoch.median_s, many.is_epoch_measured) == (12.0, True)


def test_starts_are_medians_and_memory_the_most() -> None:
    point = point_of_rounds([measured(1.0, compile_s=value) for value in (1.0, 9.0, 2.0)])
    assert point.timing == {"compile_s": 2.0}
    assert point.peak_bytes == 900


def test_one_process_that_failed_fails_the_point() -> None:
    failed = BenchmarkPoint("cpu", 32, error="Memory ran out.")
    assert point_of_rounds([measured(1.0), failed]).error == "Memory ran out."


def test_step_of_one_row_is_the_median_of_the_processes() -> None:
    rounds = [replace(measured(1.0), one_row_s=value) for value in (0.1, 0.9, 0.2)]
    assert point_of_rounds(rounds).one_row_s == 0.2
    assert point_of_rounds([measured(1.0)]).one_row_s is None
