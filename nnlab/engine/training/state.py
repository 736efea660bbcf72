"""What a training needs to go on where another one stopped: weights, and the optimizer's state."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from nnlab.runs import atomic_replace, translate_os_errors


def save_state(model: keras.Model, path: Path) -> None:
    """Write the state of a training, whole or not at all.

    Args:
        model: The compiled model; the seeds of its random layers are among its variables.
        path: The file, ending in `.npz`.

    Raises:
        RunFailedError: The disk refuses.
    """
    values = [keras.ops.convert_to_numpy(variable) for variable in _variables(model)]
    with translate_os_errors(path), atomic_replace(path) as beside:
        np.savez(beside, *values)


def restore_state(model: keras.Model, path: Path) -> None:
    """Give a model of the same layers and optimizer the state that another had.

    Args:
        model: The model, compiled, its optimizer built.
        path: What `save_state` wrote.
    """
    with np.load(path) as saved:
        for variable, name in zip(_variables(model), saved.files, strict=True):
            variable.assign(saved[name])


def _variables(model: keras.Model) -> list[keras.Variable]:
    return [*model.variables, *model.optimizer.variables]
