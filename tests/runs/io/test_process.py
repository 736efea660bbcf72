"""Detection of processes that have ended."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import pytest

from nnlab.runs.io.process import Process

pytestmark = pytest.mark.skipif(os.name != "posix", reason="not supported on Windows")


def test_current_process_is_not_gone() -> None:
    assert not Process.current().is_gone()
    assert not dataclasses.replace(Process.current(), started=None).is_gone()


@pytest.mark.parametrize("has_start", [True, False])
def test_ended_process_is_gone(has_start: bool) -> None:
    script = "import dataclasses as d; from nnlab.runs.io.process import Process;"
    script += "print(d.astuple(Process.current()))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    host, pid, started = eval(ended.stdout)  # noqa: S307 - a tuple that the script printed
    assert Process(host, pid, started if has_start else None).is_gone()


def test_later_process_with_the_same_id_is_another() -> None:
    current = Process.current()
    if current.started is None:
        pytest.skip("requires /proc")
    assert dataclasses.replace(current, started=current.started - 1).is_gone()


def test_process_of_another_machine_is_not_gone() -> None:
    assert not dataclasses.replace(Process.current(), host="elsewhere", started=1).is_gone()


def test_zombie_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = Process.current().started
        if started is None:
            pytest.skip("requires /proc")
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert dataclasses.replace(Process.current(), pid=child.pid).is_gone()
