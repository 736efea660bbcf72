"""`nnlab dashboard` as a user runs it: its own process, real runs, real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from nnlab.runs import RunDirectory, RunStatus


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    """Two runs with logs, one without."""
    for name in ("moons", "circles", "silent"):
        with RunDirectory.create(tmp_path / "runs", name, f"name: {name}\n") as run:
            if name != "silent":
                run.tensorboard.mkdir()
            run.finish(RunStatus.COMPLETE)
    return tmp_path / "runs"


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "nnlab", "dashboard", "--port", "0", *map(str, arguments)],
        env=os.environ | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_json(process: subprocess.Popen[str]) -> Any:
    """The document that a command which goes on running has written to standard output."""
    assert process.stdout is not None
    lines = ""
    for line in process.stdout:
        lines += line
        if line == "}\n":
            break
    return json.loads(lines)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_all_runs_with_logs_until_it_is_stopped(
    runs_dir: Path, ending: signal.Signals
) -> None:
    with start("--runs-dir", runs_dir, "--json") as process:
        told = read_json(process)
        with urllib.request.urlopen(told["url"], timeout=30) as page:  # noqa: S310 - its own address
            assert b"<title>" in page.read()
        process.send_signal(ending)
        _, errors = process.communicate(timeout=30)
    assert [name.split("-")[0] for name in sorted(told["runs"])] == ["circles", "moons"]
    assert (process.returncode, errors) == (0, "")


def test_named_runs_alone_are_shown(runs_dir: Path) -> None:
    with start("moons", "--runs-dir", runs_dir) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert line.startswith("TensorBoard on moons-")
    assert "http://127.0.0.1:" in line
    assert (process.returncode, output, errors) == (0, "", "")


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("silent", "Expected a run with TensorBoard logs. Received: 1 run, none with logs."),
        ("absent", "Received: run='absent'"),
    ],
)
def test_a_run_that_cannot_be_shown_is_refused(runs_dir: Path, run: str, message: str) -> None:
    with start(run, "--runs-dir", runs_dir) as process:
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (2, "")
    assert message in errors
    assert "Traceback" not in errors
