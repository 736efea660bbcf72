"""Sample weights of training rows: their own weights times those of their classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.data.containers.prepared import PreparedData, Rows, TargetSpec
from nnlab.errors import ConfigError, Diagnostic

ClassWeight = Literal["balanced"] | Mapping[int | str, float]

_PATH = "training.class_weight"


def training_weights(experiment: Experiment, data: PreparedData) -> NDArray[np.float32] | None:
    """Return each training row's weight in the loss, [rows]; None if all weigh the same."""
    sample_weight = data.train.sample_weight
    class_weight = experiment.training.class_weight
    if class_weight is None:
        return sample_weight
    (target,) = data.targets.values()
    weights = class_weights(target_codes(data.train, target), class_weight, target)
    return weights if sample_weight is None else weights * sample_weight


def class_weights(
    codes: NDArray[np.intp], class_weight: ClassWeight, target: TargetSpec
) -> NDArray[np.float32]:
    """Return the weight of each row's class.

    Args:
        codes: The class of each row, [rows].
        class_weight: Weights by class number or name, 1 for missing ones; or `balanced`, which
            gives all classes that occur the same total weight (King and Zeng, 2001; as in
            scikit-learn).
        target: The target.

    Returns:
        Weights, [rows].

    Raises:
        ConfigError: The target has no such class, or a class has two weights.
    """
    by_class = np.ones(len(target.classes))
    if class_weight == "balanced":
        counts = np.bincount(codes, minlength=len(target.classes))
        occurring = counts > 0
        by_class[occurring] = len(codes) / (occurring.sum() * counts[occurring])
    else:
        for code, weight in _weights_by_code(class_weight, target).items():
            by_class[code] = weight
    return by_class[codes].astype(np.float32)


def _weights_by_code(
    class_weight: Mapping[int | str, float], target: TargetSpec
) -> dict[int, float]:
    classes = ", ".join(f"{code}: {name}" for code, name in enumerate(target.classes))
    hint = f"The classes are {classes}."
    numbers = range(len(target.classes))
    weights: dict[int, float] = {}
    for key, weight in class_weight.items():
        keys: Sequence[Any] = numbers if isinstance(key, int) else target.classes
        if key not in keys:
            message = f"The target has no class {key}. Received: {dict(class_weight)}."
            raise ConfigError((Diagnostic(message, _PATH, hint=hint),))
        if (code := keys.index(key)) in weights:
            message = f"Expected one weight for each class. Received: {dict(class_weight)}."
            raise ConfigError((Diagnostic(message, _PATH, hint=hint),))
        weights[code] = weight
    return weights


def target_codes(rows: Rows, target: TargetSpec) -> NDArray[np.intp]:
    """Return the class of each row as a code from 0, [rows], whatever the target's encoding."""
    if target.kind != "classes":
        message = f"class_weight needs a target of classes. Received: `{target.name}`, a number."
        raise ConfigError((Diagnostic(message, _PATH, hint="Remove class_weight."),))
    values = rows.targets[target.name]
    codes = values.argmax(axis=-1) if target.encoding == "one_hot" else np.rint(values).reshape(-1)
    return np.asarray(codes, np.intp)
