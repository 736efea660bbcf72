"""Commands with closed, full or ASCII-only standard streams, and errors printed to them."""

from __future__ import annotations

import json
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

from nnlab.cli.output import report_error
from nnlab.errors import RunInterrupted
from tests.cli.runner import PLAIN, Result, TrainedRun

NNLAB = f"{shlex.quote(sys.executable)} -m nnlab"


def run_shell(line: str, cwd: Path, **environment: str) -> Result:
    """Run a line of shell code in a folder."""
    process = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=cwd,
        env=os.environ | PLAIN | environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Result(process.returncode, process.stdout.decode(), process.stderr.decode())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("runs >&-", "Bad file descriptor"),
        ("show last >/dev/full", "No space left on device"),
        ("show last --json >/dev/full", "No space left on device"),
    ],
)
def test_unwritable_standard_output_is_an_error_without_a_traceback(
    trained: TrainedRun, line: str, reason: str
) -> None:
    result = run_shell(f"{NNLAB} {line}", trained.folder)
    assert result.code == 1
    assert f"error='{reason}'" in result.err
    assert "Traceback" not in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("show nothing 2>/dev/full", 2),
        ("show nothing 2>&-", 2),
        ("show nothing --json >/dev/full", 2),
        ("runs <&-", 0),
    ],
)
def test_unwritable_streams_do_not_change_the_exit_code(
    trained: TrainedRun, line: str, code: int
) -> None:
    result = run_shell(f"{NNLAB} {line}", trained.folder)
    assert result.code == code
    assert "Traceback" not in result.err


def test_characters_outside_the_encoding_are_replaced(trained: TrainedRun, tmp_path: Path) -> None:
    shutil.copytree(trained.run, tmp_path / "runs" / "réseau")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = run_shell(f"{NNLAB} show last", tmp_path, **ascii_only)
    assert result.code == 0, result.err
    assert "r??seau" in result.out


def test_ctrl_c_at_a_confirmation_interrupts(trained: TrainedRun, tmp_path: Path) -> None:
    shutil.copytree(trained.run, tmp_path / "runs" / "kept")
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "nnlab", "runs", "rm", "kept"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=slave, stderr=subprocess.PIPE, text=True
    ) as command_process:
        assert command_process.stderr is not None
        question = ""
        while "[y/N]" not in question:
            character = command_process.stderr.read(1)
            assert character, question
            question += character
        # The question is written before the command waits for the answer.
        time.sleep(0.2)
        command_process.send_signal(signal.SIGINT)
        rest = command_process.stderr.read()
    os.close(master)
    os.close(slave)
    assert command_process.returncode == 130
    assert rest.split() == [":", "Interrupted."]
    assert (tmp_path / "runs" / "kept").is_dir()


def test_json_contains_partial_results_and_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    report_error(RunInterrupted("Stopped.", {"id": "a-tune-1", "error": None}), as_json=True)
    document = json.loads(capsys.readouterr().out)
    error = {"type": "RunInterrupted", "message": "Stopped."}
    assert document == {"id": "a-tune-1", "error": error}
