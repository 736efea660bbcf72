"""Stop signals: deferred until the next check, handlers restored."""

from __future__ import annotations

import signal
import threading

import pytest

from nnlab.engine.runtime.signals import Interruption
from nnlab.errors import RunInterrupted


def test_without_a_signal_check_does_nothing() -> None:
    with Interruption() as interruption:
        interruption.check()
        assert not interruption.requested


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_raises_at_the_next_check(number: signal.Signals) -> None:
    with Interruption() as interruption:
        signal.raise_signal(number)
        assert interruption.requested
        assert not interruption.interrupted_twice
        with pytest.raises(RunInterrupted):
            interruption.check()


def test_second_signal_is_counted_and_the_third_raises_at_once() -> None:
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert interruption.interrupted_twice
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_restored_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError, match="failed"), Interruption():
        raise ValueError("failed")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_outside_the_main_thread_no_handler_is_installed() -> None:
    requested = []

    def run() -> None:
        with Interruption() as interruption:
            requested.append(interruption.requested)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert requested == [False]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_closed_terminal_stops_the_run_except_under_nohup() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGHUP)
            assert interruption.requested
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGHUP)
            assert not interruption.requested
    finally:
        signal.signal(signal.SIGHUP, before)
