"""The progress of a search: counts, best trial, remaining time, values; live and as lines."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from nnlab.report.progress import PlainSearchProgress, RichSearchProgress, SearchInfo
from nnlab.report.progress.search import SearchState, TrialValues
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

SPACE = ("training.optimizer", "training.epochs", "model.layers.0.Dense.units", "data.scaling")
INFO = SearchInfo("layers", "random", "val_accuracy", "max", 2, 10, SPACE)

UNITS = "model.layers.0.Repeat[{}].layers.0.Dense.units"
NAMES = ("data.scaling", UNITS.format(1), UNITS.format(2), "training.epochs")


def running(number: int) -> FrozenTrial:
    return FrozenTrial(number, {"training.optimizer": "adam", "training.epochs": 7})


def finished(number: int, score: float | None) -> FrozenTrial:
    if score is None:
        return replace(running(number), status=TrialStatus.FAILED, error="diverged", seconds=1.0)
    return replace(running(number), status=TrialStatus.COMPLETE, score=score, seconds=2.0)


def deep_trial(number: int, epochs: int) -> FrozenTrial:
    units = {UNITS.format(1): 64, UNITS.format(2): 8 * number}
    return FrozenTrial(number, {"data.scaling": "minmax", **units, "training.epochs": epochs})


def test_headline_summarizes_the_search() -> None:
    assert INFO.headline() == (
        "layers: 4 hyperparameters, random search to maximize val_accuracy, "
        "up to 10 trials, 2 at a time"
    )
    timed = replace(INFO, direction="min", max_time=90.0).headline()
    assert "minimize val_accuracy" in timed
    assert "up to 1 min 30 s" in timed


def test_remaining_time_is_unknown_before_a_trial_ends() -> None:
    state = SearchState(INFO, [])
    state.trial_started(running(1))
    state.epoch(1, 1, 100)
    assert state.remaining_s() is None


def test_state_counts_trials_and_knows_the_best() -> None:
    state = SearchState(INFO, [finished(1, 0.8), running(2)])
    assert state.remaining_s() is None
    for number in (2, 3, 4):
        state.trial_started(running(number))
    assert not state.trial_finished(finished(2, 0.7))
    assert state.trial_finished(finished(3, 0.9))
    assert not state.trial_finished(finished(4, None))
    state.trial_started(running(5))
    state.epoch(5, 5, 10)
    assert state.format_counts() == "3 complete, 1 running, 1 failed"
    assert state.format_best() == "best val_accuracy 0.9000 (trial 3)"
    assert state.completed_trials() == 4.5


def test_remaining_time_uses_whole_trials_and_their_parallelism() -> None:
    state = SearchState(INFO, [finished(1, 0.8)])
    state.started -= 4.0
    for number in (2, 3, 4):
        state.trial_finished(replace(finished(number, 0.7), seconds=2.0))
    for number in (5, 6):
        state.trial_started(running(number))
        state.running[number].started -= 1.0
    before = state.remaining_s()
    # Six trials of two seconds remain, of which two are half done; two run at a time.
    assert before == pytest.approx((6 * 2.0 - 2 * 1.0) / 2, rel=0.01)
    state.epoch(5, 99, 100)
    assert state.remaining_s() == pytest.approx(before, rel=0.01)


def test_remaining_time_is_bounded_by_the_time_limit() -> None:
    state = SearchState(replace(INFO, max_time=9.0, searched_s=3.0), [])
    state.started -= 4.0
    state.trial_started(running(1))
    assert state.format_remaining() == "at most 2.0 s left"
    state.trial_finished(replace(finished(1, 0.8), seconds=3.0))
    assert state.format_remaining() == "2.0 s left"
    state.started -= 2.0
    assert not state.format_remaining()


def test_remaining_time_is_empty_if_the_last_trials_take_longer() -> None:
    state = SearchState(replace(INFO, max_trials=2), [])
    state.trial_finished(replace(finished(1, 0.8), seconds=1.0))
    state.trial_started(running(2))
    assert state.format_remaining().endswith(" left")
    state.running[2].started -= 5.0
    assert not state.format_remaining()


def test_remaining_time_is_known_between_trials() -> None:
    state = SearchState(INFO, [])
    state.trial_finished(finished(1, 0.8))
    assert state.format_remaining().endswith(" left")
    for number in range(2, 11):
        state.trial_finished(finished(number, 0.8))
    assert not state.format_remaining()


def test_plain_lines_have_up_to_120_characters() -> None:
    names = tuple(f"model.layers.{place}.Dense.kernel_initializer" for place in range(20))
    stream = io.StringIO()
    progress = PlainSearchProgress(stream)
    progress.start(replace(INFO, space=names), [])
    trial = replace(finished(1, 0.8), values=dict.fromkeys(names, "glorot_uniform"))
    progress.trial_started(trial)
    progress.trial_finished(trial)
    line = stream.getvalue().splitlines()[-1]
    assert 80 < len(line) <= 120
    assert re.search(r"=glorot_uniform  and \d+ more  2\.0 s  .* left$", line)


def test_resumed_search_prints_its_position() -> None:
    assert not SearchState(INFO, []).format_resumed()
    state = SearchState(INFO, [finished(1, 0.8), finished(2, None), running(3)])
    best = "best val_accuracy 0.8000 (trial 1)"
    assert (
        state.format_resumed()
        == f"Resuming: 2 of 10 trials finished (1 failed), 8 remaining; {best}"
    )
    late = SearchState(replace(INFO, max_time=5.0, searched_s=6.0), [finished(1, 0.8)])
    assert "1 of 10 trials finished, time limit reached" in late.format_resumed()


def test_pipe_gets_a_line_for_each_finished_trial() -> None:
    stream = io.StringIO()
    progress = PlainSearchProgress(stream)
    progress.start(INFO, [])
    progress.trial_started(running(1))
    progress.epoch(1, 3, 7, {"loss": 0.5})
    progress.tick()
    progress.trial_finished(finished(1, 0.8))
    progress.trial_started(running(2))
    progress.trial_finished(finished(2, None))
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
    progress = RichSearchProgress(Console(file=stream, force_terminal=True, width=100))
    progress.start(INFO, [finished(1, 0.8)])
    progress.trial_started(running(2))
    progress.epoch(2, 3, 7, {"val_loss": 0.5})
    progress.tick()
    progress.trial_finished(finished(2, 0.9))
    progress.trial_finished(finished(3, None))
    progress.retraining(finished(2, 0.9))
    progress.epoch(2, 5, 7, {"val_loss": 0.25, "val_accuracy": 0.75})
    progress.stop("complete")
    shown = stream.getvalue()
    assert "trials 1/10" in shown
    assert "1 complete, 1 running" in shown
    assert "trial 2  epoch 3/7  val_loss 0.5000" in shown
    assert "best val_accuracy 0.8000 (trial 1)  optimizer=adam  epochs=7" in shown
    assert "Trial 2 is the best so far: val_accuracy 0.9000" in shown
    assert "Trial 3 failed: diverged" in shown
    assert "retraining, epoch 5/7" in shown
    # The objective is first.
    assert "val_accuracy 0.7500  val_loss 0.2500" in shown
    # A terminal echoes ^C: the line must not wrap.
    rendered = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "\n").splitlines()
    assert {len(line.rstrip()) <= 96 for line in rendered if "\u2501" in line} == {True}


def test_repetitions_are_joined_under_short_names() -> None:
    text = TrialValues(NAMES).format(deep_trial(1, 5), 80)
    assert text == "scaling=minmax  units=64,8  epochs=5"


def test_values_that_differ_between_trials_are_kept_in_order() -> None:
    values = TrialValues(NAMES)
    for number in (1, 2):
        values.add(deep_trial(number, epochs=5))
    assert values.format(deep_trial(2, 5), 80) == "scaling=minmax  units=64,16  epochs=5"
    assert values.format(deep_trial(2, 5), 24) == "units=64,16  and 2 more"
    values.add(deep_trial(2, epochs=6))
    assert values.format(deep_trial(2, 6), 34) == "units=64,16  epochs=6  and 1 more"


def test_conditional_values_are_left_out_first() -> None:
    names = ("model.layers.0.Choice.1.Dropout", UNITS.format(1), "training.epochs")
    conditional = FrozenTrial(1, dict(zip(names, (0.5, 64, 9), strict=True)))
    assert TrialValues(names).format(conditional, 80) == "Dropout=0.5  units=64  epochs=9"
    assert TrialValues(names).format(conditional, 22) == "epochs=9  and 2 more"


def test_values_are_left_out_and_counted_never_truncated() -> None:
    values = TrialValues(NAMES)
    assert values.format(deep_trial(1, 5), 30) == "scaling=minmax  and 2 more"
    assert values.format(deep_trial(1, 5), 36) == "scaling=minmax  units=64,8  epochs=5"
    assert values.format(deep_trial(1, 5), 12) == "and 3 more"
    assert not values.format(deep_trial(1, 5), 3)
