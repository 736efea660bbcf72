"""What of the trials stays on the disk: curves of all, weights of the best few."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from nnlab.engine.search.trial import STATE, run_folders
from nnlab.runs import RunFiles
from nnlab.runs.records.search import SearchFiles
from nnlab.runs.records.trial import FrozenTrial, rank_trials

KEPT = 3


def bar(trials: Iterable[FrozenTrial], direction: Literal["min", "max"], number: int) -> float:
    """The score that the model of a new trial must reach to be among the best.

    Args:
        trials: The trials so far.
        direction: Whether less or more is better.
        number: The new trial's number: of equal scores, that of the earlier trial is the better.
    """
    worst = math.inf if direction == "min" else -math.inf
    best = rank_trials(trials, direction)[:KEPT]
    if len(best) < KEPT or best[-1].score is None:
        return worst
    is_earlier = number < best[-1].number
    return best[-1].score if is_earlier else math.nextafter(best[-1].score, -worst)


def delete_checkpoints(
    files: SearchFiles,
    trials: Collection[FrozenTrial],
    direction: Literal["min", "max"],
    trainings: int,
) -> None:
    """Delete the models of all but the best trials.

    Args:
        files: The search's folder.
        trials: Its trials.
        direction: Whether less or more is better.
        trainings: Trainings a trial.
    """
    kept = {trial.number for trial in rank_trials(trials, direction)[:KEPT]}
    for trial in trials:
        if trial.is_finished and trial.number not in kept:
            for run in _runs(files, trial, trainings):
                _delete(run, "model.keras")


def delete_states(
    files: SearchFiles, trials: Iterable[FrozenTrial], needed: Collection[int], trainings: int
) -> None:
    """Delete what trials left for others to go on from, and nobody will.

    Args:
        files: The search's folder.
        trials: Its trials.
        needed: Numbers of those that may still go on.
        trainings: Trainings a trial.
    """
    for trial in trials:
        if trial.is_finished and trial.number not in needed:
            for run in _runs(files, trial, trainings):
                _delete(run, STATE)


def _runs(files: SearchFiles, trial: FrozenTrial, trainings: int) -> Iterator[RunFiles]:
    for folder in run_folders(files.trial(trial.number), trainings):
        yield RunFiles(folder)


def _delete(run: RunFiles, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        (run.path / name).unlink()
