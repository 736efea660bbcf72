"""Which files of trials are kept: the curves of all, the models of the best."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterable
from pathlib import Path

from nnlab.config.metrics import Direction
from nnlab.engine.search.trial import STATE_FILE, run_folders
from nnlab.runs import RunFiles
from nnlab.runs.records.search import SearchFiles
from nnlab.runs.records.trial import FrozenTrial, rank_trials

_KEPT_MODELS = 3


def score_threshold(trials: Iterable[FrozenTrial], direction: Direction, number: int) -> float:
    """Return the score that a new trial must reach to be among the best, so its model is saved."""
    worst = math.inf if direction == "min" else -math.inf
    best = rank_trials(trials, direction)[:_KEPT_MODELS]
    if len(best) < _KEPT_MODELS or best[-1].score is None:
        return worst
    # Of equal scores, that of the trial with the lower number is better.
    is_earlier = number < best[-1].number
    return best[-1].score if is_earlier else math.nextafter(best[-1].score, -worst)


def delete_models(
    files: SearchFiles, trials: Collection[FrozenTrial], direction: Direction, trainings: int
) -> None:
    """Delete the models of all finished trials except the best."""
    best = {trial.number for trial in rank_trials(trials, direction)[:_KEPT_MODELS]}
    for trial in trials:
        if trial.is_finished and trial.number not in best:
            for folder in run_folders(files.trial(trial.number), trainings):
                _delete(RunFiles(folder).model_keras)


def delete_states(
    files: SearchFiles, trials: Iterable[FrozenTrial], promotable: Collection[int], trainings: int
) -> None:
    """Delete the states of finished trials that no trial will continue."""
    for trial in trials:
        if trial.is_finished and trial.number not in promotable:
            for folder in run_folders(files.trial(trial.number), trainings):
                _delete(folder / STATE_FILE)


def _delete(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
