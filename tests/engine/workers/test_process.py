"""Questions answered in fresh processes, and what is said of those that die."""

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


def answer(question):
    if question == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if question == "leave":
        os._exit(3)
    if question == "allocate":
        tf.zeros([10**6, 10**9])
    if question == "fail":
        raise ValueError("no such thing\\nand more")
    if question == "wait":
        time.sleep(60)
    print("nobody reads this")
    return {"twice": float(tf.constant(question) * 2), "pid": os.getpid()}


if __name__ == "__main__":
    asking = IsolatedProcess(answer)
    told = {str(one): asking.ask(one, lambda: False)
            for one in (1.0, 2.0, "die", "leave", "allocate", "fail")}
    begun = time.monotonic()
    try:
        asking.ask("wait", lambda: time.monotonic() - begun > 0.5)
    except RunInterrupted:
        told["stopped_s"] = time.monotonic() - begun
    told["own"] = os.getpid()
    print(json.dumps(told))
"""

# As on a machine with GPUs, where processes are not forked but begin anew.
NEW = """
import os, signal

AT_ITS_BEGINNING = signal.pthread_sigmask(signal.SIG_BLOCK, [])
del os.fork

from nnlab.engine.runtime.signals import STOP_SIGNALS
from nnlab.engine.workers.process import IsolatedProcess


def answer(question):
    return set(STOP_SIGNALS) <= AT_ITS_BEGINNING


if __name__ == "__main__":
    print(IsolatedProcess(answer).ask("", lambda: False), set(STOP_SIGNALS) <= AT_ITS_BEGINNING)
"""


@pytest.fixture(scope="module")
def told() -> Any:
    """What came of a few questions."""
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    return json.loads(done.stdout)


def test_each_question_has_a_process_of_its_own(told: Any) -> None:
    assert (told["1.0"]["twice"], told["2.0"]["twice"]) == (2.0, 4.0)
    assert len({told["1.0"]["pid"], told["2.0"]["pid"], told["own"]}) == 3


def test_process_that_dies_leaves_its_reason_and_the_others_go_on(told: Any) -> None:
    assert told["die"] == describe_exit(-9)
    assert "SIGKILL" in told["die"]
    assert told["leave"] == "The process ended with exit code 3."
    assert told["fail"] == "ValueError: no such thing"


def test_memory_that_runs_out_is_a_reason(told: Any) -> None:
    assert told["allocate"] == "Memory ran out."


def test_question_that_is_given_up_ends_with_its_process(told: Any) -> None:
    assert 0.5 <= told["stopped_s"] < 10


@pytest.mark.slow
def test_new_process_cannot_be_asked_to_end_before_it_is_settled(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(NEW)
    command = [sys.executable, str(tmp_path / "new.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    assert done.stdout.split() == ["True", "False"]
