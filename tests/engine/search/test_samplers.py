"""Suggestions of samplers: equal for equal seeds, in any order of finishing, after any resume."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.hyperparameter import Hyperparameter, space_size
from nnlab.config.yaml.document import Document
from nnlab.engine.search.bayesian import BayesianSearch
from nnlab.engine.search.hyperband import Hyperband
from nnlab.engine.search.random_and_grid import GridSearch, RandomSearch
from nnlab.engine.search.sampler import Sampler, Suggestion
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value

Space = tuple[Hyperparameter, ...]
Make = Callable[[], Sampler]


def space_of(**values: Any) -> Space:
    return hyperparameters_of(Document(values))


UNITS = {"Int": {"min_value": 8, "max_value": 128, "step": 8}}
DEPTH = [
    {
        "Repeat": {
            "times": {"Int": {"min_value": 0, "max_value": 4}},
            "layers": [{"Dense": UNITS}, {"Dropout": {"Choice": [0.1, 0.3, 0.5]}}],
        }
    }
]
RATE = {"Float": {"min_value": 1e-4, "max_value": 0.1, "sampling": "log"}}
OPTIMIZER = {"Choice": ["adam", {"SGD": {"learning_rate": RATE}}]}
LARGE = space_of(model={"layers": DEPTH}, training={"optimizer": OPTIMIZER})
SMALL = space_of(
    epochs={"Int": {"min_value": 1, "max_value": 2}},
    optimizer={"Choice": ["adam", {"SGD": {"nesterov": {"Boolean": {}}}}]},
    rate={"Float": {"min_value": 0.1, "max_value": 0.3, "step": 0.1}},
)

ALGORITHMS: dict[str, Make] = {
    "random": lambda: RandomSearch(LARGE, 5),
    "grid": lambda: GridSearch(SMALL),
    "bayesian": lambda: BayesianSearch(LARGE, 5, "max", 30),
    "hyperband": lambda: Hyperband(LARGE, 5, "max", 20),
}


def score_of(values: dict[str, Value]) -> float:
    depth = int(values.get("model.layers.0.Repeat.times", 0))
    return float(values.get("training.optimizer") == "adam") - abs(depth - 2) / 10


def finish(trial: FrozenTrial) -> FrozenTrial:
    if trial.number % 7 == 3:
        return replace(trial, status=TrialStatus.FAILED, error="out of memory")
    return replace(trial, status=TrialStatus.COMPLETE, score=score_of(trial.values))


def suggestions(
    make: Make, trials: int = 30, jobs: int = 1, order: int = 0, killed_after: int | None = None
) -> dict[int, Suggestion]:
    """Run a search and return its suggestions, with a resume if it is killed."""
    sampler = make()
    rng = random.Random(order)  # noqa: S311 - the order of finishing, not a secret
    suggested: dict[int, Suggestion] = {}
    running: list[FrozenTrial] = []
    finished: list[FrozenTrial] = []
    while True:
        while len(running) < jobs and len(suggested) < trials:
            if len(suggested) == killed_after:
                sampler, killed_after = make(), None
                for trial in sorted([*finished, *running], key=lambda trial: trial.number):
                    sampler.tell(trial)
            number = len(suggested) + 1
            answer = sampler.ask(number)
            if not isinstance(answer, Suggestion):
                trials = trials if answer == "wait" else number - 1
                break
            suggested[number] = answer
            started = FrozenTrial(number, dict(answer.values), parent_trial=answer.parent_trial)
            running.append(replace(started, sampler_state=dict(answer.sampler_state)))
        if not running:
            return suggested
        trial = finish(running.pop(rng.randrange(len(running))))
        finished.append(trial)
        sampler.tell(trial)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_equal_seeds_have_equal_suggestions(algorithm: str) -> None:
    make = ALGORITHMS[algorithm]
    assert suggestions(make) == suggestions(make)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("killed_after", [1, 9, 20])
def test_resumed_search_has_the_suggestions_of_an_uninterrupted_one(
    algorithm: str, killed_after: int
) -> None:
    make = ALGORITHMS[algorithm]
    assert suggestions(make, killed_after=killed_after) == suggestions(make)


@pytest.mark.parametrize("algorithm", ["random", "grid"])
def test_suggestions_do_not_depend_on_the_order_of_finishing(algorithm: str) -> None:
    make = ALGORITHMS[algorithm]
    sequential = suggestions(make)
    assert suggestions(make, jobs=3, order=1) == suggestions(make, jobs=2, order=2) == sequential


def test_different_seeds_have_different_suggestions() -> None:
    assert suggestions(lambda: RandomSearch(LARGE, 6)) != suggestions(ALGORITHMS["random"])


@pytest.mark.parametrize("algorithm", ["random", "grid", "bayesian"])
def test_no_point_is_suggested_twice(algorithm: str) -> None:
    points = [
        suggestion.values for suggestion in suggestions(ALGORITHMS[algorithm], jobs=2).values()
    ]
    assert all(values not in points[:index] for index, values in enumerate(points))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_suggestions_have_exactly_the_active_hyperparameters(algorithm: str) -> None:
    space = {hyperparameter.name: hyperparameter for hyperparameter in (*LARGE, *SMALL)}
    for suggestion in suggestions(ALGORITHMS[algorithm]).values():
        values = suggestion.values
        assert all(space[name].is_active(values) for name in values)
        for hyperparameter in SMALL if algorithm == "grid" else LARGE:
            assert hyperparameter.is_active(values) == (hyperparameter.name in values)


@pytest.mark.parametrize(
    "make",
    [
        lambda: RandomSearch(SMALL, 1),
        lambda: GridSearch(SMALL),
        lambda: BayesianSearch(SMALL, 1, "min", 30),
    ],
    ids=["random", "grid", "bayesian"],
)
def test_finite_space_is_exhausted(make: Make) -> None:
    suggested = suggestions(make, trials=100)
    assert len(suggested) == space_size(SMALL) == 2 * 3 * 3
    assert {suggestion.values["rate"] for suggestion in suggested.values()} == {0.1, 0.2, 0.3}


def test_grid_starts_with_the_defaults() -> None:
    first = suggestions(ALGORITHMS["grid"])[1].values
    assert first == {"epochs": 1, "optimizer": "adam", "rate": 0.1}


def test_logarithmic_range_is_sampled_equally_in_each_decade() -> None:
    sampler = RandomSearch(space_of(rate=RATE), 0)
    answers = [sampler.ask(number) for number in range(1, 301)]
    rates = [float(answer.values["rate"]) for answer in answers if isinstance(answer, Suggestion)]
    assert all(1e-4 <= rate <= 0.1 for rate in rates)
    assert 70 <= sum(rate < 1e-3 for rate in rates) <= 130


@pytest.mark.slow
def test_bayesian_search_learns() -> None:
    suggested = suggestions(lambda: BayesianSearch(LARGE, 3, "max", 60), trials=60)
    scores = [score_of(dict(suggestion.values)) for suggestion in suggested.values()]
    assert sum(scores[30:]) / 30 > sum(scores[:10]) / 10 + 0.2


def test_hyperband_continues_the_best_of_each_rung() -> None:
    suggested = suggestions(ALGORITHMS["hyperband"], trials=17)
    first = {
        number: suggestion
        for number, suggestion in suggested.items()
        if suggestion.sampler_state["rung"] == 0
    }
    second = [
        suggestion for suggestion in suggested.values() if suggestion.sampler_state["rung"] == 1
    ]
    assert {(trial.initial_epoch, trial.epochs) for trial in first.values()} == {(0, 3)}
    assert {(trial.initial_epoch, trial.epochs) for trial in second} == {(3, 7)}
    parents = [trial.parent_trial for trial in second if trial.parent_trial is not None]
    scores = {n: score_of(dict(trial.values)) for n, trial in first.items() if n % 7 != 3}
    assert sorted(parents) == sorted(sorted(scores, key=lambda n: -scores[n])[: len(parents)])
    assert all(suggested[trial.parent_trial or 0].values == trial.values for trial in second)


def test_hyperband_finishes_a_bracket_of_failed_trials() -> None:
    sampler = Hyperband(LARGE, 5, "min", 20)
    rungs = set()
    for number in range(1, 40):
        answer = sampler.ask(number)
        assert isinstance(answer, Suggestion)
        rungs.add((answer.sampler_state["bracket"], answer.sampler_state["rung"]))
        trial = FrozenTrial(number, dict(answer.values), TrialStatus.FAILED)
        sampler.tell(replace(trial, sampler_state=dict(answer.sampler_state)))
    # Failed trials are not continued: only first rungs, one bracket after the other.
    assert rungs == {(bracket, 0) for bracket in range(5)}


def test_hyperband_may_promote_while_the_next_rung_has_room() -> None:
    sampler = Hyperband(LARGE, 5, "max", 20)
    for number in range(1, 13):
        answer = sampler.ask(number)
        assert isinstance(answer, Suggestion)
        trial = FrozenTrial(number, dict(answer.values), TrialStatus.COMPLETE, score=number)
        sampler.tell(replace(trial, sampler_state=dict(answer.sampler_state)))
    assert all(sampler.may_promote(number) for number in range(1, 13))
    for number in range(13, 17):
        answer = sampler.ask(number)
        assert isinstance(answer, Suggestion)
        assert answer.parent_trial == 25 - number
    # The second rung is full.
    assert not any(sampler.may_promote(number) for number in range(1, 13))
