"""Progress of a search: counts, the best, the time that is left; in a terminal and in a pipe."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from nnlab.report.progress import LiveSearchProgress, PlainSearchProgress, SearchInfo
from nnlab.report.progress.search_state import SearchState
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

SPACE = ("training.optimizer", "training.epochs", "model.layers.0.Dense.units", "data.scaling")
INFO = SearchInfo("layers", "random", "val_accuracy", "max", 2, 10, SPACE)


def begun(number: int) -> FrozenTrial:
    return FrozenTrial(number, {"training.optimizer": "adam", "training.epochs": 7})


def ended(number: int, score: float | None) -> FrozenTrial:
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


def test_time_that_is_left_is_told_by_whole_trials_and_those_at_once() -> None:
    state = SearchState(INFO, [ended(1, 0.8)])
    state.started -= 4.0
    for number in (2, 3, 4):
        state.ended(replace(ended(number, 0.7), seconds=2.0))
    for number in (5, 6):
        state.began(begun(number))
        state.running[number].began -= 1.0
    before = state.left_s()
    # Six of two seconds are to come; of two of them half is done; 8 of 4 seconds were worked.
    assert before == pytest.approx((6 * 2.0 - 2 * 1.0) / 2, rel=0.01)
    state.epoch(5, 99, 100)
    assert state.left_s() == pytest.approx(before, rel=0.01)


def test_time_that_is_left_ends_with_the_time_there_is() -> None:
    state = SearchState(replace(INFO, max_time=9.0, searched_s=3.0), [])
    state.started -= 4.0
    state.began(begun(1))
    assert state.left_text() == "2.0 s left at most"
    state.ended(replace(ended(1, 0.8), seconds=3.0))
    assert state.left_text() == "2.0 s left"
    state.started -= 2.0
    assert not state.left_text()


def test_nothing_is_told_where_the_last_trials_take_longer_than_the_others() -> None:
    state = SearchState(replace(INFO, max_trials=2), [])
    state.ended(replace(ended(1, 0.8), seconds=1.0))
    state.began(begun(2))
    assert state.left_text().endswith(" left")
    state.running[2].began -= 5.0
    assert not state.left_text()


def test_one_at_once_is_told_the_time_that_is_left_where_none_is_at_work() -> None:
    state = SearchState(INFO, [])
    state.ended(ended(1, 0.8))
    assert state.left_text().endswith(" left")
    for number in range(2, 11):
        state.ended(ended(number, 0.8))
    assert not state.left_text()


def test_a_line_in_a_log_has_120_characters_at_most() -> None:
    names = tuple(f"model.layers.{place}.Dense.kernel_initializer" for place in range(20))
    stream = io.StringIO()
    progress = PlainSearchProgress(stream)
    progress.start(replace(INFO, space=names), [])
    trial = replace(ended(1, 0.8), values=dict.fromkeys(names, "glorot_uniform"))
    progress.trial_began(trial)
    progress.trial_ended(trial)
    line = stream.getvalue().splitlines()[-1]
    assert 80 < len(line) <= 120
    assert re.search(r"=glorot_uniform  and \d+ more  2\.0 s  .* left$", line)


def test_a_search_that_goes_on_says_where_it_stands() -> None:
    assert not SearchState(INFO, []).standing_text()
    state = SearchState(INFO, [ended(1, 0.8), ended(2, None), begun(3)])
    best = "best val_accuracy 0.8000 (trial 1)"
    assert state.standing_text() == f"Going on: 2 of 10 trials done (1 failed), 8 to go; {best}"
    late = SearchState(replace(INFO, max_time=5.0, searched_s=6.0), [ended(1, 0.8)])
    assert "1 of 10 trials done, the time is over" in late.standing_text()


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
    assert first.startswith(
        "trial  1/10  val_accuracy 0.8000 (best)  optimizer=adam  epochs=7  2.0"
    )
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
    progress.retraining(ended(2, 0.9))
    progress.epoch(2, 5, 7, {"val_loss": 0.25, "val_accuracy": 0.75})
    progress.stop("complete")
    shown = stream.getvalue()
    assert "trials 1/10" in shown
    assert "1 done, 1 running" in shown
    assert "trial 2  epoch 3/7  val_loss 0.5000" in shown
    assert "best val_accuracy 0.8000 (trial 1)  optimizer=adam  epochs=7" in shown
    assert "Trial 2 is the best so far: val_accuracy 0.9000" in shown
    assert "Trial 3 failed: diverged" in shown
    assert "the best, epoch 5/7" in shown
    # By what the best is judged stands first.
    assert "val_accuracy 0.7500  val_loss 0.2500" in shown
    # A terminal writes ^C where somebody types it: the line must not become two.
    painted = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "\n").splitlines()
    assert {len(line.rstrip()) <= 96 for line in painted if "\u2501" in line} == {True}
