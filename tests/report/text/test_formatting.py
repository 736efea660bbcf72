"""Formatting of numbers, values, names and sentences."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from nnlab.report.text.formatting import (
    format_bytes,
    format_count,
    format_engine,
    format_hyperparameter,
    format_interval,
    format_metric,
    format_percent,
    format_seconds,
    format_sentence,
    format_si_prefix,
    format_yaml_value,
    wrap_name,
)
from nnlab.runs.records.run import ChunkReason, JitEstimate, LoopChoice, LoopReason
from nnlab.text import plural

LONG = JitEstimate(compile_s=0.45, saved_s=123.4)
SHORT = JitEstimate(compile_s=0.45, saved_s=0.0004)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.98312, "0.9831"),
        (0.0951, "0.0951"),
        (-0.25, "-0.2500"),
        (0.0, "0"),
        (1.0, "1.0000"),
        (0.00099, "9.90e-04"),
        (99.99, "99.9900"),
        (12345.678, "12,345.68"),
        (3.2e9, "3.20e+09"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_metric(value: float, text: str) -> None:
    assert format_metric(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-4.73e-4, 0.0641, "-0.0005 to 0.0641"),
        (0.0, 0.0641, "0 to 0.0641"),
        (3e-6, 0.2, "0.000003 to 0.200000"),
        (1e-9, 0.2, "1.00e-09 to 0.2000"),
        (-12.5, 1500.0, "-12.50 to 1,500.00"),
        (1e-6, 2e-5, "1.00e-06 to 2.00e-05"),
        (-math.inf, math.inf, "-inf to inf"),
        (0.014532, 0.014539, "0.01453 to 0.01454"),
    ],
)
def test_interval_ends_have_the_same_decimals_and_no_false_zero(
    low: float, high: float, text: str
) -> None:
    assert format_interval(low, high) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (999.0, "999"),
        (999.6, "1.00 k"),
        (59_960, "60.0 k"),
        (1.2e8, "120 M"),
        (4.5e15, "4,500 T"),
    ],
)
def test_prefix_suits_the_rounded_number(value: float, text: str) -> None:
    assert format_si_prefix(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.0000041, "0.0041 ms"),
        (0.9994, "999 ms"),
        (1.2, "1.2 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (190, "3 min 10 s"),
        (3599.6, "1 h 0 min"),
        (90000, "25 h 0 min"),
        (math.inf, "inf s"),
    ],
)
def test_seconds_never_show_sixty_of_a_unit(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_counts_have_thousands_separators() -> None:
    assert format_count(269_322) == "269,322"
    assert [plural(count, "run") for count in (0, 1, 1000)] == ["0 runs", "1 run", "1,000 runs"]


@pytest.mark.parametrize(
    ("size", "text"),
    [(512, "512 B"), (1536, "1.5 KiB"), (5 * 2**20, "5.0 MiB"), (2**50, "1024.0 TiB")],
)
def test_bytes(size: int, text: str) -> None:
    assert format_bytes(size) == text


def test_percent() -> None:
    assert (format_percent(0.934), format_percent(0.934, digits=1)) == ("93 %", "93.4 %")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a: b", "a: b"),
        ([1, "a"], "[1, a]"),
        (True, "true"),
        ({"Dense": {"units": 16, "use_bias": False}}, "Dense: {units: 16, use_bias: false}"),
        ({"a": 1, "b": 2}, "{a: 1, b: 2}"),
    ],
)
def test_config_value_is_written_as_yaml_on_one_line(value: Any, text: str) -> None:
    assert format_yaml_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00123456, "0.001235"), (True, "true"), (False, "false"), (128, "128"), ("relu", "relu")],
)
def test_hyperparameter(value: Any, text: str) -> None:
    assert format_hyperparameter(value) == text


def test_name_is_wrapped_after_commas_only() -> None:
    assert wrap_name("a" * 30 + ",b,c", 8).splitlines() == ["a" * 30 + ",", "b,c"]
    assert wrap_name("a,b", 8) == "a,b"


def test_sentence_is_capitalized_unless_it_starts_with_a_name() -> None:
    names = ["cpu:0", "cpu:1"]
    assert format_sentence("no difference shown") == "No difference shown."
    assert format_sentence("cpu:1 is faster", names) == "cpu:1 is faster."
    assert format_sentence("cpu:10 is faster", names) == "Cpu:10 is faster."
    assert format_sentence("") == ""


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (
            {"loop_reason": LoopReason.NO_BATCH_CALLBACKS, "jit_estimate": SHORT},
            "(no per-batch callbacks); XLA off (est. 0.45 s to compile, saves <0.01 s)",
        ),
        (
            {"loop_reason": LoopReason.REQUESTED, "jit_compile": True, "jit_estimate": LONG},
            "(requested by the config); XLA on (est. 0.45 s to compile, saves 123 s)",
        ),
        (
            {"jit_compile": True, "jit_requested": True, "jit_estimate": SHORT},
            "(too few steps to trace a loop); XLA on (requested by the config)",
        ),
        (
            {"jit_requested": True, "jit_failed": True, "jit_estimate": LONG},
            "(too few steps to trace a loop); XLA off (compilation failed)",
        ),
        (
            {"loop_reason": LoopReason.TENSORBOARD_PER_BATCH},
            "(TensorBoard needs every batch); XLA off",
        ),
        (
            {"chunk_reason": ChunkReason.ROWS_ON_DISK, "chunk_rows": 1_000},
            "(too few steps to trace a loop); XLA off; streamed in chunks of 1,000 rows (on disk)",
        ),
    ],
)
def test_engine_is_formatted_with_its_reasons(choice: dict[str, Any], expected: str) -> None:
    default = LoopChoice(LoopReason.FEW_STEPS, jit_compile=False, jit_requested=False)
    assert format_engine("keras", replace(default, **choice).to_dict()) == f"keras {expected}"


def test_engine_without_a_known_reason_is_its_name() -> None:
    assert format_engine("keras", {}) == "keras"
    assert format_engine("keras", {"loop_reason": "unknown"}) == "keras"


@pytest.mark.parametrize("reason", LoopReason)
def test_every_loop_reason_has_a_phrase(reason: LoopReason) -> None:
    choice = LoopChoice(loop_reason=reason, jit_compile=False, jit_requested=False)
    assert format_engine("keras", choice.to_dict()).startswith("keras (")


@pytest.mark.parametrize("reason", ChunkReason)
def test_every_chunk_reason_has_a_phrase(reason: ChunkReason) -> None:
    choice = LoopChoice(LoopReason.REQUESTED, True, False, chunk_reason=reason, chunk_rows=8)
    assert "streamed in chunks of 8 rows (" in format_engine("compiled", choice.to_dict())
