"""`nnlab compare variants` as a user runs it: printed, interrupted, killed, gone on with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlab.runs import read_run
from nnlab.runs.io.lock import lock_folder
from nnlab.runs.records.comparison import read_comparison_record
from tests.cli.running import SMALL_CONFIG, Command, Finished, run_nnlab

COMPARISON = """\
base: small.yaml
seeds: 2
variants:
  slow: {training.optimizer: {Adam: 1e-4}}
  quick: {training.optimizer: {Adam: 0.1}}
"""
QUICK = ("--set", "tensorboard=false")


def write(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL_CONFIG)
    (folder / "rates.yaml").write_text(COMPARISON)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    """A folder in which a comparison was made, and the command that made it."""
    folder = tmp_path_factory.mktemp("made")
    write(folder)
    return folder, run_nnlab("compare", "variants", "rates.yaml", *QUICK, cwd=folder)


@pytest.mark.slow
def test_table_verdict_folder_pictures_and_report(made: tuple[Path, Finished]) -> None:
    folder, command = made
    assert command.code == 0, command.err
    lines = command.out.splitlines()
    assert lines[0] == "test_accuracy, higher is better; differences in points"
    assert lines[1].split()[:2] == ["variant", "test_accuracy"]
    assert [line.split()[0] for line in lines[2:4]] == ["slow", "quick"]
    assert "slow" in lines[-1]
    assert "quick" in lines[-1]
    assert re.fullmatch(
        r"rates: 2 variants, 2 seeds, 4 runs, \d at a time", command.err.splitlines()[0]
    )
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
    pictures = sorted(path.name for path in (run / "plots").iterdir())
    assert pictures == ["val_accuracy.png", "val_loss.png", "variants.png"]
    # There it is a sentence, with a capital letter.
    assert lines[-1][1:] in (run / "report.html").read_text()
    assert (run / "slow" / "3" / "plots" / "loss.png").is_file()
    assert not (run / "slow" / "4" / "plots").exists()


@pytest.mark.slow
def test_show_tells_the_table_and_the_verdict_again(made: tuple[Path, Finished]) -> None:
    folder, command = made
    shown = run_nnlab("show", "last", cwd=folder)
    assert "parts     4 runs" in shown.out
    table = command.out[: command.out.index("\nfolder")]
    assert table in shown.out
    assert shown.out.splitlines()[-1] == command.out.splitlines()[-1]
    assert run_nnlab("show", "last", "--json", cwd=folder).json["verdict"]


@pytest.mark.slow
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_results_are_told_where_the_report_cannot_be_written(
    made: tuple[Path, Finished], tmp_path: Path, flags: tuple[str, ...]
) -> None:
    folder, first = made
    shutil.copytree(folder / "runs", tmp_path / "runs")
    (run,) = (tmp_path / "runs").iterdir()
    (run / "report.html").unlink()
    (run / "report.html").mkdir()
    command = run_nnlab("compare", "variants", "--resume", "last", *flags, cwd=tmp_path)
    assert command.code == 1
    told = command.err.splitlines()[-1]
    assert told.startswith("The results are kept; their report could not be written. Expected")
    assert told.endswith(f"Write it later with: nnlab report {run.name}")
    if flags:
        assert command.json["verdict"]
        assert command.json["error"]["message"] == told
    else:
        assert command.out.splitlines()[-1] == first.out.splitlines()[-1]


@pytest.mark.slow
def test_json_is_the_record_and_runs_that_are_done_are_kept(made: tuple[Path, Finished]) -> None:
    folder, _ = made
    command = run_nnlab("compare", "variants", "--resume", "last", "--json", cwd=folder)
    told = command.json
    written = json.loads((folder / told.pop("path") / "comparison.json").read_text())
    assert told == written
    assert told["runs"] == {"complete": 4, "failed": 0, "left": 0, "reused": 4}
    assert "4 done already" in command.err


@pytest.mark.slow
def test_going_on_with_another_comparison_or_with_less_is_refused(
    made: tuple[Path, Finished],
) -> None:
    folder, _ = made
    (folder / "grid.yaml").write_text(COMPARISON)
    (run,) = (folder / "runs").iterdir()
    before = (run / "comparison.yaml").read_bytes()
    other = run_nnlab("compare", "variants", "grid.yaml", "--resume", "last", cwd=folder)
    assert other.code == 2
    assert "`rates`. Received: grid.yaml, `grid`." in other.err
    assert "nnlab compare variants grid.yaml" in other.err
    fewer = run_nnlab("compare", "variants", "--resume", "last", "--seeds", "1", cwd=folder)
    assert fewer.code == 2
    assert "Received: 3, without 4. Write --seeds 2" in fewer.err
    others = run_nnlab("compare", "variants", "--resume", "last", "--seed", "7", cwd=folder)
    assert others.code == 2
    assert "Received: 7, 8, without 3, 4. Leave its seeds as they are" in others.err
    assert (run / "comparison.yaml").read_bytes() == before


def start(folder: Path) -> subprocess.Popen[str]:
    """A comparison whose runs take long, as soon as two of them are at work."""
    command = ["compare", "variants", "rates.yaml", *QUICK, "--set", "training.epochs=2000000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", *command, "--jobs", "2"],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    until = time.monotonic() + 60
    while len(list((folder / "runs").glob("*/*/*/record.json"))) < 2:
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    return process


def at_work(folder: Path) -> list[int]:
    """The processes of its runs that still live."""
    records = [read_run(path.parent).record for path in (folder / "runs").glob("*/*/*/record.json")]
    return [one.process.pid for one in records if one.process and not one.process.is_gone()]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_what_is_done_and_says_how_to_go_on(
    number: signal.Signals, tmp_path: Path
) -> None:
    write(tmp_path)
    process = start(tmp_path)
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told
    (run,) = (tmp_path / "runs").iterdir()
    assert told.rstrip().endswith(
        "Interrupted after 0 of 4 runs. "
        f"Go on with: nnlab compare variants --resume runs/{run.name}"
    )
    assert read_run(run).record.status == "interrupted"
    assert json.loads((run / "comparison.json").read_text())["runs"]["left"] == 4
    assert at_work(tmp_path) == []
    stopped = [read_run(path.parent).record for path in run.glob("*/*/record.json")]
    assert {record.status for record in stopped} == {"interrupted"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_one_that_was_killed_leaves_no_process_and_goes_on(tmp_path: Path) -> None:
    write(tmp_path)
    process = start(tmp_path)
    busy = run_nnlab("compare", "variants", "rates.yaml", "--resume", "last", cwd=tmp_path)
    assert busy.code == 2
    assert "nobody is at work on" in busy.err
    process.kill()
    process.communicate(timeout=30)
    until = time.monotonic() + 10
    while at_work(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert at_work(tmp_path) == []
    (run,) = (tmp_path / "runs").iterdir()
    assert read_run(run).record.status == "failed"
    shown = run_nnlab("show", "last", cwd=tmp_path).out
    assert "parts 0 runs" in " ".join(shown.split())
    assert "4 runs still to do." in shown
    assert f"nnlab compare variants --resume runs/{run.name}" in shown
    assert "runs failed" not in shown
    with lock_folder(run):
        second = run_nnlab("compare", "variants", "--resume", "last", cwd=tmp_path)
    assert second.code == 2
    assert "nobody is at work on" in second.err
    short = ("--set", "training.epochs=2", "--seeds", "1", "--no-report")
    went_on = run_nnlab("compare", "variants", "--resume", "last", *short, cwd=tmp_path)
    assert went_on.code == 0, went_on.err
    assert read_run(run).record.status == "complete"
    assert not (run / "report.html").exists()


@pytest.mark.slow
def test_time_of_one_that_was_killed_counts_as_far_as_runs_have_ended(tmp_path: Path) -> None:
    write(tmp_path)
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
        assert line, "ended too soon"
    process.kill()
    process.communicate(timeout=30)
    (run,) = (tmp_path / "runs").iterdir()
    spent = read_run(run).record.timing["total_s"]
    assert spent >= read_run(run / "short" / "3").record.timing["total_s"]
    assert read_comparison_record(run).timing["total_s"] == spent
    shorter = ("--resume", "last", "--set", "training.epochs=1", "--no-report", "--json")
    went_on = run_nnlab("compare", "variants", *shorter, cwd=tmp_path)
    assert went_on.json["runs"]["reused"] == 1
    assert went_on.json["timing"]["total_s"] > spent


def test_faults_come_before_tensorflow_and_leave_nothing(nnlab: Command, tmp_path: Path) -> None:
    write(tmp_path)
    wrong = nnlab("compare", "variants", "rates.yaml", "--metric", "acuracy", "--json")
    assert wrong.code == 2
    (diagnostic,) = wrong.json["error"]["faults"]
    assert diagnostic["file"] == "--metric"
    assert diagnostic["hint"] == "Did you mean `accuracy`?"
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Expected a comparison. Received: neither COMPARISON nor --resume RUN."),
        (("initialisers",), "Did you mean `initializers`?"),
        (("nowhere.yaml",), "The file nowhere.yaml does not exist."),
        (("--resume", "last"), "Expected a comparison. Received: run='last', and runs holds none."),
        (("rates.yaml", "--baseline", "quik"), "Did you mean `quick`?"),
        (("rates.yaml", "--seeds", "0"), "--seeds"),
    ],
)
def test_what_is_wrong_with_the_request_is_said(
    nnlab: Command, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    write(tmp_path)
    refused = nnlab("compare", "variants", *arguments)
    assert refused.code == 2
    assert told in refused.err
    assert "Traceback" not in refused.err


def test_a_run_that_is_no_comparison_cannot_be_gone_on_with(nnlab: Command, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "mine"
    run.mkdir(parents=True)
    (run / "record.json").write_text('{"id": "mine", "name": "mine", "status": "complete"}')
    refused = nnlab("compare", "variants", "--resume", "mine")
    assert refused.code == 2
    assert "Expected a comparison." in refused.err
