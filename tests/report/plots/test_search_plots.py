"""Pictures of a search: equal trials equal bytes, and any trials can be drawn."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from nnlab.report.plots.optimization_history import plot_optimization_history
from nnlab.report.plots.parallel_coordinates import plot_parallel_coordinates
from nnlab.report.plots.search_axes import MOST_SHOWN, SearchPlot, ticks
from nnlab.report.plots.slices import plot_slices
from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from tests.report.searches import RATE, SHUFFLE, SPACE, TIMES, UNITS, trials

Draw = Callable[[SearchPlot, Path], Any]

DRAWS = (plot_optimization_history, plot_parallel_coordinates, plot_slices)


def picture(several: list[FrozenTrial], **fields: Any) -> SearchPlot:
    known = {"objective": "val_accuracy", "direction": "max", "space": SPACE, "importance": {}}
    return SearchPlot("deep", trials=several, **{**known, **fields})


@pytest.mark.parametrize("draw", DRAWS)
def test_equal_trials_give_equal_bytes_and_others_do_not(draw: Draw, tmp_path: Path) -> None:
    for name, seed in (("a.png", 1), ("b.png", 1), ("c.png", 2)):
        draw(picture(trials(20, runs=2, failed=(3,), seed=seed)), tmp_path / name)
    first, again, other = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert first == again
    assert first != other
    assert imread(tmp_path / "a.png").shape[1] == 1000


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize(
    "several",
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
def test_any_trials_can_be_drawn(draw: Draw, several: list[FrozenTrial], tmp_path: Path) -> None:
    path = tmp_path / "search.png"
    drawn = draw(picture(several, objective="val_loss", direction="min"), path)
    assert path.exists() is (drawn is not False)


def test_what_never_changes_is_not_shown() -> None:
    several = [
        FrozenTrial(n, {UNITS: 8 * n, SHUFFLE: True}, TrialStatus.COMPLETE, (0.5,), 0.5)
        for n in (1, 2)
    ]
    assert list(picture(several).shown) == ["units"]


def test_the_most_important_are_shown_in_the_order_of_the_config() -> None:
    space = [dataclasses.replace(SPACE[0], name=f"data.h{number}") for number in range(12)]
    several = [
        FrozenTrial(n, {one.name: 8 * n for one in space}, TrialStatus.COMPLETE, (0.5,), 0.5)
        for n in (1, 2)
    ]
    shares = {f"data.h{number}": number / 100 for number in range(12)}
    drawn = picture(several, space=space, importance=shares)
    assert list(drawn.shown) == [f"h{number}" for number in range(12 - MOST_SHOWN, 12)]
    assert drawn.what_is_shown == "the 8 most important of 12 open values"
    few = picture(several, space=space, importance={"data.h9": 1.0, "data.h3": 0.0})
    assert "h9" in few.shown
    assert few.what_is_shown == "8 of 12 open values, with the one that matters"


def test_without_importance_those_are_shown_that_most_trials_have() -> None:
    space = [dataclasses.replace(SPACE[0], name=f"data.h{number}") for number in range(12)]
    several = [
        FrozenTrial(
            n,
            {one.name: 8 * n for one in (space if n < 3 else space[4:])},
            TrialStatus.COMPLETE,
            (0.5,),
            0.5,
        )
        for n in (1, 2, 3)
    ]
    drawn = picture(several, space=space)
    assert list(drawn.shown) == [f"h{number}" for number in range(4, 12)]
    assert drawn.what_is_shown == "8 of 12 open values, those that most trials have"


def test_all_of_few_are_shown_without_a_word() -> None:
    assert picture(trials(30)).what_is_shown == ""


def test_an_axis_of_a_range_has_labels_between_its_ends() -> None:
    one = next(one for one in SPACE if one.name == RATE)
    assert ticks(one)[1] == ["0.001", "0.01", "0.1", "1"]
    assert ticks(SPACE[0])[1] == ["8", "68", "128"]
    doubled = dataclasses.replace(SPACE[0], min_value=8, max_value=64, step=2, sampling="log")
    assert ticks(doubled)[1] == ["8", "16", "32", "64"]
    assert ticks(next(one for one in SPACE if one.name == SHUFFLE))[1] == ["false", "true"]


def test_repetitions_are_one_axis() -> None:
    shown = picture(trials(30)).shown
    assert list(shown) == ["units", "times", "Dropout", "optimizer", "learning_rate", "shuffle"]
    assert shown["times"].name == TIMES
    assert shown["learning_rate"].name == RATE
