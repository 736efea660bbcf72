"""Calls in new processes, also of processes that are killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnlab.engine.workers.process import describe_exit

# A process that has computed with TensorFlow cannot be forked: this one must be new.
SCRIPT = """
import json, os, signal, time

from nnlab.engine.workers.process import IsolatedProcess
from nnlab.errors import RunInterrupted
import tensorflow as tf


def respond(request):
    if request == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if request == "leave":
        os._exit(3)
    if request == "allocate":
        tf.zeros([10**6, 10**9])
    if request == "fail":
        raise ValueError("no such thing\\nand more")
    if request == "wait":
        time.sleep(60)
    print("not shown")
    return {"twice": float(tf.constant(request) * 2), "pid": os.getpid()}


if __name__ == "__main__":
    process = IsolatedProcess(respond)
    results = {str(request): process.call(request, lambda: False)
            for request in (1.0, 2.0, "die", "leave", "allocate", "fail")}
    start = time.monotonic()
    try:
        process.call("wait", lambda: time.monotonic() - start > 0.5)
    except RunInterrupted:
        results["stopped_s"] = time.monotonic() - start
    results["own"] = os.getpid()
    print(json.dumps(results))
"""

# As on a machine with GPUs, where processes are spawned instead of forked.
SPAWN = """
import os, signal

BLOCKED_AT_START = signal.pthread_sigmask(signal.SIG_BLOCK, [])
del os.fork

from nnlab.engine.runtime.signals import STOP_SIGNALS
from nnlab.engine.workers.process import IsolatedProcess


def respond(request):
    return set(STOP_SIGNALS) <= BLOCKED_AT_START


if __name__ == "__main__":
    print(IsolatedProcess(respond).call("", lambda: False), set(STOP_SIGNALS) <= BLOCKED_AT_START)
"""


@pytest.fixture(scope="module")
def results() -> Any:
    """Run the script and return its results."""
    command = [sys.executable, "-c", SCRIPT]
    finished = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    return json.loads(finished.stdout)


@pytest.mark.slow
def test_each_call_has_a_new_process(results: Any) -> None:
    assert (results["1.0"]["twice"], results["2.0"]["twice"]) == (2.0, 4.0)
    assert len({results["1.0"]["pid"], results["2.0"]["pid"], results["own"]}) == 3


@pytest.mark.slow
def test_failed_process_has_a_reason_and_later_calls_work(results: Any) -> None:
    assert results["die"] == describe_exit(-9)
    assert "SIGKILL" in results["die"]
    assert "exit code 3" in results["leave"]
    assert results["fail"] == "ValueError: no such thing"


@pytest.mark.slow
def test_out_of_memory_is_reported(results: Any) -> None:
    assert "memory" in results["allocate"]


@pytest.mark.slow
def test_stopped_call_kills_its_process(results: Any) -> None:
    assert 0.5 <= results["stopped_s"] < 10


@pytest.mark.slow
def test_spawned_process_starts_with_blocked_stop_signals(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(SPAWN)
    command = [sys.executable, str(tmp_path / "new.py")]
    finished = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    assert finished.stdout.split() == ["True", "False"]
