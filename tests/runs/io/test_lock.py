"""One process alone goes on with what another has left, whatever became of that one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.errors import RequestError
from nnlab.runs import RunDirectory, RunStatus
from nnlab.runs.io.lock import lock_folder

if os.name != "posix":
    pytest.skip("locks of POSIX", allow_module_level=True)

# Takes a folder over, and forks a process that outlives it by far.
SCRIPT = """
import os, signal, sys
from pathlib import Path
from nnlab.runs.io.lock import lock_folder

with lock_folder(Path(sys.argv[1])):
    child = os.fork()
    if child:
        print(child, flush=True)
    signal.pause()
"""


@pytest.fixture(params=["runs", "with a blank, \u00fc", "elsewhere"])
def left(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder whose process has ended, in several kinds of places."""
    runs = tmp_path / request.param
    if request.param == "elsewhere":
        (tmp_path / "there").mkdir()
        runs.symlink_to(tmp_path / "there")
    run = RunDirectory.create(runs, "xor", "name: xor\n")
    run.finish(RunStatus.INTERRUPTED, "Interrupted.")
    return run.path


def test_no_two_processes_go_on_and_a_killed_one_keeps_nobody_out(left: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(left)], stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        child = int(first.stdout.readline())
        try:
            with pytest.raises(RequestError, match="another process is at work"), lock_folder(left):
                pass
            first.kill()
            first.wait()
            os.kill(child, 0)
            with lock_folder(left):
                pass
        finally:
            os.kill(child, signal.SIGKILL)


def test_folder_is_free_again_after_the_block(left: Path) -> None:
    with pytest.raises(ValueError, match="out"), lock_folder(left):
        raise ValueError("out")
    script = SCRIPT.replace("signal.pause()", "").replace("os.fork()", "1")
    subprocess.run([sys.executable, "-c", script, str(left)], check=True, stdout=subprocess.DEVNULL)


def test_folder_whose_process_is_at_work_is_refused(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, "xor", "name: xor\n")
    words = f"where process {os.getpid()} is at work"
    with pytest.raises(RequestError, match=words), lock_folder(run.path):
        pass
