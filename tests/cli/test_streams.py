"""Commands whose standard streams are closed, full, or short of letters."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.running import PLAIN, Finished, Trained

NNLAB = f"{shlex.quote(sys.executable)} -m nnlab"


def shell(line: str, cwd: Path, **environment: str) -> Finished:
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=cwd,
        env=os.environ | PLAIN | environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("runs >&-", "Bad file descriptor"),
        ("show last >/dev/full", "No space left on device"),
        ("show last --json >/dev/full", "No space left on device"),
    ],
)
def test_output_that_cannot_be_written_is_no_fault_of_nnlab(
    trained: Trained, line: str, reason: str
) -> None:
    told = shell(f"{NNLAB} {line}", trained.folder)
    assert told.code == 1
    assert told.err == (
        f"Expected to be able to write standard output. Received: error='{reason}'. "
        "Send it to a place that can be written.\n"
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("show nothing 2>/dev/full", 2),
        ("show nothing 2>&-", 2),
        ("show nothing --json >/dev/full", 2),
        ("runs <&-", 0),
    ],
)
def test_what_cannot_be_told_changes_no_exit_code(trained: Trained, line: str, code: int) -> None:
    told = shell(f"{NNLAB} {line}", trained.folder)
    assert told.code == code
    assert "Traceback" not in told.err


def test_letters_that_the_terminal_does_not_know_are_replaced(
    trained: Trained, tmp_path: Path
) -> None:
    shutil.copytree(trained.run, tmp_path / "runs" / "réseau")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    told = shell(f"{NNLAB} show last", tmp_path, **ascii_only)
    assert told.code == 0, told.err
    assert "r??seau" in told.out


def test_ctrl_c_at_a_question_interrupts(trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(trained.run, tmp_path / "runs" / "kept")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "nnlab", "runs", "rm", "kept"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=theirs, stderr=subprocess.PIPE, text=True
    ) as asking:
        assert asking.stderr is not None
        seen = ""
        while "[y/N]" not in seen:
            letter = asking.stderr.read(1)
            assert letter, seen
            seen += letter
        # The question is written before it waits.
        time.sleep(0.2)
        asking.send_signal(signal.SIGINT)
        rest = asking.stderr.read()
    os.close(ours)
    os.close(theirs)
    assert asking.returncode == 130
    assert rest.split() == [":", "Interrupted."]
    assert (tmp_path / "runs" / "kept").is_dir()
