"""The report of a comparison of devices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nnlab.report.html.writer import write_report
from nnlab.runs import RunStatus, read_run
from nnlab.runs.records.benchmark import BenchmarkDirectory, BenchmarkRecord
from tests.report.devices import cpu_alone, with_gpu


def page(tmp_path: Path, record: BenchmarkRecord) -> str:
    with BenchmarkDirectory.create(tmp_path, "mnist-devices", "name: mnist\n") as run:
        record.write(run.benchmark_json)
        run.finish(RunStatus.COMPLETE)
    return write_report(read_run(run.path)).read_text(encoding="utf-8")


def test_page_has_verdict_table_picture_environment_and_the_command(tmp_path: Path) -> None:
    record = with_gpu(0.001, 0.0011, 0.0012, 0.001)
    html = page(tmp_path, replace(record, error="A point is missing."))
    assert "gpu:0 is faster than cpu from batch size 128 on" in html
    assert "A point is missing." in html
    assert html.count("data:image/png;base64,") == 1
    assert "Line chart of the time of a step" in html
    assert "compare cpu-vs-gpu" in html
    assert "--devices cpu,gpu:0 --batch-sizes 32,128,512" in html
    assert "name: mnist" in html


def test_page_without_a_gpu_says_how_to_get_one(tmp_path: Path) -> None:
    html = page(tmp_path, cpu_alone())
    assert "TensorFlow looked for NVIDIA GPUs and found none." in html
    assert "60,000 random rows" in html


def test_page_of_what_was_interrupted_before_the_first_point(tmp_path: Path) -> None:
    record = replace(cpu_alone(), status="interrupted", points=(), verdict="")
    assert "The comparison is interrupted." in page(tmp_path, record)
