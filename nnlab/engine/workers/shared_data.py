"""Data that several trainings share: prepared once and inherited by forked workers."""

from __future__ import annotations

import json

import numpy as np

from nnlab.config import Experiment
from nnlab.config.schema.model import FunctionalModel
from nnlab.data import PreparedData, Rows, prepare
from nnlab.engine.batches import align_arrays, training_weights
from nnlab.errors import NnlabError

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
        prepared = [data for data in self._prepared.values() if data is not None]
        sizes = [_data_bytes(data) for data in prepared]
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


def _data_bytes(data: PreparedData) -> int:
    return sum(_row_bytes(rows) for rows in (data.train, data.validation, data.test) if rows)


def _row_bytes(rows: Rows) -> int:
    arrays = [*rows.inputs.values(), *rows.targets.values()]
    return int(np.sum([array.nbytes for array in arrays]))
