"""Records of benchmarks that never ran."""

from __future__ import annotations

from dataclasses import replace

from nnlab.analysis.benchmark import BenchmarkResult
from nnlab.report.benchmark.verdict import benchmark_verdict
from nnlab.runs.records.benchmark import BenchmarkPoint, BenchmarkRecord, MedianTime

SIZES = (32, 128, 512)
CPU_S = {1: 0.0001, 32: 0.0005, 128: 0.002, 512: 0.008}


def timed(step_s: float) -> MedianTime:
    return MedianTime(step_s, step_s * 0.95, step_s * 1.05, 12)


def measured_point(
    device: str, size: int, step_s: float, width: int | None = None
) -> BenchmarkPoint:
    is_cpu = device.startswith("cpu")
    return BenchmarkPoint(
        device,
        size,
        width,
        jit_compile=True,
        steps_per_epoch=100,
        timing={"import_s": 2.0, "ready_s": 0.1, "build_s": 0.2, "compile_s": 1.0, "rows_s": 0.01},
        rows_bytes=2**24,
        is_shared=is_cpu,
        step=timed(step_s),
        epoch=timed(step_s * 100),
        is_epoch_measured=size > 1,
        one_row_s=step_s if size == 1 else CPU_S[1] if is_cpu else 0.001,
        flop_per_step=10**6 * size,
        peak_bytes=2**29,
        losses={8: 2.0 if is_cpu else 2.0001},
    )


def cpu_only() -> BenchmarkRecord:
    """Return the record of a benchmark on a machine without a GPU."""
    points = tuple(measured_point("cpu", size, step) for size, step in CPU_S.items())
    return with_verdict(
        BenchmarkRecord(
            "mnist-devices-1",
            "mnist",
            "complete",
            ({"name": "cpu", "description": "Abacus, 2 cores"},),
            SIZES,
            (None,),
            "random",
            points,
            gpu_absence=("TensorFlow looked for NVIDIA GPUs and found none.", "No driver."),
            rows_count=60_000,
            rows_error="mnist could not be fetched.",
            command=("nnlab", "compare", "cpu-vs-gpu"),
        )
    )


def with_gpu(*gpu_s: float, failed: int | None = None) -> BenchmarkRecord:
    """Return a record with a GPU, given its times per step of 1, 32, 128 and 512 rows."""
    points = [measured_point("gpu:0", size, step) for size, step in zip(CPU_S, gpu_s, strict=True)]
    points = [
        BenchmarkPoint("gpu:0", failed, error="Memory ran out.")
        if point.batch_size == failed
        else point
        for point in points
    ]
    without_gpu = cpu_only()
    gpu = {"name": "gpu:0", "description": "Big One"}
    return with_verdict(
        replace(
            without_gpu,
            devices=(*without_gpu.devices, gpu),
            points=(*without_gpu.points, *points),
            gpu=gpu,
            gpu_absence=(),
            rows="mnist",
            rows_error="",
        )
    )


def result_of(record: BenchmarkRecord) -> BenchmarkResult:
    names = tuple(str(device["name"]) for device in record.devices)
    return BenchmarkResult(names, record.widths, record.batch_sizes, record.points)


def with_verdict(record: BenchmarkRecord) -> BenchmarkRecord:
    """Return the record with its verdict."""
    verdict = benchmark_verdict(result_of(record), has_gpu=record.gpu is not None)
    return replace(record, verdict=verdict)
