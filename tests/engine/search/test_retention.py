"""Which trials keep their weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.engine.search.retention import bar, delete_checkpoints, delete_states
from nnlab.engine.training.options import ScoreThreshold
from nnlab.runs.records.search import SearchFiles
from nnlab.runs.records.trial import FrozenTrial, TrialStatus


def trial(number: int, score: float | None) -> FrozenTrial:
    status = TrialStatus.FAILED if score is None else TrialStatus.COMPLETE
    return FrozenTrial(number, {}, status, score=score)


TRIALS = [trial(1, 0.5), trial(2, 0.9), trial(4, 0.7), trial(5, 0.7), trial(6, None)]


@pytest.mark.parametrize(
    ("number", "score", "keeps"),
    [(7, 0.71, True), (7, 0.7, False), (3, 0.7, True), (7, 0.6, False)],
)
def test_model_is_kept_if_the_trial_will_be_among_the_best_three(
    number: int, score: float, *, keeps: bool
) -> None:
    limit = bar(TRIALS, "max", number)
    assert ScoreThreshold("accuracy", "max", limit).is_reached({"accuracy": score}) is keeps
    mirrored = [trial(one.number, None if one.score is None else -one.score) for one in TRIALS]
    limit = bar(mirrored, "min", number)
    assert ScoreThreshold("loss", "min", limit).is_reached({"loss": -score}) is keeps


def test_first_models_are_kept_whatever_they_are_worth() -> None:
    assert ScoreThreshold("loss", "min", bar(TRIALS[:2], "min", 3)).is_reached({"loss": 1e9})
    assert not ScoreThreshold("loss", "min", 1.0).is_reached({"loss": float("nan")})


def test_weights_of_all_but_the_best_and_states_that_nobody_needs_are_deleted(
    tmp_path: Path,
) -> None:
    files = SearchFiles(tmp_path)
    for one in TRIALS:
        files.trial(one.number).mkdir(parents=True)
        for name in ("model.keras", "state.npz"):
            (files.trial(one.number) / name).touch()
    delete_checkpoints(files, TRIALS, "max", trainings=1)
    delete_states(files, TRIALS, needed={1}, trainings=1)
    left = {str(path.relative_to(files.trials)) for path in files.trials.glob("*/*")}
    assert left == {"2/model.keras", "4/model.keras", "5/model.keras", "1/state.npz"}
