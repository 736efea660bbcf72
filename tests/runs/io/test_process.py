"""Whether a process that wrote a run still lives."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import pytest

from nnlab.runs.io.process import Process

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows cannot be asked")


def test_this_process_lives() -> None:
    assert not Process.current().is_gone()
    assert not dataclasses.replace(Process.current(), started=None).is_gone()


@pytest.mark.parametrize("knows_start", [True, False])
def test_a_process_that_ended_is_gone(knows_start: bool) -> None:
    script = "import dataclasses as d; from nnlab.runs.io.process import Process;"
    script += "print(d.astuple(Process.current()))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    host, pid, started = eval(ended.stdout)  # noqa: S307 - our own tuple
    assert Process(host, pid, started if knows_start else None).is_gone()


def test_a_later_process_with_the_same_number_is_another() -> None:
    current = Process.current()
    if current.started is None:
        pytest.skip("this system has no /proc, so it cannot tell two processes of one number apart")
    assert dataclasses.replace(current, started=current.started - 1).is_gone()


def test_a_process_of_another_machine_may_live() -> None:
    assert not dataclasses.replace(Process.current(), host="elsewhere", started=1).is_gone()


def test_a_zombie_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = Process.current().started
        if started is None:
            pytest.skip("this system has no /proc")
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert dataclasses.replace(Process.current(), pid=child.pid).is_gone()
