"""`nnlab compare variants`: output, interruption, resuming."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlab.runs import read_run
from nnlab.runs.query.lock import lock_folder
from nnlab.runs.records.comparison import read_comparison_record
from tests.cli.runner import SMALL_CONFIG, Command, Result, run_nnlab

COMPARISON = """\
base: small.yaml
seeds: 2
variants:
  slow: {training.optimizer: {Adam: 1e-4}}
  quick: {training.optimizer: {Adam: 0.1}}
"""
QUICK = ("--set", "tensorboard=false")


def write_configs(folder: Path) -> None:
    """Write a comparison and its base."""
    (folder / "small.yaml").write_text(SMALL_CONFIG)
    (folder / "rates.yaml").write_text(COMPARISON)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Run a comparison, and return its folder and the result of the command."""
    folder = tmp_path_factory.mktemp("finished")
    write_configs(folder)
    return folder, run_nnlab("compare", "variants", "rates.yaml", *QUICK, cwd=folder)


@pytest.mark.slow
def test_table_verdict_folder_plots_and_report(finished: tuple[Path, Result]) -> None:
    folder, command = finished
    assert command.code == 0, command.err
    lines = command.out.splitlines()
    assert lines[0].startswith("test_accuracy, higher is better")
    assert lines[1].split()[:2] == ["variant", "test_accuracy"]
    assert [line.split()[0] for line in lines[2:4]] == ["slow", "quick"]
    assert "slow" in lines[-1]
    assert "quick" in lines[-1]
    assert command.err.startswith("rates: 2 variants, 2 seeds, 4 runs")
    assert "4/4  " in command.err
    (run,) = (folder / "runs").iterdir()
    assert sorted(path.name for path in run.iterdir()) == [
        "base.yaml",
        "comparison.json",
        "comparison.yaml",
        "plots",
        "quick",
        "record.json",
        "report.html",
        "slow",
        "values.csv",
    ]
    plots = sorted(path.name for path in (run / "plots").iterdir())
    assert plots == ["val_accuracy.png", "val_loss.png", "variants.png"]
    # The report capitalizes the verdict.
    assert lines[-1][1:] in (run / "report.html").read_text()
    assert (run / "slow" / "3" / "plots" / "loss.png").is_file()
    assert not (run / "slow" / "4" / "plots").exists()


@pytest.mark.slow
def test_show_prints_the_table_and_the_verdict(finished: tuple[Path, Result]) -> None:
    folder, command = finished
    shown = run_nnlab("show", "last", cwd=folder)
    assert "4 runs" in shown.out
    table = command.out[: command.out.index("\nfolder")]
    assert table in shown.out
    assert shown.out.splitlines()[-1] == command.out.splitlines()[-1]
    assert run_nnlab("show", "last", "--json", cwd=folder).json["verdict"]


@pytest.mark.slow
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_results_are_printed_if_the_report_cannot_be_written(
    finished: tuple[Path, Result], tmp_path: Path, flags: tuple[str, ...]
) -> None:
    folder, first = finished
    shutil.copytree(folder / "runs", tmp_path / "runs")
    (run,) = (tmp_path / "runs").iterdir()
    (run / "report.html").unlink()
    (run / "report.html").mkdir()
    command = run_nnlab("compare", "variants", "--resume", "last", *flags, cwd=tmp_path)
    assert command.code == 1
    message = command.err.splitlines()[-1]
    assert "report.html" in message
    assert message.endswith(f"nnlab report {run.name}")
    if flags:
        assert command.json["verdict"]
        assert command.json["error"]["message"] == message
    else:
        assert command.out.splitlines()[-1] == first.out.splitlines()[-1]


@pytest.mark.slow
def test_json_is_the_record_and_resume_reuses_finished_runs(finished: tuple[Path, Result]) -> None:
    folder, _ = finished
    command = run_nnlab("compare", "variants", "--resume", "last", "--json", cwd=folder)
    document = command.json
    record = json.loads((folder / document.pop("path") / "comparison.json").read_text())
    assert document == record
    assert document["runs"] == {"complete": 4, "failed": 0, "remaining": 0, "reused": 4}


@pytest.mark.slow
def test_resume_refuses_other_comparisons_and_fewer_seeds(
    finished: tuple[Path, Result],
) -> None:
    folder, _ = finished
    (folder / "grid.yaml").write_text(COMPARISON)
    (run,) = (folder / "runs").iterdir()
    before = (run / "comparison.yaml").read_bytes()
    other = run_nnlab("compare", "variants", "grid.yaml", "--resume", "last", cwd=folder)
    assert other.code == 2
    assert "`rates`. Received: grid.yaml, `grid`." in other.err
    assert "nnlab compare variants grid.yaml" in other.err
    fewer = run_nnlab("compare", "variants", "--resume", "last", "--seeds", "1", cwd=folder)
    assert fewer.code == 2
    assert "Received: 3, without 4." in fewer.err
    assert "--seeds 2" in fewer.err
    other_seeds = run_nnlab("compare", "variants", "--resume", "last", "--seed", "7", cwd=folder)
    assert other_seeds.code == 2
    assert "Received: 7, 8, without 3, 4." in other_seeds.err
    assert (run / "comparison.yaml").read_bytes() == before


def start(folder: Path) -> subprocess.Popen[str]:
    """Start a comparison of long runs, and return its process once two of them are running."""
    command = ["compare", "variants", "rates.yaml", *QUICK, "--set", "training.epochs=2000000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", *command, "--jobs", "2"],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(list((folder / "runs").glob("*/*/*/record.json"))) < 2:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    return process


def live_processes(folder: Path) -> list[int]:
    """Return the ids of the processes of the runs that are still alive."""
    records = [read_run(path.parent).record for path in (folder / "runs").glob("*/*/*/record.json")]
    processes = [record.process for record in records if record.process is not None]
    return [process.pid for process in processes if not process.is_gone()]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_comparison_prints_the_resume_command(
    number: signal.Signals, tmp_path: Path
) -> None:
    write_configs(tmp_path)
    process = start(tmp_path)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors
    (run,) = (tmp_path / "runs").iterdir()
    assert "0 of 4 runs" in errors
    assert errors.rstrip().endswith(f"nnlab compare variants --resume runs/{run.name}")
    assert read_run(run).record.status == "interrupted"
    assert json.loads((run / "comparison.json").read_text())["runs"]["remaining"] == 4
    assert live_processes(tmp_path) == []
    records = [read_run(path.parent).record for path in run.glob("*/*/record.json")]
    assert {record.status for record in records} == {"interrupted"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
def test_killed_comparison_leaves_no_process_and_can_be_resumed(tmp_path: Path) -> None:
    write_configs(tmp_path)
    process = start(tmp_path)
    busy = run_nnlab("compare", "variants", "rates.yaml", "--resume", "last", cwd=tmp_path)
    assert busy.code == 2
    assert "in use by process" in busy.err
    process.kill()
    process.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while live_processes(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert live_processes(tmp_path) == []
    (run,) = (tmp_path / "runs").iterdir()
    assert read_run(run).record.status == "failed"
    shown = run_nnlab("show", "last", cwd=tmp_path).out
    assert "0 runs" in shown
    assert "4 runs" in shown
    assert f"nnlab compare variants --resume runs/{run.name}" in shown
    assert "runs failed" not in shown
    with lock_folder(run):
        second = run_nnlab("compare", "variants", "--resume", "last", cwd=tmp_path)
    assert second.code == 2
    assert "in use by another process" in second.err
    short = ("--set", "training.epochs=2", "--seeds", "1", "--no-report")
    resumed = run_nnlab("compare", "variants", "--resume", "last", *short, cwd=tmp_path)
    assert resumed.code == 0, resumed.err
    assert read_run(run).record.status == "complete"
    assert not (run / "report.html").exists()


@pytest.mark.slow
def test_time_of_a_killed_comparison_includes_its_finished_runs(tmp_path: Path) -> None:
    write_configs(tmp_path)
    (tmp_path / "rates.yaml").write_text(
        "base: small.yaml\n"
        "seeds: 1\n"
        "variants: {short: {training.epochs: 1}, long: {training.epochs: 2000000}}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "compare", "variants", "rates.yaml", *QUICK, "--jobs", "1"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    while "1/2" not in (line := process.stderr.readline()):
        assert line, "the command ended too soon"
    process.kill()
    process.communicate(timeout=30)
    (run,) = (tmp_path / "runs").iterdir()
    spent = read_run(run).record.timing["total_s"]
    assert spent >= read_run(run / "short" / "3").record.timing["total_s"]
    assert read_comparison_record(run).timing["total_s"] == spent
    shorter = ("--resume", "last", "--set", "training.epochs=1", "--no-report", "--json")
    resumed = run_nnlab("compare", "variants", *shorter, cwd=tmp_path)
    assert resumed.json["runs"]["reused"] == 1
    assert resumed.json["timing"]["total_s"] > spent


def test_config_errors_write_no_run(nnlab: Command, tmp_path: Path) -> None:
    write_configs(tmp_path)
    result = nnlab("compare", "variants", "rates.yaml", "--metric", "acuracy", "--json")
    assert result.code == 2
    (diagnostic,) = result.json["error"]["diagnostics"]
    assert diagnostic["file"] == "--metric"
    assert "`accuracy`" in diagnostic["hint"]
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "COMPARISON"),
        (("initialisers",), "`initializers`"),
        (("nowhere.yaml",), "nowhere.yaml"),
        (("--resume", "last"), "run='last'"),
        (("rates.yaml", "--baseline", "quik"), "`quick`"),
        (("rates.yaml", "--seeds", "0"), "--seeds"),
    ],
)
def test_wrong_request_is_an_error(
    nnlab: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    write_configs(tmp_path)
    result = nnlab("compare", "variants", *arguments)
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err


def test_resume_refuses_a_run_that_is_no_comparison(nnlab: Command, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "mine"
    run.mkdir(parents=True)
    (run / "record.json").write_text('{"id": "mine", "name": "mine", "status": "complete"}')
    result = nnlab("compare", "variants", "--resume", "mine")
    assert result.code == 2
    assert "a comparison" in result.err
