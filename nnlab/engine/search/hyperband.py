"""Hyperband by Keras Tuner's oracle: many short trials, the best of which are continued.

L. Li, K. Jamieson, G. DeSalvo, A. Rostamizadeh, A. Talwalkar: "Hyperband: A Novel Bandit-Based
Approach to Hyperparameter Optimization", JMLR 18 (2018).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

from nnlab.config.metrics import Direction
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.engine.search.sampler import Answer, Suggestion, derive_seed
from nnlab.engine.search.space_mapping import SpaceMapping
from nnlab.runs.records.trial import FrozenTrial
from nnlab.runs.records.trial import TrialStatus as FrozenTrialStatus

_MAX_ATTEMPTS = 10_000


class Hyperband(keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]
    """`keras_tuner.oracles.HyperbandOracle` that can be resumed, and in which trials may fail.

    In Keras Tuner, the bracket of a failed trial never ends; here, the trial is the worst of its
    rung. Brackets are repeated until the search ends. `max_epochs` are the epochs of a trial that
    reaches the last rung.
    """

    def __init__(
        self,
        hyperparameters: Iterable[Hyperparameter],
        seed: int,
        direction: Direction,
        max_epochs: int,
    ) -> None:
        self._mapping = SpaceMapping(hyperparameters)
        self._search_seed = seed
        self._started_brackets = 0
        self._failed: set[str] = set()
        self._worst_score = math.inf if direction == "min" else -math.inf
        super().__init__(
            objective=keras_tuner.Objective("score", direction),
            hyperparameters=self._mapping.keras_tuner_space(),
            seed=seed,
            max_epochs=max_epochs,
            hyperband_iterations=None,
        )
        # Private attributes of the oracle, here and below: it has no public ones for attempts,
        # seed, brackets and tried points.
        self._max_collisions = _MAX_ATTEMPTS

    def ask(self, number: int) -> Answer:
        """Suggest a new trial of a bracket, or the continuation of one."""
        trial_id = str(number)
        self._seed_state = derive_seed(self._search_seed, number)
        response = self.populate_space(trial_id)
        while response.get("values") and response["values"].get("tuner/trial_id") in self._failed:
            # The continuation of a failed trial would fail: it counts as failed without training.
            skipped_id = f"{trial_id} {len(self.trials)}"
            self._last_entry(trial_id)[2]["id"] = skipped_id
            self._finish_trial(skipped_id, response["values"], None)
            response = self.populate_space(trial_id)
        codes = response.get("values")
        if codes is None:
            return "wait" if response["status"] == TrialStatus.IDLE else "done"
        bracket, rung, _ = self._last_entry(trial_id)
        self._start_trial(trial_id, codes)
        parent_id = codes.get("tuner/trial_id")
        return Suggestion(
            self._mapping.decode(codes),
            epochs=codes["tuner/epochs"],
            initial_epoch=codes["tuner/initial_epoch"],
            parent_trial=None if parent_id is None else int(parent_id),
            sampler_state={"bracket": bracket["index"], "rung": rung},
        )

    def tell(self, trial: FrozenTrial) -> None:
        """Add a trial to its bracket."""
        trial_id = str(trial.number)
        if trial_id not in self.trials:
            index = int(trial.sampler_state["bracket"])
            while self._started_brackets <= index:
                self._increment_bracket_num()
                self._start_new_bracket()
            bracket = next(bracket for bracket in self._brackets if bracket["index"] == index)
            parent_id = None if trial.parent_trial is None else str(trial.parent_trial)
            entry = {"past_id": parent_id, "id": trial_id}
            bracket["rounds"][trial.sampler_state["rung"]].append(entry)
            parent = {} if parent_id is None else {"tuner/trial_id": parent_id}
            self._start_trial(trial_id, {**self._mapping.encode(trial.values), **parent})
        if trial.is_finished:
            score = trial.score if trial.status is FrozenTrialStatus.COMPLETE else None
            self._finish_trial(trial_id, self.trials[trial_id].hyperparameters.values, score)

    def may_promote(self, number: int) -> bool:
        """Return whether the next rung has room for a trial that was not continued yet."""
        trial_id = str(number)
        self._remove_completed_brackets()
        for bracket in self._brackets:
            for rung, entries in enumerate(bracket["rounds"][:-1]):
                if any(entry["id"] == trial_id for entry in entries):
                    next_entries = bracket["rounds"][rung + 1]
                    is_continued = any(entry["past_id"] == trial_id for entry in next_entries)
                    room = self._get_size(bracket["bracket_num"], rung + 1) - len(next_entries)
                    return bool(room and not is_continued)
        return False

    def _start_new_bracket(self) -> None:
        super()._start_new_bracket()
        self._brackets[-1]["index"] = self._started_brackets
        self._started_brackets += 1

    def _last_entry(self, trial_id: str) -> tuple[dict[str, Any], int, dict[str, Any]]:
        """Return the bracket and the rung of the last suggested trial, and its entry there."""
        return next(
            (bracket, rung, entries[-1])
            for bracket in self._brackets
            for rung, entries in enumerate(bracket["rounds"])
            if entries and entries[-1]["id"] == trial_id
        )

    def _start_trial(self, trial_id: str, codes: dict[str, Any]) -> None:
        space = self.get_space()
        space.values = codes
        trial = Trial(space, trial_id, TrialStatus.RUNNING)
        self.trials[trial_id] = self.ongoing_trials[trial_id] = trial
        self._tried_so_far.add(self._compute_values_hash(codes))

    def _finish_trial(self, trial_id: str, codes: dict[str, Any], score: float | None) -> None:
        """Mark a trial as finished; without a score, it counts as the worst."""
        if trial_id not in self.trials:
            self._start_trial(trial_id, codes)
        self.ongoing_trials.pop(trial_id, None)
        trial = self.trials[trial_id]
        trial.status = TrialStatus.COMPLETED
        trial.score = self._worst_score if score is None else score
        if score is None:
            self._failed.add(trial_id)
