"""Progress of a search: counts, the best, the time that is left; in a terminal and in a pipe."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from nnlab.report.progress import LiveSearchProgress, PlainSearchProgress, SearchInfo
from nnlab.report.progress.search_state import SearchState, shortened, values_text
from nnlab.runs.trial import TrialRecord, TrialStatus

INFO = SearchInfo("layers", "random", "val_accuracy", "max", 2, 10, 4)


def begun(number: int) -> TrialRecord:
    return TrialRecord(number, {"training.optimizer": "adam", "training.epochs": 7})


def ended(number: int, score: float | None) -> TrialRecord:
    if score is None:
        return replace(begun(number), status=TrialStatus.FAILED, error="diverged", seconds=1.0)
    return replace(begun(number), status=TrialStatus.COMPLETE, score=score, seconds=2.0)


def test_headline_says_what_is_searched() -> None:
    assert INFO.headline() == (
        "layers: 4 hyperparameters, random search for the greatest val_accuracy, "
        "10 trials at most, 2 at once"
    )
    timed = replace(INFO, direction="min", max_time=90.0).headline()
    assert "least val_accuracy" in timed
    assert "1 min 30 s at most" in timed


def test_no_time_is_told_as_left_before_a_trial_has_ended() -> None:
    state = SearchState(INFO, [])
    state.began(begun(1))
    state.epoch(1, 1, 100)
    assert state.left_s() is None


def test_state_counts_trials_and_knows_the_best() -> None:
    state = SearchState(INFO, [ended(1, 0.8), begun(2)])
    assert state.left_s() is None
    for number in (2, 3, 4):
        state.began(begun(number))
    assert not state.ended(ended(2, 0.7))
    assert state.ended(ended(3, 0.9))
    assert not state.ended(ended(4, None))
    state.began(begun(5))
    state.epoch(5, 5, 10)
    assert state.counts_text() == "3 done, 1 running, 1 failed"
    assert state.best_text() == "best val_accuracy 0.9000 (trial 3)"
    assert state.done() == 4.5
    # Three and a half trials are of this sitting, five and a half are to come.
    assert state.left_s() == pytest.approx(state.elapsed_s() * 5.5 / 3.5, rel=0.1)


def test_time_that_is_left_ends_with_the_time_there_is() -> None:
    state = SearchState(replace(INFO, max_time=0.0), [])
    state.began(begun(1))
    assert state.left_text() == "0 ms left"


def test_values_lose_what_all_names_begin_with() -> None:
    assert values_text(begun(1)) == "optimizer=adam epochs=7"
    assert len(shortened("x" * 500)) == 80


def test_pipe_gets_a_line_for_each_trial_that_ends() -> None:
    stream = io.StringIO()
    progress = PlainSearchProgress(stream)
    progress.start(INFO, [])
    progress.trial_began(begun(1))
    progress.epoch(1, 3, 7, {"loss": 0.5})
    progress.tick()
    progress.trial_ended(ended(1, 0.8))
    progress.trial_began(begun(2))
    progress.trial_ended(ended(2, None))
    progress.stop("complete")
    progress.stop("complete")
    head, first, second, last = stream.getvalue().splitlines()
    assert head == INFO.headline()
    assert first.startswith("trial  1/10  val_accuracy 0.8000 (best)  optimizer=adam epochs=7  2.0")
    assert "trial  2/10  failed: diverged" in second
    assert last == "complete"


def test_terminal_shows_running_trials_and_the_best() -> None:
    stream = io.StringIO()
    progress = LiveSearchProgress(Console(file=stream, force_terminal=True, width=100))
    progress.start(INFO, [ended(1, 0.8)])
    progress.trial_began(begun(2))
    progress.epoch(2, 3, 7, {"val_loss": 0.5})
    progress.tick()
    progress.trial_ended(ended(2, 0.9))
    progress.trial_ended(ended(3, None))
    progress.stop("complete")
    shown = stream.getvalue()
    assert "trials 1/10" in shown
    assert "1 done, 1 running" in shown
    assert "trial 2  epoch 3/7  val_loss 0.5000" in shown
    assert "best val_accuracy 0.8000 (trial 1)  optimizer=adam epochs=7" in shown
    assert "Trial 2 is the best so far: val_accuracy 0.9000" in shown
    assert "Trial 3 failed: diverged" in shown
