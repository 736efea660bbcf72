"""The record of a benchmark."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from nnlab.errors import DataError, RunNotFoundError
from nnlab.runs.records.benchmark import (
    BenchmarkFiles,
    BenchmarkPoint,
    BenchmarkRecord,
    MedianTime,
    read_benchmark,
)

POINT = BenchmarkPoint(
    "gpu:0",
    128,
    width=64,
    jit_compile=True,
    timing={"rows_s": 0.5},
    rows_bytes=1000,
    step=MedianTime(0.002, None, None, 2),
    samples_s=((0.002,), (0.002, 0.003)),
    flop_per_step=10**6,
    losses={8: 2.5, 469: math.inf},
)
RECORD = BenchmarkRecord(
    "mnist-benchmark-1",
    "mnist",
    "complete",
    ({"name": "cpu"}, {"name": "gpu:0"}),
    (32, 128),
    (None, 64),
    "random",
    (POINT, BenchmarkPoint("cpu", 128, error="Memory ran out.")),
    gpu_absence=("No GPU.",),
)


def test_record_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / RECORD.id
    RECORD.write(BenchmarkFiles(path).benchmark_json)
    assert read_benchmark(path) == RECORD
    assert [file.name for file in path.iterdir()] == ["benchmark.json"]


def test_json_contains_derived_values_of_points() -> None:
    measured, failed = RECORD.to_dict()["points"]
    assert (measured["status"], failed["status"]) == ("complete", "failed")
    assert measured["examples_per_s"] == 64_000
    assert measured["flop_per_s"] == 5e8
    assert measured["rows_bytes_per_s"] == 2000
    assert (failed["examples_per_s"], failed["flop_per_s"]) == (None, None)


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "a"}', ""])
def test_broken_record_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "benchmark.json").write_text(text)
    with pytest.raises(DataError, match=r"benchmark\.json"):
        read_benchmark(tmp_path)


def test_broken_point_is_an_error(tmp_path: Path) -> None:
    RECORD.write(BenchmarkFiles(tmp_path).benchmark_json)
    file = tmp_path / "benchmark.json"
    file.write_text(file.read_text().replace('"median_s"', '"mean_s"'))
    with pytest.raises(DataError, match="measured points"):
        read_benchmark(tmp_path)


def test_folder_without_a_benchmark_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="nnlab compare cpu-vs-gpu"):
        read_benchmark(tmp_path)
