"""What each training row weighs in the loss: its own weight, times that of its class."""

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
    """Each training row's weight in the loss.

    Args:
        experiment: The experiment; its class weights count.
        data: The data; the rows' own weights count.

    Returns:
        The products of the two, [rows]; None where all rows weigh the same.

    Raises:
        ConfigError: Class weights do not fit the target.
    """
    own = data.train.sample_weight
    wanted = experiment.training.class_weight
    if wanted is None:
        return own
    (target,) = data.targets.values()
    weights = class_weights(target_codes(data.train, target), wanted, target)
    return weights if own is None else weights * own


def class_weights(
    codes: NDArray[np.intp], wanted: ClassWeight, target: TargetSpec
) -> NDArray[np.float32]:
    """The weight of each row's class.

    Args:
        codes: Each row's class, [rows].
        wanted: A weight for each class, by number or name, 1 for those left out; or `balanced`:
            such weights that the classes that occur weigh the same in all (King and Zeng, 2001; as
            in scikit-learn).
        target: What the target is.

    Returns:
        Weights, [rows].

    Raises:
        ConfigError: There is a weight for a class that the target does not have, or a second one
            for a class.

    Example:
        >>> spec = TargetSpec("output", "classes", ("no", "yes"), "integer", 1)
        >>> class_weights(np.array([0, 0, 0, 0, 1, 1]), "balanced", spec).tolist()
        [0.75, 0.75, 0.75, 0.75, 1.5, 1.5]
    """
    by_class = np.ones(len(target.classes))
    if wanted == "balanced":
        counts = np.bincount(codes, minlength=len(target.classes))
        occurring = counts > 0
        by_class[occurring] = len(codes) / (occurring.sum() * counts[occurring])
    else:
        for code, weight in _weights_by_code(wanted, target).items():
            by_class[code] = weight
    return by_class[codes].astype(np.float32)


def _weights_by_code(wanted: Mapping[int | str, float], target: TargetSpec) -> dict[int, float]:
    there_are = ", ".join(f"{code}: {name}" for code, name in enumerate(target.classes))
    numbers = range(len(target.classes))
    weights: dict[int, float] = {}
    for key, weight in wanted.items():
        known: Sequence[Any] = numbers if isinstance(key, int) else target.classes
        if key not in known:
            message = f"The target has no class {key}. Received: {dict(wanted)}."
            raise ConfigError((Diagnostic(message, _PATH, hint=f"The classes are {there_are}."),))
        if (code := known.index(key)) in weights:
            message = f"Expected one weight for each class. Received: {dict(wanted)}."
            raise ConfigError((Diagnostic(message, _PATH, hint=f"The classes are {there_are}."),))
        weights[code] = weight
    return weights


def target_codes(rows: Rows, target: TargetSpec) -> NDArray[np.intp]:
    """The class of each row.

    Args:
        rows: The rows.
        target: Which target, and how it is encoded.

    Returns:
        Codes from 0, [rows].

    Raises:
        ConfigError: The target is a number.

    Example:
        >>> spec = TargetSpec("output", "classes", ("a", "b"), "one_hot", 2)
        >>> rows = Rows({"input": np.zeros((2, 1))}, {"output": np.eye(2, dtype=np.float32)})
        >>> target_codes(rows, spec).tolist()
        [0, 1]
    """
    if target.kind != "classes":
        message = f"class_weight needs a target of classes. Received: `{target.name}`, a number."
        raise ConfigError((Diagnostic(message, _PATH, hint="Remove class_weight."),))
    values = rows.targets[target.name]
    codes = values.argmax(axis=-1) if target.encoding == "one_hot" else np.rint(values).reshape(-1)
    return np.asarray(codes, np.intp)
