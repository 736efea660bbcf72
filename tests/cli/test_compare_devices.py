"""`nnlab compare cpu-vs-gpu`, on logical devices of the CPU."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.runs import find_run
from tests.cli.runner import SMALL_CONFIG, Command, Result, run_nnlab

QUICK = ("--seconds", "0.05", "--repeats", "1", "--batch-sizes", "8,16")


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Compare two devices, and return the folder and the result of the command."""
    folder = tmp_path_factory.mktemp("benchmark")
    (folder / "small.yaml").write_text(SMALL_CONFIG)
    flags = ("--devices", "cpu:0,cpu:1", "--batch-sizes", "1,8", "--widths", "16")
    command = run_nnlab("compare", "cpu-vs-gpu", "small.yaml", *QUICK, *flags, "--json", cwd=folder)
    return folder, command


@pytest.mark.slow
def test_two_devices_are_measured_at_every_point(benchmark: tuple[Path, Result]) -> None:
    _, command = benchmark
    assert command.code == 0, command.err
    record = command.json
    points = [(point["device"], point["batch_size"]) for point in record["points"]]
    assert points == [("cpu:0", 1), ("cpu:1", 1), ("cpu:0", 8), ("cpu:1", 8)]
    for point in record["points"]:
        assert point["status"] == "complete"
        assert point["step"]["low_s"] is None, "an interval needs several processes"
        assert point["step"]["median_s"] > 0
        assert point["step"]["samples"] >= 6
        assert set(point["timing"]) == {"import_s", "ready_s", "rows_s", "build_s", "compile_s"}
        assert point["flop_per_s"] > 0
        assert point["peak_bytes"] > 2**20
        launch = min(1.0, point["one_row_s"] / point["step"]["median_s"])
        bound = "launch" if launch > 1 / 2 else "compute"
        assert point["bottleneck"]["bound"] == bound, "no rows are copied"
        assert point["bottleneck"]["share"] == pytest.approx(max(launch, 1 - launch))
    assert record["agreement"]["largest_difference"] == 0
    assert record["agreement"]["compared"] >= 2
    assert [crossover["width"] for crossover in record["crossovers"]] == [16]
    assert record["verdict"]
    assert record["gpu_absence"] == [], "no GPU was requested"
    assert record["environment"]["packages"]["tensorflow"]
    first_line = command.err.splitlines()[0]
    assert all(text in first_line for text in ("cpu:0", "cpu:1", "30 rows", "4 measurements"))


@pytest.mark.slow
def test_folder_and_other_commands(benchmark: tuple[Path, Result]) -> None:
    folder, command = benchmark
    record = command.json
    path = folder / record["path"]
    assert sorted(file.name for file in path.iterdir()) == [
        "benchmark.json",
        "config.yaml",
        "plots",
        "record.json",
        "report.html",
    ]
    assert (path / "plots" / "step_time.png").read_bytes().startswith(b"\x89PNG")
    assert "4 points" in run_nnlab("runs", cwd=folder).out
    shown = run_nnlab("show", "last", cwd=folder)
    assert record["verdict"] in shown.out
    assert run_nnlab("show", "last", "--json", cwd=folder).json == command.json
    assert run_nnlab("report", "last", cwd=folder).code == 0
    removed = run_nnlab("runs", "rm", "last", "--yes", cwd=folder)
    assert removed.code == 0
    assert not path.exists()


@pytest.mark.slow
def test_without_a_gpu_the_cpu_is_measured(config: Path, tmp_path: Path) -> None:
    # A width that does not fit into memory fails without stopping the benchmark.
    hidden = {"CUDA_VISIBLE_DEVICES": "-1"}
    sizes = ("--batch-sizes", "1", "--widths", "4,1000000000000", "--rows", "20", "--no-report")
    command = ("compare", "cpu-vs-gpu", config, *QUICK, *sizes)
    result = run_nnlab(*command, cwd=tmp_path, **hidden)
    assert result.code == 0, result.err
    assert "NVIDIA" in result.out
    assert "20 rows of moons" in result.out
    assert "failed" in result.out
    assert "width 1,000,000,000,000: The model's weights do not fit" in result.out


@pytest.mark.slow
def test_missing_required_gpu_is_an_error(config: Path, tmp_path: Path) -> None:
    hidden = {"CUDA_VISIBLE_DEVICES": "-1"}
    command = ("compare", "cpu-vs-gpu", config, "--require-gpu", "--json")
    result = run_nnlab(*command, cwd=tmp_path, **hidden)
    assert result.code == 2
    assert "--require-gpu" in result.err
    assert result.json["error"]["type"] == "DeviceError"
    assert not (tmp_path / "runs").exists()


def test_error_lists_all_invalid_devices_and_widths(nnlab: Command, tmp_path: Path) -> None:
    (tmp_path / "flat.yaml").write_text(
        SMALL_CONFIG.replace("    - Dense: {units: 4, activation: relu}\n", "")
    )
    flags = ("--devices", "cpu,gpu:7,tpu,cpu", "--widths", "64")
    result = nnlab("compare", "cpu-vs-gpu", "flat.yaml", *flags)
    assert result.code == 2
    assert "Received: --devices gpu:7." in result.err
    assert "Received: --devices tpu." in result.err
    assert "cpu twice" in result.err
    assert "hidden Dense layers" in result.err
    assert not (tmp_path / "runs").exists()


def test_error_lists_all_invalid_numbers(nnlab: Command) -> None:
    result = nnlab("compare", "cpu-vs-gpu", "--batch-sizes", "32,x,0", "--widths", "-1")
    assert result.code == 2
    first, second = result.err.splitlines()
    assert "--batch-sizes" in first
    assert first.endswith("Received: 'x', '0'.")
    assert "--widths" in second
    assert second.endswith("Received: '-1'.")


@pytest.mark.slow
def test_batch_size_above_the_number_of_rows_is_an_error(config: Path, tmp_path: Path) -> None:
    result = run_nnlab("compare", "cpu-vs-gpu", config, "--batch-sizes", "8,64", cwd=tmp_path)
    assert result.code == 2
    assert "batch sizes up to 30" in result.err
    assert "Received: 64." in result.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("trigger", "points"), [("measurements", 0), ("1/", 1)])
def test_interrupted_benchmark_keeps_its_measurements(
    config: Path, tmp_path: Path, trigger: str, points: int
) -> None:
    command = [sys.executable, "-m", "nnlab", "compare", "cpu-vs-gpu", str(config)]
    flags = ["--batch-sizes", "8", "--seconds", "0.05", "--repeats", "500"]
    flags += ["--devices", "cpu:0,cpu:1"]  # measured alternately
    process = subprocess.Popen(
        [*command, *flags],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
    )
    assert process.stderr is not None
    while trigger not in (line := process.stderr.readline()):
        assert line, "the command ended too soon"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    run = find_run("last", tmp_path / "runs")
    assert run.record.status == "interrupted"
    assert f'"complete": {points}' in run.record_json.read_text()
    assert run.record.process is not None
