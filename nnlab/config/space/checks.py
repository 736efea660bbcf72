"""What a search space and the `tune` section must agree on, and what is unwise about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.config.diagnostics.issues import Issue, IssueCollector
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.losses import loss_name
from nnlab.config.schema.metrics import directions, figure_names
from nnlab.config.schema.row_selection import deciding_rows
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.corner_cases import CornerCase
from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.hyperband import FACTOR, brackets, round_size
from nnlab.config.space.hyperparameter import Hyperparameter, size_text, space_size
from nnlab.config.space.search_space import OpenValue, fill, find_markers, items_of
from nnlab.config.yaml.document import Document, Path, format_path

# A larger number is no advice for max_trials.
_MANY = 10_000
_MANY_TRAININGS = 20
# In the names of arguments and of layers.
_PENALTY = "regulariz"

_EPOCHS = ("training", "epochs")
_OF_THE_LOSS = (("training", "loss"), ("training", "loss_weights"), ("data", "sample_weight"))
_OF_KEEPING = (("training", "checkpoint"), ("training", "early_stopping"))
_SEED = ("seed",)
# What the easiest of wins; luck, where only other rows of the same data are drawn.
_EASIEST = {"dataset": "data", "file": "data", "target": "targets"}


def search_issues(document: Document, *, is_valid: bool = True) -> list[Issue]:
    """Where the open values of a config and its `tune` section do not fit together.

    Args:
        document: The config, nothing in the place of markers that are unsound.
        is_valid: Whether nothing is wrong with it but in its `tune` section. Another value that is
            wrong may have been meant to be open: the space may be larger than it seems.

    Returns:
        The problems, with paths from the top of the config; none where nothing is open.

    Example:
        >>> tree = {"training": {"epochs": {"Choice": [5]}}}
        >>> [str(issue.path) for issue in search_issues(Document(tree))]
        ["('training', 'epochs')"]
    """
    space = hyperparameters_of(document)
    if not space:
        return []
    issues: list[Issue] = []
    written = document.tree.get("tune")
    tune = _readable(written)
    # What could not be read would have added to the space.
    if is_valid and not document.unread:
        size = space_size(space)
        if size == 1:
            message = "The open values leave one config: there is nothing to search."
            hint = "Widen a range, add a value, or write plain values."
            issues.append(Issue(space[0].path, message, hint))
        elif tune is not None:
            issues += _trials_fit(space, size, tune, is_asked="max_trials" in (written or {}))
    if tune is not None:
        issues += _epochs_fit(space, tune, document.tree)
    return issues


def _readable(tune: Any) -> TuneConfig | None:
    """The section, where it can be read; its faults are told with those of the others."""
    if tune is not None:
        with IssueCollector().collect():
            return TuneConfig.model_validate(tune)
    return None


def _trials_fit(
    space: Sequence[Hyperparameter], size: int | None, tune: TuneConfig, *, is_asked: bool
) -> Iterator[Issue]:
    if size is None and tune.algorithm == "grid":
        for path in dict.fromkeys(one.path for one in space if one.size is None):
            message = "A grid needs finitely many values. Received: a Float without step."
            yield Issue((*path, "Float"), message, "Give it a `step`, or use Choice.")
    elif size is not None and is_asked and tune.max_trials > size and not _repeats(tune):
        message = f"The space holds {size:,} configs. Received: max_trials={tune.max_trials}."
        hint = f"Lower it to {size} or less, or widen the space."
        yield Issue(("tune", "max_trials"), message, hint)


def _repeats(tune: TuneConfig) -> bool:
    """Whether one config may be tried again, with other epochs."""
    return tune.algorithm == "hyperband"


def _epochs_fit(space: Sequence[Hyperparameter], tune: TuneConfig, tree: Any) -> Iterator[Issue]:
    hyperband = tune.algorithm == "hyperband"
    if any(one.path == _EPOCHS for one in space):
        if hyperband or tune.max_epochs is not None:
            hand = "Hyperband" if hyperband else "`tune.max_epochs`"
            message = f"{hand} sets the epochs of a trial. Received: open epochs as well."
            hint = "Write a plain number here" + (
                "." if hyperband else ", or remove `tune.max_epochs`."
            )
            yield Issue(_EPOCHS, message, hint)
        return
    training = tree.get("training")
    epochs, path = tune.max_epochs, ("tune", "max_epochs")
    if epochs is None:
        epochs, path = training.get("epochs") if isinstance(training, dict) else None, _EPOCHS
    if hyperband and isinstance(epochs, int) and 0 < epochs < FACTOR:
        message = (
            f"Hyperband ends trials at a third of the epochs, so it needs {FACTOR} or "
            f"more. Received: {format_path(path)}={epochs}."
        )
        yield Issue(path, message, "Raise it, or use another algorithm.")


def search_advice(document: Document, experiment: Experiment) -> Iterator[Issue]:
    """What is legal in a search and yet unwise.

    Args:
        document: A sound config whose values are open.
        experiment: The experiment, with the default of each.

    Yields:
        Warnings with their reasons, with paths from the top.
    """
    space = hyperparameters_of(document)
    yield from _rows_are_the_same(document)
    yield from _judged_alike(document)
    tune = experiment.tune
    if tune is None:
        return
    yield from _grid_is_large(space, tune)
    yield from _trials_are_cheap(tune)
    yield from _round_is_whole(tune, experiment.training.epochs)
    yield from _scores_compare(space, tune, document, experiment)
    name = tune.objective
    if not name.startswith("val_"):
        message = f"`{name}` is of the training rows: the trial that overfits most is the best."
        validated = experiment.data.has_validation or tune.cv is not None
        hint = f"Take `val_{name}`." if validated else f"Set tune.cv, and take `val_{name}`."
        yield Issue(("tune", "objective"), message, hint)
    better = directions(experiment).get(name.removeprefix("val_"))
    if None not in (better, tune.direction) and better != tune.direction:
        message = f"Of `{name}` {'less' if better == 'min' else 'more'} is better."
        message += f" Received: direction={tune.direction}: the worst trial is the best."
        yield Issue(("tune", "direction"), message, f"Write `direction: {better}`, or remove it.")


def _rows_are_the_same(document: Document) -> Iterator[Issue]:
    """Open values that decide which rows a trial is measured on, or what it is asked of them."""
    for at in find_markers(document)[1]:
        differ: list[str] = []
        if at.path[0] == "data":
            first, *others = (
                deciding_rows(DataConfig.model_validate(tree["data"]).to_tree())
                for tree in _with_each(document, at)
            )
            differ = [key for key in first if any(one[key] != first[key] for one in others)]
        if at.path == _SEED:
            message = "Trials of different seeds cannot be compared: luck wins, and test rows leak."
            hint = "Write a plain value; `tune.executions_per_trial` trains with several seeds."
            yield Issue(at.path, message, hint)
        elif differ:
            what = _EASIEST.get(differ[0])
            why = "the easiest win" if what else "luck wins, and test rows leak"
            message = f"Trials of different {what or 'rows'} cannot be compared: {why}."
            yield Issue(at.path, message, "Write a plain value.")


def _judged_alike(document: Document) -> Iterator[Issue]:
    """Open values that decide which epoch's weights are kept, and so at which a trial is scored."""
    for at in find_markers(document)[1]:
        if at.path[:2] not in _OF_KEEPING:
            continue
        rules = [_rule(tree["training"]) for tree in _with_each(document, at)]
        if any(rule != rules[0] for rule in rules):
            message = "Trials that keep the weights of other epochs are scored at other epochs:"
            message += " the rule wins that scores highest, not what is learnt best."
            yield Issue(at.path, message, "Let all trials keep weights by one rule.")


def _with_each(document: Document, at: OpenValue) -> Iterator[Any]:
    """The config with each option or end of a marker, all others at their defaults."""
    return (fill(document, CornerCase(at, value)).tree for value in at.marker.samples())


def _rule(training: Any) -> Any:
    checkpoint, stopping = (training.get(key) or {} for _, key in _OF_KEEPING)
    kept = [checkpoint.get(key) for key in ("monitor", "mode", "save_best_only")]
    if not stopping:
        return kept
    return [*kept, *(stopping.get(key) for key in ("monitor", "mode", "restore_best_weights"))]


def _grid_is_large(space: Sequence[Hyperparameter], tune: TuneConfig) -> Iterator[Issue]:
    size = space_size(space)
    if tune.algorithm != "grid" or size is None or size <= tune.max_trials:
        return
    first = "the first one" if tune.max_trials == 1 else f"the first {tune.max_trials:,}"
    message = f"The grid holds {size_text(size)}, of which {first} will be tried, in order."
    ways = ["leave values out", "use another algorithm"]
    if any(one.kind != "choice" for one in space):
        ways[0] = "lengthen the steps"
    if size <= _MANY:
        ways.insert(0, f"set max_trials: {size}")
    hint = f"{', '.join(ways[:-1])}, or {ways[-1]}.".capitalize()
    yield Issue(("tune", "algorithm"), message, hint)


def _trials_are_cheap(tune: TuneConfig) -> Iterator[Issue]:
    trainings = (tune.cv or 1) * tune.executions_per_trial
    if trainings <= _MANY_TRAININGS:
        return
    key = "cv" if (tune.cv or 1) >= tune.executions_per_trial else "executions_per_trial"
    message = f"Each trial is {trainings:,} trainings: {trainings * tune.max_trials:,} in all."
    yield Issue(("tune", key), message, "5 or 10 folds are usual, and few executions.")


def _round_is_whole(tune: TuneConfig, epochs: int) -> Iterator[Issue]:
    """Hyperband with too few trials: few go on, or none."""
    epochs = tune.max_epochs or epochs
    if tune.algorithm != "hyperband" or tune.max_trials >= round_size(epochs):
        return
    first, *later = brackets(epochs)[0]
    message = (
        f"With {epochs} epochs a whole round of Hyperband takes {round_size(epochs)} trials; a "
        f"trial that goes on counts as another. Received: max_trials={tune.max_trials}"
    )
    if tune.max_trials <= first.trials:
        message += f": all end after epoch {first.epochs} of {epochs}, and none goes on."
    elif tune.max_trials < first.trials + sum(rung.trials for rung in later):
        message += f": the first {first.trials} end after epoch {first.epochs}, and few go on."
    else:
        message += "."
    hint = f"Set max_trials: {round_size(epochs)}, or lower the epochs."
    yield Issue(("tune", "max_trials"), message, hint)


def _scores_compare(
    space: Sequence[Hyperparameter], tune: TuneConfig, document: Document, experiment: Experiment
) -> Iterator[Issue]:
    """An objective that contains what is searched: one trial's is not measured as another's."""
    name = loss_name(tune.objective)
    if name is None:
        return
    inside = [
        path
        for path in dict.fromkeys(one.path for one in space)
        if path[:2] in _OF_THE_LOSS or (name == "loss" and _changes_penalties(path, document.tree))
    ]
    if not inside:
        return
    what = "penalties" if all(path[0] == "model" for path in inside) else "the loss"
    message = (
        f"`{tune.objective}` contains {what}, which the search changes ({format_path(inside[0])}): "
        "scores of different trials cannot be compared."
    )
    start = "val_" if tune.objective.startswith("val_") else ""
    validated = experiment.data.has_validation or tune.cv is not None
    plain = (one for one in figure_names(experiment) if not one.startswith(("val_", "test_")))
    other = next((one for one in plain if not one.endswith("loss")), None)
    hint = f"Take `{start}{other}`, which does not contain it."
    if other is None:
        hint = "Add a metric to training.metrics, and take that"
        hint += ", with `val_` before its name." if validated else "."
    yield Issue(("tune", "objective"), message, hint)


def _changes_penalties(path: Path, tree: Any) -> bool:
    """Whether an open value is that of a penalty, or a choice of layers with different ones."""
    if any(_PENALTY in str(part).lower() for part in path):
        return True
    for part in path:
        tree = tree[part]
    return "Choice" in tree and path[0] == "model" and _holds_penalty(tree)


def _holds_penalty(tree: Any) -> bool:
    return any(
        (_PENALTY in str(key).lower() and value is not None) or _holds_penalty(value)
        for key, value in items_of(tree)
    )
