"""Data that many trainings share: prepared once, inherited by the processes that train."""

from __future__ import annotations

import json

import numpy as np

from nnlab.config import Experiment
from nnlab.config.schema.model import FunctionalModel
from nnlab.data import PreparedData, Rows, prepare
from nnlab.engine.batches.sample_weights import training_weights
from nnlab.engine.runtime.arrays import align_arrays
from nnlab.errors import NnlabError

_BYTES = 2**30


class SharedData:
    """The data of the experiments that were asked for, as far as there is room for them.

    Experiments that differ in nothing that their data depend on get the same arrays. Nothing here
    computes with TensorFlow: a process that has done so cannot be forked.
    """

    def __init__(self) -> None:
        self._held: dict[str, PreparedData | None] = {}

    def add(self, experiment: Experiment) -> None:
        """Prepare the data of an experiment; they are held where there is room for them.

        Args:
            experiment: The experiment.

        Raises:
            ConfigError: The config asks for what the data do not have.
            DataError: The data cannot be read, or do not fit.
        """
        key = data_key(experiment)
        data = self._held.get(key) or align_arrays(prepare(experiment))
        if self._has_room():
            self._held[key] = data
        training_weights(experiment, data)

    def of(self, experiment: Experiment) -> PreparedData | None:
        """The data of an experiment.

        Args:
            experiment: The experiment.

        Returns:
            Its data; None where they cannot be prepared, or where there is no room for more: then
            whoever trains prepares them.
        """
        key = data_key(experiment)
        if key not in self._held and self._has_room():
            try:
                self._held[key] = align_arrays(prepare(experiment))
            except NnlabError:
                self._held[key] = None
        return self._held.get(key)

    def _has_room(self) -> bool:
        held = [data for data in self._held.values() if data is not None]
        return not held or sum(map(_bytes, held)) + max(map(_bytes, held)) <= _BYTES


def data_key(experiment: Experiment) -> str:
    """What the data of an experiment depend on: those of one key are the same.

    Args:
        experiment: The experiment.

    Returns:
        All that `prepare` looks at, as text.
    """
    tree, model = experiment.to_tree(), experiment.model
    looked_at = {
        "data": tree["data"],
        "seed": experiment.data_seed,
        "loss": tree["training"]["loss"],
        "outputs": [(name, model.output_units.get(name)) for name in model.output_names],
        "inputs": list(model.inputs) if isinstance(model, FunctionalModel) else None,
    }
    return json.dumps(looked_at, sort_keys=True, default=str)


def _bytes(data: PreparedData) -> int:
    return sum(_bytes_of(rows) for rows in (data.train, data.validation, data.test) if rows)


def _bytes_of(rows: Rows) -> int:
    arrays = [*rows.inputs.values(), *rows.targets.values()]
    return int(np.sum([array.nbytes for array in arrays]))
