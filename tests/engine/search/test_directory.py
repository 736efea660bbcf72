"""Which trials keep their models and states."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from nnlab.config.metrics import Direction
from nnlab.engine.search.directory import SearchDirectory
from nnlab.engine.training.context import ScoreThreshold
from nnlab.runs import RunDirectory, RunRecord
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus


def trial(number: int, score: float | None) -> FrozenTrial:
    status = TrialStatus.FAILED if score is None else TrialStatus.COMPLETE
    return FrozenTrial(number, {}, status, score=score)


def directory(
    path: Path, trials: Iterable[FrozenTrial], direction: Direction = "max"
) -> SearchDirectory:
    run = RunDirectory(path, RunRecord("1", "search"))
    search = SearchRecord("1", "search", direction=direction)
    return SearchDirectory(run, search, {trial.number: trial for trial in trials})


TRIALS = [trial(1, 0.5), trial(2, 0.9), trial(4, 0.7), trial(5, 0.7), trial(6, None)]


@pytest.mark.parametrize(
    ("number", "score", "is_saved"),
    [(7, 0.71, True), (7, 0.7, False), (3, 0.7, True), (7, 0.6, False)],
)
def test_model_is_saved_if_the_trial_will_be_among_the_best_three(
    tmp_path: Path, number: int, score: float, *, is_saved: bool
) -> None:
    threshold = directory(tmp_path, TRIALS).score_threshold(number)
    reached = ScoreThreshold("accuracy", "max", threshold).is_reached({"accuracy": score})
    assert reached is is_saved
    mirrored = [
        trial(original.number, None if original.score is None else -original.score)
        for original in TRIALS
    ]
    threshold = directory(tmp_path, mirrored, "min").score_threshold(number)
    assert ScoreThreshold("loss", "min", threshold).is_reached({"loss": -score}) is is_saved


def test_first_models_are_saved_with_any_score(tmp_path: Path) -> None:
    threshold = directory(tmp_path, TRIALS[:2], "min").score_threshold(3)
    assert ScoreThreshold("loss", "min", threshold).is_reached({"loss": 1e9})
    assert not ScoreThreshold("loss", "min", 1.0).is_reached({"loss": float("nan")})


def test_unneeded_models_and_states_are_deleted(tmp_path: Path) -> None:
    files = directory(tmp_path, TRIALS)
    for existing in TRIALS:
        files.trial(existing.number).mkdir(parents=True)
        for name in ("model.keras", "state.npz"):
            (files.trial(existing.number) / name).touch()
    files.delete_unneeded_files(promotable={1}, trainings=1)
    remaining = {str(path.relative_to(files.trials)) for path in files.trials.glob("*/*")}
    assert remaining == {"2/model.keras", "4/model.keras", "5/model.keras", "1/state.npz"}
