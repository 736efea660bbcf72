"""What proposes trials: the same from the same seed, in any order, after any interruption."""

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


def ended(trial: FrozenTrial) -> FrozenTrial:
    if trial.number % 7 == 3:
        return replace(trial, status=TrialStatus.FAILED, error="out of memory")
    return replace(trial, status=TrialStatus.COMPLETE, score=score_of(trial.values))


def searched(
    make: Make, trials: int = 30, jobs: int = 1, order: int = 0, cut: int | None = None
) -> dict[int, Suggestion]:
    """What a search proposes; after `cut` trials it is killed and resumed."""
    sampler = make()
    rng = random.Random(order)  # noqa: S311 - which trial ends first, no secret
    proposals: dict[int, Suggestion] = {}
    running: list[FrozenTrial] = []
    over: list[FrozenTrial] = []
    while True:
        while len(running) < jobs and len(proposals) < trials:
            if len(proposals) == cut:
                sampler, cut = make(), None
                for trial in sorted([*over, *running], key=lambda trial: trial.number):
                    sampler.tell(trial)
            number = len(proposals) + 1
            answer = sampler.ask(number)
            if not isinstance(answer, Suggestion):
                trials = trials if answer == "wait" else number - 1
                break
            proposals[number] = answer
            begun = FrozenTrial(number, dict(answer.values), parent_trial=answer.parent_trial)
            running.append(replace(begun, proposal=dict(answer.details)))
        if not running:
            return proposals
        trial = ended(running.pop(rng.randrange(len(running))))
        over.append(trial)
        sampler.tell(trial)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_same_seed_proposes_the_same_again(algorithm: str) -> None:
    make = ALGORITHMS[algorithm]
    assert searched(make) == searched(make)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("cut", [1, 9, 20])
def test_resumed_search_proposes_what_a_whole_one_does(algorithm: str, cut: int) -> None:
    make = ALGORITHMS[algorithm]
    assert searched(make, cut=cut) == searched(make)


@pytest.mark.parametrize("algorithm", ["random", "grid"])
def test_order_in_which_trials_end_changes_nothing(algorithm: str) -> None:
    make = ALGORITHMS[algorithm]
    alone = searched(make)
    assert searched(make, jobs=3, order=1) == searched(make, jobs=2, order=2) == alone


def test_other_seed_proposes_something_else() -> None:
    other = searched(lambda: RandomSearch(LARGE, 6))
    assert other != searched(ALGORITHMS["random"])


@pytest.mark.parametrize("algorithm", ["random", "grid", "bayesian"])
def test_nothing_is_proposed_twice(algorithm: str) -> None:
    found = [proposal.values for proposal in searched(ALGORITHMS[algorithm], jobs=2).values()]
    assert all(values not in found[:at] for at, values in enumerate(found))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_only_values_that_matter_are_proposed(algorithm: str) -> None:
    space = {one.name: one for one in (*LARGE, *SMALL)}
    for proposal in searched(ALGORITHMS[algorithm]).values():
        assert all(space[name].is_active(proposal.values) for name in proposal.values)
        for one in SMALL if algorithm == "grid" else LARGE:
            assert one.is_active(proposal.values) == (one.name in proposal.values)


@pytest.mark.parametrize(
    "make",
    [
        lambda: RandomSearch(SMALL, 1),
        lambda: GridSearch(SMALL),
        lambda: BayesianSearch(SMALL, 1, "min", 30),
    ],
    ids=["random", "grid", "bayesian"],
)
def test_finite_space_is_searched_to_its_end(make: Make) -> None:
    found = searched(make, trials=100)
    assert len(found) == space_size(SMALL) == 2 * 3 * 3
    assert {proposal.values["rate"] for proposal in found.values()} == {0.1, 0.2, 0.3}


def test_grid_begins_with_the_defaults() -> None:
    first = searched(ALGORITHMS["grid"])[1].values
    assert first == {"epochs": 1, "optimizer": "adam", "rate": 0.1}


def test_range_on_a_logarithmic_scale_is_sampled_alike_in_each_decade() -> None:
    space = space_of(rate=RATE)
    sampler = RandomSearch(space, 0)
    found = [sampler.ask(number) for number in range(1, 301)]
    rates = [float(one.values["rate"]) for one in found if isinstance(one, Suggestion)]
    assert all(1e-4 <= rate <= 0.1 for rate in rates)
    assert 70 <= sum(rate < 1e-3 for rate in rates) <= 130


def test_bayesian_search_learns() -> None:
    found = searched(lambda: BayesianSearch(LARGE, 3, "max", 60), trials=60)
    scores = [score_of(dict(proposal.values)) for proposal in found.values()]
    assert sum(scores[30:]) / 30 > sum(scores[:10]) / 10 + 0.2


def test_hyperband_goes_on_with_the_best_of_each_rung() -> None:
    found = searched(ALGORITHMS["hyperband"], trials=17)
    first = {number: one for number, one in found.items() if one.details["rung"] == 0}
    second = [one for one in found.values() if one.details["rung"] == 1]
    assert {(one.initial_epoch, one.epochs) for one in first.values()} == {(0, 3)}
    assert {(one.initial_epoch, one.epochs) for one in second} == {(3, 7)}
    parents = [one.parent_trial for one in second if one.parent_trial is not None]
    scores = {n: score_of(dict(one.values)) for n, one in first.items() if n % 7 != 3}
    assert sorted(parents) == sorted(sorted(scores, key=lambda n: -scores[n])[: len(parents)])
    assert all(found[one.parent_trial or 0].values == one.values for one in second)


def test_hyperband_ends_a_bracket_in_which_trials_fail() -> None:
    sampler = Hyperband(LARGE, 5, "min", 20)
    rungs = set()
    for number in range(1, 40):
        answer = sampler.ask(number)
        assert isinstance(answer, Suggestion)
        rungs.add((answer.details["bracket"], answer.details["rung"]))
        trial = FrozenTrial(number, dict(answer.values), TrialStatus.FAILED)
        sampler.tell(replace(trial, proposal=dict(answer.details)))
    # Nobody goes on with a failed trial: only first rungs, of one bracket after the other.
    assert rungs == {(bracket, 0) for bracket in range(5)}


def test_hyperband_waits_for_what_may_go_on_and_for_nothing_else() -> None:
    sampler = Hyperband(LARGE, 5, "max", 20)
    for number in range(1, 13):
        answer = sampler.ask(number)
        assert isinstance(answer, Suggestion)
        trial = FrozenTrial(number, dict(answer.values), TrialStatus.COMPLETE, score=number)
        sampler.tell(replace(trial, proposal=dict(answer.details)))
    assert all(sampler.may_promote(number) for number in range(1, 13))
    for number in range(13, 17):
        answer = sampler.ask(number)
        assert isinstance(answer, Suggestion)
        assert answer.parent_trial == 25 - number
    # The second rung is full: nobody else will go on.
    assert not any(sampler.may_promote(number) for number in range(1, 13))
