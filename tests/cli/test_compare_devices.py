"""`nnlab compare cpu-vs-gpu` as a user runs it, on logical CPUs: measured, refused, interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.runs import find_run
from tests.cli.running import SMALL_CONFIG, Command, Finished, run_nnlab

QUICK = ("--seconds", "0.05", "--repeats", "1", "--batch-sizes", "8,16")


@pytest.fixture
def nnlab(tmp_path: Path) -> Command:
    """Run `nnlab` in its own process: what is measured is forked from it."""

    def run(*arguments: str | Path, **environment: str) -> Finished:
        return run_nnlab(*arguments, cwd=tmp_path, **environment)

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    """A folder in which two devices were compared."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "small.yaml").write_text(SMALL_CONFIG)
    flags = ("--devices", "cpu:0,cpu:1", "--batch-sizes", "1,8", "--widths", "16")
    command = run_nnlab("compare", "cpu-vs-gpu", "small.yaml", *QUICK, *flags, "--json", cwd=folder)
    return folder, command


@pytest.mark.slow
def test_two_devices_are_compared_point_by_point(made: tuple[Path, Finished]) -> None:
    _, command = made
    assert command.code == 0, command.err
    told = command.json
    places = [(point["device"], point["batch_size"]) for point in told["points"]]
    assert places == [("cpu:0", 1), ("cpu:1", 1), ("cpu:0", 8), ("cpu:1", 8)]
    for point in told["points"]:
        assert point["status"] == "complete"
        assert point["step"]["low_s"] is None, "one process alone tells of no interval"
        assert point["step"]["median_s"] > 0
        assert point["step"]["samples"] >= 6
        assert set(point["timing"]) == {"import_s", "ready_s", "rows_s", "build_s", "compile_s"}
        assert point["flop_per_s"] > 0
        assert point["peak_bytes"] > 2**20
        launch = min(1.0, point["one_row_s"] / point["step"]["median_s"])
        bound = "launch" if launch > 1 / 2 else "compute"
        assert point["limit"]["bound"] == bound, "nothing is copied"
        assert point["limit"]["share"] == pytest.approx(max(launch, 1 - launch))
    assert told["agreement"]["largest"] == 0
    assert told["agreement"]["compared"] >= 2
    assert [win["width"] for win in told["wins"]] == [16]
    assert told["verdict"].startswith("nothing is shown, as each point was measured once")
    assert told["gpu_absence"] == [], "no GPU was asked for"
    assert told["environment"]["packages"]["tensorflow"]
    assert command.err.splitlines()[0] == (
        "small on cpu:0 and cpu:1, 30 rows of moons: 4 measurements"
    )


@pytest.mark.slow
def test_folder_holds_all_and_other_commands_know_it(made: tuple[Path, Finished]) -> None:
    folder, command = made
    path = folder / command.json["path"]
    assert sorted(file.name for file in path.iterdir()) == [
        "config.yaml",
        "devices.json",
        "plots",
        "record.json",
        "report.html",
    ]
    assert (path / "plots" / "step_time.png").read_bytes().startswith(b"\x89PNG")
    assert "4 points" in run_nnlab("runs", cwd=folder).out
    shown = run_nnlab("show", "last", cwd=folder)
    assert "Before the first step" in shown.out
    assert run_nnlab("show", "last", "--json", cwd=folder).json == command.json
    assert run_nnlab("report", "last", cwd=folder).code == 0
    removed = run_nnlab("runs", "rm", "last", "--yes", cwd=folder)
    assert removed.code == 0
    assert not path.exists()


@pytest.mark.slow
def test_without_a_gpu_the_cpu_is_measured_and_the_absence_explained(
    nnlab: Command, config: Path
) -> None:
    """A width that no memory holds fails alone, and says why."""
    hidden = {"CUDA_VISIBLE_DEVICES": "-1"}
    sizes = ("--batch-sizes", "1", "--widths", "4,1000000000000", "--rows", "20", "--no-report")
    done = nnlab("compare", "cpu-vs-gpu", config, *QUICK, *sizes, **hidden)
    assert done.code == 0, done.err
    assert "TensorFlow looked for NVIDIA GPUs and found none." in done.out
    assert done.out.splitlines()[-1].startswith("no GPU here: cpu alone was measured, at best ")
    assert "20 rows of moons" in done.out
    assert "failed" in done.out
    assert "batch size 1, width 1,000,000,000,000: The model's weights do not fit" in done.out


def test_required_gpu_that_is_not_there_is_refused(
    nnlab: Command, config: Path, tmp_path: Path
) -> None:
    hidden = {"CUDA_VISIBLE_DEVICES": "-1"}
    done = nnlab("compare", "cpu-vs-gpu", config, "--require-gpu", "--json", **hidden)
    assert done.code == 2
    assert "--require-gpu" in done.err
    assert "TensorFlow looked for NVIDIA GPUs and found none." in done.json["error"]["message"]
    assert not (tmp_path / "runs").exists()


def test_all_devices_and_widths_that_cannot_be_are_told(nnlab: Command, tmp_path: Path) -> None:
    (tmp_path / "flat.yaml").write_text(
        SMALL_CONFIG.replace("    - Dense: {units: 4, activation: relu}\n", "")
    )
    flags = ("--devices", "cpu,gpu:7,tpu,cpu", "--widths", "64")
    done = nnlab("compare", "cpu-vs-gpu", "flat.yaml", *flags)
    assert done.code == 2
    assert "Received: --devices gpu:7." in done.err
    assert "Received: --devices tpu." in done.err
    assert "cpu twice" in done.err
    assert "Expected a net with hidden Dense layers." in done.err
    assert not (tmp_path / "runs").exists()


def test_numbers_that_are_none_are_told_before_anything_loads(nnlab: Command) -> None:
    done = nnlab("compare", "cpu-vs-gpu", "--batch-sizes", "32,x,0", "--widths", "-1")
    assert done.code == 2
    first, second = done.err.splitlines()
    assert first.endswith("--batch-sizes 32,128. Received: 'x', '0'.")
    assert second.endswith("--widths 32,128. Received: '-1'.")


def test_batch_sizes_above_the_rows_are_refused(
    nnlab: Command, config: Path, tmp_path: Path
) -> None:
    done = nnlab("compare", "cpu-vs-gpu", config, "--batch-sizes", "8,64")
    assert done.code == 2
    assert "Expected batch sizes up to 30, the number of rows. Received: 64." in done.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("after", "words", "points"),
    [
        ("measurements", "Interrupted before anything was measured.", 0),
        ("1/", "Interrupted after 1 point: what was measured is in", 1),
    ],
)
def test_interrupted_comparison_keeps_what_it_has(
    config: Path, tmp_path: Path, after: str, words: str, points: int
) -> None:
    command = [sys.executable, "-m", "nnlab", "compare", "cpu-vs-gpu", str(config)]
    flags = ["--batch-sizes", "8", "--seconds", "0.05", "--repeats", "500"]
    flags += ["--devices", "cpu:0,cpu:1"]  # each is measured in turn, the first alone so far
    work = subprocess.Popen(
        [*command, *flags],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
    )
    assert work.stderr is not None
    while after not in (line := work.stderr.readline()):
        assert line, "ended too soon"
    work.send_signal(signal.SIGINT)
    _, told = work.communicate(timeout=30)
    assert work.returncode == 130
    assert words in told
    run = find_run("last", tmp_path / "runs")
    assert run.record.status == "interrupted"
    assert f'"complete": {points}' in run.record_json.read_text()
    assert run.record.process is not None
