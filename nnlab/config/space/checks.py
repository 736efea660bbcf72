"""Check a search space against the `tune` section: errors, and warnings about likely mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.config.diagnostics import Issue, IssueCollector
from nnlab.config.metrics import loss_name, row_selection_settings
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.logged_metrics import metric_directions, reported_metrics
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.corner_cases import CornerCase
from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.hyperband import FACTOR, brackets, trials_per_round
from nnlab.config.space.hyperparameter import Hyperparameter, format_space_size, space_size
from nnlab.config.space.search_space import PlacedMarker, fill_markers, find_markers, items_of
from nnlab.config.yaml.document import Document, Path, format_path

# A larger number is not suggested for max_trials.
_MAX_SUGGESTED_TRIALS = 10_000
_MANY_TRAININGS = 20
# Part of the names of arguments and layers that add a penalty to the loss.
_PENALTY = "regulariz"

_EPOCHS = ("training", "epochs")
_SEED = ("seed",)
_LOSS_KEYS = (("training", "loss"), ("training", "loss_weights"), ("data", "sample_weight"))
_CHECKPOINT_KEYS = (("training", "checkpoint"), ("training", "early_stopping"))
# Searching these keys selects the easiest data; other `data` keys change which rows are drawn.
_TASK_KEYS = {"dataset": "data", "file": "data", "target": "targets"}


def search_issues(document: Document, *, is_valid: bool = True) -> list[Issue]:
    """Return the errors about a search space and the `tune` section; none without a search.

    Invalid markers have been removed from the document. Pass `is_valid=False` if anything but the
    `tune` section is invalid: the space may be larger than what could be read.
    """
    space = hyperparameters_of(document)
    if not space:
        return []
    issues: list[Issue] = []
    section = document.tree.get("tune")
    tune = None
    if section is not None:
        with IssueCollector().collect():
            tune = TuneConfig.model_validate(section)
    if is_valid and not document.unreadable:
        size = space_size(space)
        if size == 1:
            message = "The search space has only one config: there is nothing to search."
            hint = "Widen a range, add a value, or remove the search markers."
            issues.append(Issue(space[0].path, message, hint))
        elif tune is not None:
            has_max_trials = "max_trials" in (section or {})
            issues += _check_trials(space, size, tune, has_max_trials=has_max_trials)
    if tune is not None:
        issues += _check_epochs(space, tune, document.tree)
    return issues


def _check_trials(
    space: Sequence[Hyperparameter], size: int | None, tune: TuneConfig, *, has_max_trials: bool
) -> Iterator[Issue]:
    # Hyperband tries a config several times, with more epochs.
    repeats_configs = tune.algorithm == "hyperband"
    if size is None and tune.algorithm == "grid":
        infinite = [hyperparameter for hyperparameter in space if hyperparameter.size is None]
        for path in dict.fromkeys(hyperparameter.path for hyperparameter in infinite):
            message = "Grid search needs a finite number of values. Received: a Float without step."
            yield Issue((*path, "Float"), message, "Add a `step`, or use Choice.")
    elif size is not None and has_max_trials and tune.max_trials > size and not repeats_configs:
        message = (
            f"max_trials exceeds the {size:,} configs of the search space. "
            f"Received: max_trials={tune.max_trials}."
        )
        hint = f"Lower it to {size} or less, or enlarge the space."
        yield Issue(("tune", "max_trials"), message, hint)


def _check_epochs(space: Sequence[Hyperparameter], tune: TuneConfig, tree: Any) -> Iterator[Issue]:
    is_hyperband = tune.algorithm == "hyperband"
    if any(hyperparameter.path == _EPOCHS for hyperparameter in space):
        if is_hyperband or tune.max_epochs is not None:
            decider = "Hyperband" if is_hyperband else "`tune.max_epochs`"
            message = f"{decider} sets the epochs of a trial. Received: a search marker as well."
            hint = "Write a plain number here" + (
                "." if is_hyperband else ", or remove `tune.max_epochs`."
            )
            yield Issue(_EPOCHS, message, hint)
        return
    training = tree.get("training")
    epochs, path = tune.max_epochs, ("tune", "max_epochs")
    if epochs is None:
        epochs, path = training.get("epochs") if isinstance(training, dict) else None, _EPOCHS
    if is_hyperband and isinstance(epochs, int) and 0 < epochs < FACTOR:
        message = (
            f"Hyperband stops trials after a third of the epochs, so it needs {FACTOR} or more. "
            f"Received: {format_path(path)}={epochs}."
        )
        yield Issue(path, message, "Increase it, or use another algorithm.")


def lint_search(document: Document, experiment: Experiment) -> Iterator[Issue]:
    """Yield the warnings about a valid search; the experiment has the default of each value."""
    space = hyperparameters_of(document)
    yield from _lint_row_selection(document)
    yield from _lint_checkpoints(document)
    tune = experiment.tune
    if tune is None:
        return
    yield from _lint_grid_size(space, tune)
    yield from _lint_trainings_per_trial(tune)
    yield from _lint_hyperband_round(tune, experiment.training.epochs)
    yield from _lint_searched_loss(space, tune, document, experiment)
    yield from _lint_objective(tune, experiment)


def _lint_row_selection(document: Document) -> Iterator[Issue]:
    """Warn about searched values that decide on which rows a trial is scored."""
    for placed in find_markers(document)[1]:
        changed: list[str] = []
        if placed.path[0] == "data":
            first, *others = (
                row_selection_settings(DataConfig.model_validate(tree["data"]).to_tree())
                for tree in _corner_trees(document, placed)
            )
            changed = [key for key in first if any(other[key] != first[key] for other in others)]
        if placed.path == _SEED:
            message = (
                "Trials with different seeds are split differently, so their scores are not "
                "comparable: chance decides, and test rows leak into training."
            )
            hint = "Write a plain value; `tune.executions_per_trial` trains with several seeds."
            yield Issue(placed.path, message, hint)
        elif changed:
            changes = _TASK_KEYS.get(changed[0])
            consequence = (
                "the easiest one wins" if changes else "chance decides, and test rows leak"
            )
            message = (
                f"Trials with different {changes or 'rows'} are not comparable: {consequence}."
            )
            yield Issue(placed.path, message, "Write a plain value.")


def _lint_checkpoints(document: Document) -> Iterator[Issue]:
    """Warn about searched values that decide which epoch's weights are kept and scored."""
    for placed in find_markers(document)[1]:
        if placed.path[:2] not in _CHECKPOINT_KEYS:
            continue
        rules = []
        for tree in _corner_trees(document, placed):
            checkpoint, stopping = (tree["training"].get(key) or {} for _, key in _CHECKPOINT_KEYS)
            rule = [checkpoint.get(key) for key in ("monitor", "mode", "save_best_only")]
            if stopping:
                rule += [stopping.get(key) for key in ("monitor", "mode", "restore_best_weights")]
            rules.append(rule)
        if any(rule != rules[0] for rule in rules):
            message = (
                "Trials that keep weights by different rules are scored at different epochs: the "
                "rule with the highest scores wins, not the best model."
            )
            yield Issue(placed.path, message, "Use the same rule in all trials.")


def _corner_trees(document: Document, placed: PlacedMarker) -> Iterator[Any]:
    """Yield the config with each option or bound of a marker, all others at their defaults."""
    for value in placed.marker.corner_values():
        yield fill_markers(document, CornerCase(placed, value)).tree


def _lint_grid_size(space: Sequence[Hyperparameter], tune: TuneConfig) -> Iterator[Issue]:
    size = space_size(space)
    if tune.algorithm != "grid" or size is None or size <= tune.max_trials:
        return
    first = "the first" if tune.max_trials == 1 else f"the first {tune.max_trials:,}"
    message = f"The grid has {format_space_size(size)}; only {first} will be tried, in order."
    options = ["remove values", "use another algorithm"]
    if any(hyperparameter.kind != "choice" for hyperparameter in space):
        options[0] = "increase the steps"
    if size <= _MAX_SUGGESTED_TRIALS:
        options.insert(0, f"set max_trials: {size}")
    hint = f"{', '.join(options[:-1])}, or {options[-1]}.".capitalize()
    yield Issue(("tune", "algorithm"), message, hint)


def _lint_trainings_per_trial(tune: TuneConfig) -> Iterator[Issue]:
    trainings = (tune.cv or 1) * tune.executions_per_trial
    if trainings <= _MANY_TRAININGS:
        return
    key = "cv" if (tune.cv or 1) >= tune.executions_per_trial else "executions_per_trial"
    total = trainings * tune.max_trials
    message = f"Each trial takes {trainings:,} trainings, {total:,} in total."
    yield Issue(("tune", key), message, "Common are 5 or 10 folds and few executions.")


def _lint_hyperband_round(tune: TuneConfig, epochs: int) -> Iterator[Issue]:
    """Warn if Hyperband has too few trials for one round."""
    epochs = tune.max_epochs or epochs
    size = trials_per_round(epochs)
    if tune.algorithm != "hyperband" or tune.max_trials >= size:
        return
    first, *later = brackets(epochs)[0]
    message = (
        f"With {epochs} epochs one round of Hyperband takes {size} trials; a trial that continues "
        f"counts again. Received: max_trials={tune.max_trials}"
    )
    if tune.max_trials <= first.trials:
        message += f": all stop after epoch {first.epochs} of {epochs}, and none continues."
    elif tune.max_trials < first.trials + sum(rung.trials for rung in later):
        message += f": the first {first.trials} stop after epoch {first.epochs}, and few continue."
    else:
        message += "."
    hint = f"Set max_trials: {size}, or reduce the epochs."
    yield Issue(("tune", "max_trials"), message, hint)


def _lint_searched_loss(
    space: Sequence[Hyperparameter], tune: TuneConfig, document: Document, experiment: Experiment
) -> Iterator[Issue]:
    """Warn about an objective that contains what is searched, such as a penalty."""
    name = loss_name(tune.objective)
    if name is None:
        return
    searched = [
        path
        for path in dict.fromkeys(hyperparameter.path for hyperparameter in space)
        if path[:2] in _LOSS_KEYS or (name == "loss" and _changes_penalties(path, document.tree))
    ]
    if not searched:
        return
    content = "penalties" if all(path[0] == "model" for path in searched) else "the loss"
    message = (
        f"`{tune.objective}` contains {content}, which the search changes "
        f"({format_path(searched[0])}): the scores of different trials are not comparable."
    )
    prefix = "val_" if tune.objective.startswith("val_") else ""
    names = (key for key in reported_metrics(experiment) if not key.startswith(("val_", "test_")))
    metric = next((key for key in names if not key.endswith("loss")), None)
    hint = f"Use `{prefix}{metric}`, which does not contain it."
    if metric is None:
        hint = "Add a metric to training.metrics, and use it as the objective"
        hint += ", with the prefix `val_`." if _has_validation(tune, experiment) else "."
    yield Issue(("tune", "objective"), message, hint)


def _has_validation(tune: TuneConfig, experiment: Experiment) -> bool:
    return experiment.data.has_validation or tune.cv is not None


def _changes_penalties(path: Path, tree: Any) -> bool:
    """Return whether a searched value is a penalty, or a choice of layers with penalties."""
    if any(_PENALTY in str(part).lower() for part in path):
        return True
    for part in path:
        tree = tree[part]
    return "Choice" in tree and path[0] == "model" and _has_penalty(tree)


def _has_penalty(tree: Any) -> bool:
    return any(
        (_PENALTY in str(key).lower() and value is not None) or _has_penalty(value)
        for key, value in items_of(tree)
    )


def _lint_objective(tune: TuneConfig, experiment: Experiment) -> Iterator[Issue]:
    name = tune.objective
    if not name.startswith("val_"):
        message = f"`{name}` is measured on the training rows: the trial that overfits most wins."
        hint = f"Use `val_{name}`."
        if not _has_validation(tune, experiment):
            hint = f"Set tune.cv, and use `val_{name}`."
        yield Issue(("tune", "objective"), message, hint)
    direction = metric_directions(experiment).get(name.removeprefix("val_"))
    if None not in (direction, tune.direction) and direction != tune.direction:
        better = "lower" if direction == "min" else "higher"
        message = f"A {better} `{name}` is better. Received: direction={tune.direction}"
        message += ", which selects the worst trial."
        hint = f"Write `direction: {direction}`, or remove it."
        yield Issue(("tune", "direction"), message, hint)
