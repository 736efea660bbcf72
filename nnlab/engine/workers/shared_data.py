"""Data of several trainings: prepared once, inherited by forked workers, checked together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TypeVar

from nnlab.config import Experiment
from nnlab.config.schema.model import FunctionalModel
from nnlab.data import PreparedData, prepare
from nnlab.engine.batches import align_arrays, training_weights
from nnlab.errors import DataError, NnlabError, RequestError

Owner = TypeVar("Owner")

_MAX_BYTES = 2**30


class SharedData:
    """The data of experiments, up to a memory limit.

    Experiments with the same data settings share arrays. Nothing here computes with TensorFlow,
    because a process that has cannot be forked.
    """

    def __init__(self) -> None:
        self._prepared: dict[str, PreparedData | None] = {}

    def add(self, experiment: Experiment) -> None:
        """Prepare the data of an experiment and keep them if they fit."""
        key = data_key(experiment)
        data = self._prepared.get(key) or align_arrays(prepare(experiment))
        if self._fits_another():
            self._prepared[key] = data
        training_weights(experiment, data)

    def get(self, experiment: Experiment) -> PreparedData | None:
        """Return the data of an experiment, or None if they do not fit or are invalid."""
        key = data_key(experiment)
        if key not in self._prepared and self._fits_another():
            try:
                self._prepared[key] = align_arrays(prepare(experiment))
            except NnlabError:
                self._prepared[key] = None
        return self._prepared.get(key)

    def _fits_another(self) -> bool:
        sizes = [
            sum(
                array.nbytes
                for rows in (data.train, data.validation, data.test)
                if rows
                for array in (*rows.inputs.values(), *rows.targets.values())
            )
            for data in self._prepared.values()
            if data is not None
        ]
        return not sizes or sum(sizes) + max(sizes) <= _MAX_BYTES


def data_key(experiment: Experiment) -> str:
    """Return the settings that the data depend on, as text; equal keys mean equal data."""
    tree, model = experiment.to_tree(), experiment.model
    settings = {
        "data": tree["data"],
        "seed": experiment.data_seed,
        "loss": tree["training"]["loss"],
        "outputs": [(name, model.output_units.get(name)) for name in model.output_names],
        "inputs": list(model.inputs) if isinstance(model, FunctionalModel) else None,
    }
    return json.dumps(settings, sort_keys=True, default=str)


def prepare_all(
    experiments: Iterable[tuple[Owner, Experiment]],
    prepare: Callable[[Experiment], object],
    describe: Callable[[str, list[Owner], list[Owner]], str],
) -> None:
    """Prepare the data of several experiments, shared data once, and raise all errors as one.

    Args:
        experiments: The experiments, each with its owner: what it is named by in errors.
        prepare: Prepares the data of an experiment.
        describe: Returns the message for an error, its owners, and the owners of all errors.

    Raises:
        DataError: At least one error is one of the data.
        RequestError: Experiments and data do not match.
    """
    groups: dict[tuple[str, str], tuple[Experiment, list[Owner]]] = {}
    for owner, experiment in experiments:
        key = (data_key(experiment), repr(experiment.training.class_weight))
        groups.setdefault(key, (experiment, []))[1].append(owner)
    affected: dict[str, list[Owner]] = {}
    error_type: type[DataError | RequestError] = RequestError
    for experiment, owners in groups.values():
        try:
            prepare(experiment)
        except (DataError, RequestError) as error:
            error_type = DataError if isinstance(error, DataError) else error_type
            for line in str(error).splitlines():
                affected.setdefault(line, []).extend(owners)
    if affected:
        everyone = [owner for owners in affected.values() for owner in owners]
        lines = (describe(error, owners, everyone) for error, owners in affected.items())
        raise error_type("\n".join(lines))
