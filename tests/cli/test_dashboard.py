"""`nnlab dashboard`, in a process that gets signals."""

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

pytestmark = pytest.mark.slow


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    """Return a folder with two runs with logs and one without."""
    for name in ("moons", "circles", "silent"):
        with RunDirectory.create(tmp_path / "runs", name, f"name: {name}\n") as run:
            if name != "silent":
                run.tensorboard.mkdir()
            run.finish(RunStatus.COMPLETE)
    return tmp_path / "runs"


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start the command on any free port."""
    return subprocess.Popen(
        [sys.executable, "-m", "nnlab", "dashboard", "--port", "0", *map(str, arguments)],
        env=os.environ | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_json(process: subprocess.Popen[str]) -> Any:
    """Read the JSON document that a running command has printed."""
    assert process.stdout is not None
    lines = ""
    for line in process.stdout:
        lines += line
        if line == "}\n":
            break
    return json.loads(lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_all_runs_with_logs_are_served_until_a_signal(
    runs_dir: Path, number: signal.Signals
) -> None:
    with start("--runs-dir", runs_dir, "--json") as process:
        document = read_json(process)
        with urllib.request.urlopen(document["url"], timeout=30) as page:  # noqa: S310 - a local URL
            assert b"<title>" in page.read()
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert [name.split("-")[0] for name in sorted(document["runs"])] == ["circles", "moons"]
    assert (process.returncode, errors) == (0, "")


def test_only_given_runs_are_shown(runs_dir: Path) -> None:
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
        ("silent", "1 run, none with logs"),
        ("absent", "Received: run='absent'"),
    ],
)
def test_run_without_logs_or_unknown_run_is_an_error(
    runs_dir: Path, run: str, message: str
) -> None:
    with start(run, "--runs-dir", runs_dir) as process:
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (2, "")
    assert message in errors
    assert "Traceback" not in errors
