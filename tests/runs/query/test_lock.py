"""Locks of run folders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.errors import RequestError
from nnlab.runs import RunDirectory, RunStatus
from nnlab.runs.query.lock import lock_folder

if os.name != "posix":
    pytest.skip("requires POSIX locks", allow_module_level=True)

# Locks a folder, and forks a process that outlives it.
SCRIPT = """
import os, signal, sys
from pathlib import Path
from nnlab.runs.query.lock import lock_folder

with lock_folder(Path(sys.argv[1])):
    child = os.fork()
    if child:
        print(child, flush=True)
    signal.pause()
"""


@pytest.fixture(params=["runs", "with a blank, \u00fc", "elsewhere"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return the folder of an interrupted run, in several kinds of places."""
    runs = tmp_path / request.param
    if request.param == "elsewhere":
        (tmp_path / "there").mkdir()
        runs.symlink_to(tmp_path / "there")
    run = RunDirectory.create(runs, "xor", "name: xor\n")
    run.finish(RunStatus.INTERRUPTED, "Interrupted.")
    return run.path


def test_second_process_is_refused_until_the_first_is_killed(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)], stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        child = int(first.stdout.readline())
        try:
            with (
                pytest.raises(RequestError, match="in use by another process"),
                lock_folder(folder),
            ):
                pass
            first.kill()
            first.wait()
            os.kill(child, 0)
            with lock_folder(folder):
                pass
        finally:
            os.kill(child, signal.SIGKILL)


def test_lock_is_released_after_the_block(folder: Path) -> None:
    with pytest.raises(ValueError, match="out"), lock_folder(folder):
        raise ValueError("out")
    script = SCRIPT.replace("signal.pause()", "").replace("os.fork()", "1")
    subprocess.run(
        [sys.executable, "-c", script, str(folder)], check=True, stdout=subprocess.DEVNULL
    )


def test_folder_of_a_running_run_is_refused(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, "xor", "name: xor\n")
    owner = f"in use by process {os.getpid()}"
    with pytest.raises(RequestError, match=owner), lock_folder(run.path):
        pass
