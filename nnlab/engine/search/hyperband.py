"""Hyperband by Keras Tuner's oracle: many short trials, the best of which go on.

L. Li, K. Jamieson, G. DeSalvo, A. Rostamizadeh, A. Talwalkar: "Hyperband: A Novel Bandit-Based
Approach to Hyperparameter Optimization", JMLR 18 (2018).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.engine.search.sampler import Answer, Suggestion, seed_of
from nnlab.engine.search.space_mapping import SpaceMapping
from nnlab.runs.records.trial import FrozenTrial
from nnlab.runs.records.trial import TrialStatus as Status

_ATTEMPTS = 10_000


class Hyperband(keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]
    """`keras_tuner.oracles.HyperbandOracle` that can be resumed, and that trials may fail.

    In Keras Tuner a failed trial keeps its bracket from ever ending; here it is the worst of its
    rung. Brackets are repeated for as long as there may be trials.

    Args:
        hyperparameters: The space.
        seed: The seed.
        direction: Whether less or more is better.
        max_epochs: Epochs of a trial that has come to the last rung.
    """

    def __init__(
        self,
        hyperparameters: Iterable[Hyperparameter],
        seed: int,
        direction: Literal["min", "max"],
        max_epochs: int,
    ) -> None:
        self._coding = SpaceMapping(hyperparameters)
        self._search_seed = seed
        self._started = 0
        self._failed: set[str] = set()
        self._worst = math.inf if direction == "min" else -math.inf
        super().__init__(
            objective=keras_tuner.Objective("score", direction),
            hyperparameters=self._coding.keras_tuner_space(),
            seed=seed,
            max_epochs=max_epochs,
            hyperband_iterations=None,
        )
        self._max_collisions = _ATTEMPTS

    def ask(self, number: int) -> Answer:
        """See `Sampler.propose`."""
        name = str(number)
        self._seed_state = seed_of(self._search_seed, number)
        response = self.populate_space(name)
        while response.get("values") and response["values"].get("tuner/trial_id") in self._failed:
            # Nobody has to train what has failed to know that it fails.
            ghost = f"{name} {len(self.trials)}"
            self._entry(name)[2]["id"] = ghost
            self._end(ghost, response["values"], None)
            response = self.populate_space(name)
        codes = response.get("values")
        if codes is None:
            return "wait" if response["status"] == TrialStatus.IDLE else "end"
        bracket, rung, _ = self._entry(name)
        self._begin(name, codes)
        parent = codes.get("tuner/trial_id")
        return Suggestion(
            self._coding.decode(codes),
            epochs=codes["tuner/epochs"],
            initial_epoch=codes["tuner/initial_epoch"],
            parent_trial=None if parent is None else int(parent),
            details={"bracket": bracket["index"], "rung": rung},
        )

    def tell(self, trial: FrozenTrial) -> None:
        """See `Sampler.learn`."""
        name = str(trial.number)
        if name not in self.trials:
            bracket = self._bracket(int(trial.proposal["bracket"]))
            parent = None if trial.parent_trial is None else str(trial.parent_trial)
            bracket["rounds"][trial.proposal["rung"]].append({"past_id": parent, "id": name})
            own = {} if parent is None else {"tuner/trial_id": parent}
            self._begin(name, {**self._coding.encode(trial.values), **own})
        if trial.is_finished:
            score = trial.score if trial.status is Status.COMPLETE else None
            self._end(name, self.trials[name].hyperparameters.values, score)

    def may_promote(self, number: int) -> bool:
        """See `Sampler.may_promote`."""
        name = str(number)
        self._remove_completed_brackets()
        for bracket in self._brackets:
            for rung, entries in enumerate(bracket["rounds"][:-1]):
                if any(entry["id"] == name for entry in entries):
                    later = bracket["rounds"][rung + 1]
                    went_on = any(entry["past_id"] == name for entry in later)
                    room = self._get_size(bracket["bracket_num"], rung + 1) - len(later)
                    return bool(room and not went_on)
        return False

    def _start_new_bracket(self) -> None:
        super()._start_new_bracket()
        self._brackets[-1]["index"] = self._started
        self._started += 1

    def _bracket(self, index: int) -> dict[str, Any]:
        """A bracket by its place in the order in which they start."""
        while self._started <= index:
            self._increment_bracket_num()
            self._start_new_bracket()
        found: dict[str, Any] = next(one for one in self._brackets if one["index"] == index)
        return found

    def _entry(self, name: str) -> tuple[dict[str, Any], int, dict[str, Any]]:
        """The bracket and the rung of the trial that was proposed last, and its entry there."""
        return next(
            (bracket, rung, entries[-1])
            for bracket in self._brackets
            for rung, entries in enumerate(bracket["rounds"])
            if entries and entries[-1]["id"] == name
        )

    def _begin(self, name: str, codes: dict[str, Any]) -> None:
        space = self.get_space()
        space.values = codes
        self.trials[name] = self.ongoing_trials[name] = Trial(space, name, TrialStatus.RUNNING)
        self._tried_so_far.add(self._compute_values_hash(codes))

    def _end(self, name: str, codes: dict[str, Any], score: float | None) -> None:
        """Take a trial as ended; without a score as the worst."""
        if name not in self.trials:
            self._begin(name, codes)
        self.ongoing_trials.pop(name, None)
        trial = self.trials[name]
        trial.status = TrialStatus.COMPLETED
        trial.score = self._worst if score is None else score
        if score is None:
            self._failed.add(name)
