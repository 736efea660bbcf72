"""The verdicts of benchmarks.

`verdicts.txt` has the verdict of each case below. After a change of wording,
`python -m tests.report.benchmark.test_verdict` regenerates it; read the difference as a user would.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.analysis.benchmark import LossAgreement, Speedup
from nnlab.report.benchmark.verdict import (
    benchmark_verdict,
    format_agreement,
    format_bottleneck,
    format_ratio,
    format_speedup,
)
from nnlab.runs.records.benchmark import BenchmarkRecord
from tests.report.devices import cpu_only, measured_point, result_of, with_gpu, with_verdict

SNAPSHOT = Path(__file__).parent / "verdicts.txt"


def two_widths() -> BenchmarkRecord:
    record = with_gpu(1.0, 1.0, 1.0, 1.0)
    wide = [measured_point(name, 32, step, 1024) for name, step in (("cpu", 1.0), ("gpu:0", 0.1))]
    return with_verdict(replace(record, widths=(None, 1024), points=(*record.points, *wide)))


def measured_once() -> BenchmarkRecord:
    record = with_gpu(0.0001, 0.0001, 0.0001, 0.0001)
    points = [
        replace(point, step=replace(point.step, low_s=None, high_s=None))
        for point in record.points
        if point.step is not None
    ]
    return with_verdict(replace(record, points=tuple(points)))


CASES = {
    "no GPU": cpu_only().verdict,
    "only the CPU was requested": benchmark_verdict(result_of(cpu_only()), has_gpu=True),
    "faster from a batch size on": with_gpu(0.001, 0.0011, 0.0012, 0.001).verdict,
    "faster everywhere": with_gpu(0.0001, 0.0001, 0.0001, 0.0001).verdict,
    "slower everywhere": with_gpu(1.0, 1.0, 1.0, 1.0).verdict,
    "equally fast at best": with_gpu(1.0, 1.0, 1.0, 0.008).verdict,
    "faster at one batch size, no crossover": with_gpu(1.0, 0.0001, 1.0, 1.0).verdict,
    "measured once": measured_once().verdict,
    "two widths": two_widths().verdict,
}


def format_cases() -> str:
    return "".join(f"=== {title}\n{verdict}\n" for title, verdict in CASES.items())


def test_verdicts_match_the_snapshot() -> None:
    assert format_cases() == SNAPSHOT.read_text(encoding="utf-8")


def test_each_width_has_a_verdict() -> None:
    first, second = CASES["two widths"].split("; ")
    assert "gpu:0 is slower" in first
    assert "width 1,024" in second


def test_agreement_has_the_largest_difference_and_its_position() -> None:
    small = LossAgreement(2e-6, "gpu:0", 64, 32, 8, 12)
    text = format_agreement(small, "cpu")
    assert "agree with those of cpu" in text
    assert "12 compared is 0.0002 % (gpu:0, batch size 32, width 64, after 8 steps)" in text
    assert "differ from" in format_agreement(replace(small, largest_difference=0.2), "cpu")
    equal = LossAgreement(0.0, "gpu:0", None, 32, 8, 12)
    assert "bitwise equal to those of cpu (12 compared)" in format_agreement(equal, "cpu")


def test_bottleneck_has_its_share() -> None:
    bottleneck = result_of(cpu_only()).bottleneck(cpu_only().points[1])
    assert bottleneck is not None
    assert format_bottleneck(bottleneck) == "compute 80 %"


def test_ratio_other_than_1_does_not_look_like_1() -> None:
    assert [format_ratio(ratio) for ratio in (1.0, 1.001, 0.996, 1.96, 2.04)] == [
        "1.00",
        "1.001",
        "0.996",
        "1.96",
        "2.0",
    ]


@pytest.mark.parametrize(
    ("speedup", "text"),
    [
        (Speedup(0.9996, 0.45, 3.3), "1.00 (0.45 to 3.30)"),
        (Speedup(0.9, 0.62, 1.22), "0.90 (0.62 to 1.22)"),
        (Speedup(1.02, 1.003, 1.04), "1.020 (1.003 to 1.040)"),
        (Speedup(3.14, 0.96, 5.2), "3.14 (0.96 to 5.20)"),
        (Speedup(14.2, 12.9, 15.3), "14 (13 to 15)"),
        (Speedup(0.0042, 0.0039, 0.0045), "0.0042 (0.0039 to 0.0045)"),
    ],
)
def test_ratio_and_interval_have_the_same_decimals(speedup: Speedup, text: str) -> None:
    assert format_speedup(speedup) == text


if __name__ == "__main__":
    SNAPSHOT.write_text(format_cases(), encoding="utf-8")
