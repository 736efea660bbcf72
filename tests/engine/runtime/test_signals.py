"""Signals: noted, heeded where it is safe, given back."""

from __future__ import annotations

import signal
import threading

import pytest

from nnlab.engine.runtime.signals import Interruption, Stopped


def test_without_a_signal_nothing_stops() -> None:
    with Interruption() as interruption:
        interruption.check()
        assert not interruption.requested


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_is_heeded_at_the_next_check(number: signal.Signals) -> None:
    with Interruption() as interruption:
        signal.raise_signal(number)
        assert interruption.requested
        assert not interruption.interrupted_twice
        with pytest.raises(Stopped):
            interruption.check()


def test_second_signal_tells_of_impatience_and_the_third_ends_at_once() -> None:
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert interruption.interrupted_twice
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_given_back_even_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError, match="out"), Interruption():
        raise ValueError("out")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_outside_the_main_thread_it_listens_to_nothing() -> None:
    seen = []

    def work() -> None:
        with Interruption() as interruption:
            seen.append(interruption.requested)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows closes no terminals this way")
def test_a_closed_terminal_stops_unless_it_is_ignored_as_nohup_does() -> None:
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
