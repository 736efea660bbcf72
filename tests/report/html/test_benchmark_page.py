"""The report of a benchmark of devices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nnlab.report.html import write_report
from nnlab.runs import RunStatus, read_run
from nnlab.runs.records.benchmark import BenchmarkDirectory, BenchmarkRecord
from tests.report.devices import cpu_only, with_gpu


def write_page(tmp_path: Path, record: BenchmarkRecord) -> str:
    with BenchmarkDirectory.create(tmp_path, "mnist-devices", "name: mnist\n") as run:
        record.write(run.benchmark_json)
        run.finish(RunStatus.COMPLETE)
    return write_report(read_run(run.path)).read_text(encoding="utf-8")


def test_page_has_verdict_plot_config_and_command(tmp_path: Path) -> None:
    record = with_gpu(0.001, 0.0011, 0.0012, 0.001)
    html = write_page(tmp_path, replace(record, error="A point is missing."))
    assert "gpu:0 is faster than cpu from batch size 128 on" in html
    assert "A point is missing." in html
    assert html.count("data:image/png;base64,") == 1
    assert "compare cpu-vs-gpu" in html
    assert "--devices cpu,gpu:0 --batch-sizes 32,128,512" in html
    assert "name: mnist" in html


def test_page_without_a_gpu_explains_its_absence(tmp_path: Path) -> None:
    html = write_page(tmp_path, cpu_only())
    assert "TensorFlow looked for NVIDIA GPUs and found none." in html
    assert "60,000 random rows" in html


def test_page_of_a_benchmark_interrupted_before_its_first_point(tmp_path: Path) -> None:
    record = replace(cpu_only(), status="interrupted", points=(), verdict="")
    assert "The benchmark was interrupted." in write_page(tmp_path, record)
