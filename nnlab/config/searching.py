"""What a search space and the `tune` section must agree on, and what is unwise about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.config.document import Document, dotted
from nnlab.config.experiment import Experiment
from nnlab.config.figures import directions
from nnlab.config.hyperparameters import Hyperparameter, declared, space_size
from nnlab.config.problems import Collector, Problem
from nnlab.config.tune import TuneConfig

# Hyperband ends two of three trials at a third of the epochs, at a ninth, and so on.
HYPERBAND_FACTOR = 3

_EPOCHS = ("training", "epochs")
_DECIDES_THE_ROWS = (
    ("seed",),
    ("data", "seed"),
    ("data", "validation_split"),
    ("data", "test_split"),
)


def search_problems(document: Document) -> list[Problem]:
    """Where the open values of a config and its `tune` section do not fit together.

    Args:
        document: The config, nothing in the place of markers that are unsound.

    Returns:
        The problems, with paths from the top of the config; none where nothing is open.

    Example:
        >>> tree = {"training": {"epochs": {"Choice": [5]}}}
        >>> [str(problem.path) for problem in search_problems(Document(tree))]
        ["('training', 'epochs')"]
    """
    space = declared(document)
    if not space:
        return []
    problems: list[Problem] = []
    written = document.tree.get("tune")
    tune = _readable(written)
    # What could not be read would have added to the space.
    if not document.unread:
        size = space_size(space)
        if size == 1:
            message = "The open values leave one config: there is nothing to search."
            remedy = "Widen a range, add a value, or write plain values."
            problems.append(Problem(space[0].path, message, remedy))
        elif tune is not None:
            problems += _trials_fit(space, size, tune, is_asked="max_trials" in (written or {}))
    if tune is not None:
        problems += _epochs_fit(space, tune, document.tree)
    return problems


def _readable(tune: Any) -> TuneConfig | None:
    """The section, where it can be read; its faults are told with those of the others."""
    if tune is not None:
        with Collector().reading():
            return TuneConfig.model_validate(tune)
    return None


def _trials_fit(
    space: Sequence[Hyperparameter], size: int | None, tune: TuneConfig, *, is_asked: bool
) -> Iterator[Problem]:
    if size is None and tune.algorithm == "grid":
        for path in dict.fromkeys(one.path for one in space if one.size is None):
            message = "A grid needs finitely many values. Received: a Float without step."
            yield Problem((*path, "Float"), message, "Give it a `step`, or use Choice.")
    elif size is not None and is_asked and tune.max_trials > size and not _repeats(tune):
        message = f"The space holds {size:,} configs. Received: max_trials={tune.max_trials}."
        remedy = f"Lower it to {size} or less, or widen the space."
        yield Problem(("tune", "max_trials"), message, remedy)


def _repeats(tune: TuneConfig) -> bool:
    """Whether one config may be tried again, with other epochs."""
    return tune.algorithm == "hyperband"


def _epochs_fit(space: Sequence[Hyperparameter], tune: TuneConfig, tree: Any) -> Iterator[Problem]:
    hyperband = tune.algorithm == "hyperband"
    if any(one.path == _EPOCHS for one in space):
        if hyperband or tune.max_epochs is not None:
            hand = "Hyperband" if hyperband else "`tune.max_epochs`"
            message = f"{hand} sets the epochs of a trial. Received: open epochs as well."
            remedy = "Write a plain number here" + (
                "." if hyperband else ", or remove `tune.max_epochs`."
            )
            yield Problem(_EPOCHS, message, remedy)
        return
    training = tree.get("training")
    epochs, path = tune.max_epochs, ("tune", "max_epochs")
    if epochs is None:
        epochs, path = training.get("epochs") if isinstance(training, dict) else None, _EPOCHS
    if hyperband and isinstance(epochs, int) and 0 < epochs < HYPERBAND_FACTOR:
        message = (
            f"Hyperband ends trials at a third of the epochs, so it needs {HYPERBAND_FACTOR} or "
            f"more. Received: {dotted(path)}={epochs}."
        )
        yield Problem(path, message, "Raise it, or use another algorithm.")


def search_advice(document: Document, experiment: Experiment) -> Iterator[Problem]:
    """What is legal in a search and yet unwise.

    Args:
        document: A sound config whose values are open.
        experiment: The experiment, with the default of each.

    Yields:
        Warnings with their reasons, with paths from the top.
    """
    space = declared(document)
    for path in dict.fromkeys(one.path for one in space if one.path in _DECIDES_THE_ROWS):
        message = "Trials of different rows cannot be compared: luck wins, and test rows leak."
        yield Problem(path, message, "Write a plain value.")
    tune = experiment.tune
    if tune is None:
        return
    size = space_size(space)
    if tune.algorithm == "grid" and size is not None and size > tune.max_trials:
        message = f"The grid has {size:,} points, of which {tune.max_trials} will be tried."
        remedy = f"Set max_trials: {size}, lengthen the steps, or use another algorithm."
        yield Problem(("tune", "algorithm"), message, remedy)
    name = tune.objective
    if not name.startswith("val_"):
        message = f"`{name}` is of the training rows: the trial that overfits most is the best."
        validated = experiment.data.has_validation or tune.cv is not None
        remedy = f"Take `val_{name}`." if validated else f"Set tune.cv, and take `val_{name}`."
        yield Problem(("tune", "objective"), message, remedy)
    better = directions(experiment).get(name.removeprefix("val_"))
    if None not in (better, tune.direction) and better != tune.direction:
        message = f"Of `{name}` {'less' if better == 'min' else 'more'} is better."
        message += f" Received: direction={tune.direction}: the worst trial is the best."
        yield Problem(("tune", "direction"), message, f"Write `direction: {better}`, or remove it.")
