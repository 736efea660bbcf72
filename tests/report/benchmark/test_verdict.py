"""What a comparison of devices came to, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnlab.analysis.benchmark import LossAgreement, Speedup
from nnlab.report.benchmark.verdict import (
    agreement_words,
    devices_headline,
    speedup_text,
    times_text,
)
from tests.report.devices import cpu_only, measured_point, result_of, with_gpu, with_verdict


def test_cpu_alone_is_said_to_be_alone_with_its_best_pace() -> None:
    assert cpu_only().verdict == (
        "no GPU here: cpu alone was measured, at best 64,000 examples a second at batch size 32"
    )
    assert devices_headline(result_of(cpu_only()), has_gpu=True).startswith("cpu alone was")


@pytest.mark.parametrize(
    ("gpu_s", "said"),
    [
        (
            (0.001, 0.0011, 0.0012, 0.001),
            (
                "gpu:0 is faster than cpu from batch size 128 on: 8.0 times as fast "
                "(95 % interval 7.2 to 8.8) at 512; at 32 it is launch-bound"
            ),
        ),
        (
            (0.0001, 0.0001, 0.0001, 0.0001),
            (
                "gpu:0 is faster than cpu at every batch size, 32 to 512: 80 times as fast "
                "(95 % interval 72 to 88) at 512"
            ),
        ),
        (
            (1.0, 1.0, 1.0, 1.0),
            "gpu:0 is slower than cpu at every batch size, 32 to 512",
        ),
        (
            (1.0, 1.0, 1.0, 0.008),
            (
                "gpu:0 is never shown to be faster than cpu within this sweep "
                "(batch size 32 to 512); at its best it is 1.00 times as fast "
                "(95 % interval 0.90 to 1.11) at 512"
            ),
        ),
        (
            (1.0, 0.0001, 1.0, 1.0),
            (
                "gpu:0 is faster than cpu at batch size 32 alone, and from none on: "
                "5.0 times as fast (95 % interval 4.5 to 5.5) at 32"
            ),
        ),
    ],
)
def test_verdict_says_from_where_the_gpu_wins_and_why_not_before(
    gpu_s: tuple[float, ...], said: str
) -> None:
    assert with_gpu(*gpu_s).verdict == said


def test_each_width_has_its_own_verdict() -> None:
    record = with_gpu(1.0, 1.0, 1.0, 1.0)
    wide = [measured_point(name, 32, step, 1024) for name, step in (("cpu", 1.0), ("gpu:0", 0.1))]
    both = with_verdict(replace(record, widths=(None, 1024), points=(*record.points, *wide)))
    first, second = both.verdict.split("; ")
    assert first.startswith("at width of the config gpu:0 is slower")
    assert second.startswith("at width 1,024 ")


def test_losses_that_differ_are_not_said_to_agree() -> None:
    near = LossAgreement(2e-6, "gpu:0", 64, 32, 8, 12)
    assert agreement_words(near, "cpu") == (
        "The losses agree: of 12, the largest difference to those of cpu is 0.0002 % "
        "(gpu:0, batch size 32, width 64, after 8 steps)."
    )
    assert "differ" in agreement_words(replace(near, largest=0.2), "cpu")


def test_measured_once_nothing_is_shown() -> None:
    record = with_gpu(0.0001, 0.0001, 0.0001, 0.0001)
    once = [
        replace(point, step=replace(point.step, low_s=None, high_s=None))
        for point in record.points
        if point.step is not None
    ]
    assert with_verdict(replace(record, points=tuple(once))).verdict == (
        "nothing is shown, as each point was measured once: take --repeats 3; "
        "at its best gpu:0 was 80 times as fast at 512 as cpu"
    )


def test_what_is_not_equal_does_not_look_it() -> None:
    assert [times_text(ratio) for ratio in (1.0, 1.001, 0.996, 1.96, 2.04)] == [
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
def test_ratio_and_interval_have_as_many_digits(speedup: Speedup, text: str) -> None:
    assert speedup_text(speedup) == text
