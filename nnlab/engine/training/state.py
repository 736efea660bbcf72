"""The state that a training can continue from: weights and optimizer state."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from nnlab.runs import atomic_replace, translate_os_errors


def save_state(model: keras.Model, path: Path) -> None:
    """Write the state of a training atomically."""
    values = [keras.ops.convert_to_numpy(variable) for variable in _variables(model)]
    with translate_os_errors(path), atomic_replace(path) as temporary:
        np.savez(temporary, *values)


def restore_state(model: keras.Model, path: Path) -> None:
    """Restore the state of a model with the same layers and optimizer."""
    with np.load(path) as saved:
        for variable, name in zip(_variables(model), saved.files, strict=True):
            variable.assign(saved[name])


def _variables(model: keras.Model) -> list[keras.Variable]:
    return [*model.variables, *model.optimizer.variables]
