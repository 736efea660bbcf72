"""The plots of a search."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from nnlab.report.plots.parallel_coordinates import plot_parallel_coordinates
from nnlab.report.plots.search import (
    MAX_HYPERPARAMETERS,
    SearchPlot,
    plot_optimization_history,
    plot_slices,
    ticks,
)
from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from tests.report.searches import RATE, SHUFFLE, SPACE, TIMES, UNITS, trials

Draw = Callable[[SearchPlot, Path], Any]

DRAWS = (plot_optimization_history, plot_parallel_coordinates, plot_slices)


def plot_of(trials: list[FrozenTrial], **fields: Any) -> SearchPlot:
    defaults = {"objective": "val_accuracy", "direction": "max", "space": SPACE, "importance": {}}
    return SearchPlot("deep", trials=trials, **{**defaults, **fields})


@pytest.mark.parametrize("draw", DRAWS)
def test_equal_trials_give_equal_bytes(draw: Draw, tmp_path: Path) -> None:
    for name, seed in (("a.png", 1), ("b.png", 1), ("c.png", 2)):
        draw(plot_of(trials(20, runs=2, failed=(3,), seed=seed)), tmp_path / name)
    first, again, other = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert first == again
    assert first != other
    assert imread(tmp_path / "a.png").shape[1] == 1000


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize(
    "candidates",
    [
        [],
        trials(1),
        trials(2, failed=(1, 2)),
        [dataclasses.replace(trial, score=0.5, scores=(0.5,)) for trial in trials(5)],
        [dataclasses.replace(trial, score=math.inf) for trial in trials(3)],
        [dataclasses.replace(trial, score=10.0**-trial.number) for trial in trials(9)],
    ],
    ids=["none", "one", "all failed", "equal", "infinite", "decades"],
)
def test_any_trials_can_be_drawn(draw: Draw, candidates: list[FrozenTrial], tmp_path: Path) -> None:
    path = tmp_path / "search.png"
    is_drawn = draw(plot_of(candidates, objective="val_loss", direction="min"), path) is not False
    assert path.exists() is is_drawn


def test_constant_hyperparameters_are_not_shown() -> None:
    candidates = [
        FrozenTrial(n, {UNITS: 8 * n, SHUFFLE: True}, TrialStatus.COMPLETE, (0.5,), 0.5)
        for n in (1, 2)
    ]
    assert list(plot_of(candidates).shown) == ["units"]


def test_most_important_hyperparameters_are_shown_in_config_order() -> None:
    space = [dataclasses.replace(SPACE[0], name=f"data.h{number}") for number in range(12)]
    candidates = [
        FrozenTrial(
            n,
            {hyperparameter.name: 8 * n for hyperparameter in space},
            TrialStatus.COMPLETE,
            (0.5,),
            0.5,
        )
        for n in (1, 2)
    ]
    shares = {f"data.h{number}": number / 100 for number in range(12)}
    drawn = plot_of(candidates, space=space, importance=shares)
    assert list(drawn.shown) == [f"h{number}" for number in range(12 - MAX_HYPERPARAMETERS, 12)]
    assert drawn.selection == "the 8 most important of 12 hyperparameters"
    few = plot_of(candidates, space=space, importance={"data.h9": 1.0, "data.h3": 0.0})
    assert "h9" in few.shown
    assert few.selection == "8 of 12 hyperparameters, including 1 of nonzero importance"


def test_without_importance_the_most_used_hyperparameters_are_shown() -> None:
    space = [dataclasses.replace(SPACE[0], name=f"data.h{number}") for number in range(12)]
    candidates = [
        FrozenTrial(
            n,
            {hyperparameter.name: 8 * n for hyperparameter in (space if n < 3 else space[4:])},
            TrialStatus.COMPLETE,
            (0.5,),
            0.5,
        )
        for n in (1, 2, 3)
    ]
    drawn = plot_of(candidates, space=space)
    assert list(drawn.shown) == [f"h{number}" for number in range(4, 12)]
    assert drawn.selection == "8 of 12 hyperparameters, those used by most trials"


def test_selection_is_empty_if_all_are_shown() -> None:
    assert plot_of(trials(30)).selection == ""


def test_axis_has_tick_labels_between_its_ends() -> None:
    by_name = {hyperparameter.name: hyperparameter for hyperparameter in SPACE}
    assert ticks(by_name[RATE])[1] == ["0.001", "0.01", "0.1", "1"]
    assert ticks(SPACE[0])[1] == ["8", "68", "128"]
    doubled = dataclasses.replace(SPACE[0], min_value=8, max_value=64, step=2, sampling="log")
    assert ticks(doubled)[1] == ["8", "16", "32", "64"]
    assert ticks(by_name[SHUFFLE])[1] == ["false", "true"]


def test_repetitions_share_an_axis() -> None:
    shown = plot_of(trials(30)).shown
    assert list(shown) == ["units", "times", "Dropout", "optimizer", "learning_rate", "shuffle"]
    assert shown["times"].name == TIMES
    assert shown["learning_rate"].name == RATE
