"""Records of a search that never ran, whose space has every kind of hyperparameter."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

from nnlab.config.space.hyperparameter import Condition, Hyperparameter
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, count_by_status, rank_trials

UNITS = "model.layers.0.Dense.units"
TIMES = "model.layers.1.Repeat.times"
DROPOUT = "model.layers.1.Repeat[{}].layers.0.Dropout"
OPTIMIZER = "training.optimizer"
RATE = "training.optimizer.Choice.1.SGD.learning_rate"
SHUFFLE = "training.shuffle"

SPACE = (
    Hyperparameter(UNITS, "int", 8, min_value=8, max_value=128, step=8),
    Hyperparameter(TIMES, "int", 0, min_value=0, max_value=3, step=1),
    *(
        Hyperparameter(
            DROPOUT.format(repetition),
            "choice",
            0.1,
            values=(0.1, 0.2, 0.3),
            conditions=(Condition(TIMES, tuple(range(repetition, 4))),),
        )
        for repetition in (1, 2, 3)
    ),
    Hyperparameter(OPTIMIZER, "choice", "adam", values=("adam", "SGD"), ordered=False),
    Hyperparameter(
        RATE,
        "float",
        0.001,
        min_value=0.001,
        max_value=1.0,
        sampling="log",
        conditions=(Condition(OPTIMIZER, ("SGD",)),),
    ),
    Hyperparameter(SHUFFLE, "boolean", False, values=(False, True), ordered=False),
)


def trials(
    count: int = 40, runs: int = 1, *, failed: tuple[int, ...] = (), seed: int = 0
) -> list[FrozenTrial]:
    """Return trials with several scores each, which decrease with the depth, plus noise."""
    generator = random.Random(seed)  # noqa: S311 - no secret
    results = []
    for number in range(1, count + 1):
        values = _sample(generator)
        if number in failed:
            error = "The loss is not a number: the training diverged."
            error += f" See trials/{number}.\nIt is the last."
            results.append(FrozenTrial(number, values, TrialStatus.FAILED, error=error))
            continue
        scores = tuple(0.9 - 0.1 * values[TIMES] + generator.gauss(0, 0.01) for _ in range(runs))
        results.append(
            FrozenTrial(
                number,
                values,
                TrialStatus.COMPLETE,
                scores,
                sum(scores) / runs,
                epochs=20 * runs,
                seconds=0.5,
                params=100 + number,
            )
        )
    return results


def _sample(generator: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for hyperparameter in SPACE:
        if hyperparameter.is_active(values):
            is_continuous = hyperparameter.size is None
            points = [0.001, 0.02, 0.3] if is_continuous else list(hyperparameter.points())
            values[hyperparameter.name] = generator.choice(points)
    return values


def search(
    trials: list[FrozenTrial], stop_reason: str | None = "max_trials", **fields: Any
) -> SearchRecord:
    """Return the record of a search with the given trials, and further fields of the record."""
    best = rank_trials(trials, "max")[:1]
    return SearchRecord(
        "deep-tune-20261121T031500Z-1f2e3d4",
        "deep",
        RunStatus.COMPLETE,
        objective="val_accuracy",
        direction="max",
        max_trials=len(trials),
        stop_reason=stop_reason,
        space=tuple(map(dataclasses.asdict, SPACE)),
        trial_counts=count_by_status(trials),
        best=best[0].to_dict() if best else None,
        **fields,
    )
