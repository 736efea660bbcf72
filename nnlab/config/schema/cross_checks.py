"""Checks across the sections of a config.

Outputs against losses and targets, inputs against columns, monitors against logged metrics.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from nnlab.config.diagnostics import Issue, format_value
from nnlab.config.metrics import LEARNING_RATE
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.logged_metrics import logged_names
from nnlab.config.schema.model import FunctionalModel, ModelIO, SequentialModel
from nnlab.config.schema.training import TrainingConfig
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.vocabulary.losses import Loss
from nnlab.text import did_you_mean

Path = tuple[str | int, ...]


def cross_check_issues(
    data: DataConfig | None,
    io: ModelIO | None,
    training: TrainingConfig | None,
    tune: TuneConfig | None = None,
) -> list[Issue]:
    """Return the issues between sections that are valid on their own."""
    issues: list[Issue] = []
    if io is not None and training is not None:
        issues += _outputs_have_losses(io.outputs, training)
    if io is not None and data is not None:
        issues += _outputs_have_targets(io.outputs, data)
        issues += _inputs_have_columns(io.inputs, data)
    if data is not None and io is not None and training is not None:
        monitors = [(("training", *path), name) for path, name in training.monitored_metrics()]
        if tune is not None:
            monitors.append((("tune", "objective"), tune.objective))
        validated = data.has_validation or (tune is not None and tune.cv is not None)
        names = logged_names(io.outputs, training, validated=validated)
        issues += _monitored_metrics_exist(monitors, names)
        if tune is not None and (tune.objective, tune.direction) == (LEARNING_RATE, None):
            message = f"`{LEARNING_RATE}` has no direction."
            hint = "Use a loss or a metric, or set `direction: min` or `max`."
            issues.append(Issue(("tune", "objective"), message, hint))
    if data is not None and data.has_validation and tune is not None and tune.cv is not None:
        key = "validation_split" if data.validation_split is not None else "validation_fold"
        message = f"`tune.cv` validates on each of {tune.cv} folds in turn."
        message += f" Received: {key} as well."
        hint = f"Remove `{key}`, or `tune.cv`."
        issues.append(Issue(("data", key), message, hint, at_key=True))
    return issues


def unit_issues(
    model: SequentialModel | FunctionalModel, training: TrainingConfig
) -> Iterator[Issue]:
    """Yield losses and metrics that compare units, on outputs with a single unit."""
    units = model.output_units
    for path, output, component in training.losses_and_metrics(model.output_names):
        if units.get(output) == 1 and component.compares_units:
            name = component.display_name()
            message = f"{name} compares the units of a row. Received: one unit."
            hint = (
                "Use mse, mae or Huber."
                if isinstance(component, Loss)
                else f"Write `{name}: {{axis: 0}}`, which compares the rows of a batch."
            )
            yield Issue(("training", *path), message, hint)


def _outputs_have_losses(outputs: Sequence[str], training: TrainingConfig) -> Iterator[Issue]:
    loss, metrics = training.loss, training.metrics
    if isinstance(loss, dict):
        yield from _one_for_each_output(("training", "loss"), loss, outputs, "loss")
    elif len(outputs) > 1:
        message = f"Expected a loss for each of the outputs {_quoted(outputs)}. Received: one loss."
        example = ", ".join(f"{name}: {loss.display_name()}" for name in outputs)
        yield Issue(("training", "loss"), message, f"Write `loss: {{{example}}}`.")
    if isinstance(metrics, dict):
        yield from _names_are_outputs(("training", "metrics"), metrics, outputs)
    elif len(outputs) > 1 and metrics:
        message = (
            f"Expected metrics for each of the outputs {_quoted(outputs)}. Received: one list."
        )
        hint = f"Write `metrics: {{{outputs[0]}: [{metrics[0].logged_name}]}}`."
        yield Issue(("training", "metrics"), message, hint)
    weights = training.loss_weights
    if isinstance(weights, dict):
        yield from _names_are_outputs(("training", "loss_weights"), weights, outputs)
    elif weights is not None and len(weights) != len(outputs):
        expected = f"Expected a loss weight for each of the outputs {_quoted(outputs)}."
        message = f"{expected} Received: {len(weights)} loss weights."
        yield Issue(("training", "loss_weights"), message, "List one weight for each output.")
    if training.class_weight is not None and len(outputs) > 1:
        message = f"class_weight is for a model with one output. Received: {_quoted(outputs)}."
        hint = "Use loss_weights or data.sample_weight."
        yield Issue(("training", "class_weight"), message, hint, at_key=True)


def _outputs_have_targets(outputs: Sequence[str], data: DataConfig) -> Iterator[Issue]:
    target = data.target
    if isinstance(target, dict):
        yield from _one_for_each_output(("data", "target"), target, outputs, "target")
    elif target is not None and len(outputs) > 1:
        message = f"Expected a target for each of the outputs {_quoted(outputs)}."
        example = ", ".join(f"{name}: COLUMN" for name in outputs)
        hint = f"Write `target: {{{example}}}`."
        yield Issue(("data", "target"), f"{message} Received: target={format_value(target)}.", hint)


def _one_for_each_output(
    path: Path, value: Mapping[str, object], outputs: Sequence[str], noun: str
) -> Iterator[Issue]:
    """Yield names that are not outputs, and outputs without an entry."""
    unknown = [name for name in value if name not in outputs]
    yield from _names_are_outputs(path, value, outputs)
    missing = [name for name in outputs if name not in value]
    # Each unknown name is probably a misspelled missing one.
    for name in missing[len(unknown) :]:
        yield Issue(path, f"Output `{name}` has no {noun}.", f"Add `{name}: …`.", at_key=True)


def _names_are_outputs(path: Path, names: Iterable[str], outputs: Sequence[str]) -> Iterator[Issue]:
    for name in names:
        if name not in outputs:
            message = f"The model has no output `{name}`."
            hint = did_you_mean(name, outputs, "outputs")
            if len(outputs) == 1:
                hint = f"The model has one output: write `{path[-1]}` without its name."
            yield Issue((*path, name), message, hint, at_key=True)


def _inputs_have_columns(inputs: Sequence[str], data: DataConfig) -> Iterator[Issue]:
    if data.inputs is None:
        if len(inputs) > 1 and not (data.file or "").lower().endswith(".npz"):
            message = f"Expected the columns of each of the inputs {_quoted(inputs)}."
            example = ", ".join(f"{name}: [COLUMN, …]" for name in inputs)
            hint = f"Write `inputs: {{{example}}}`."
            yield Issue(("data", "inputs"), f"{message} Received: none.", hint)
        return
    if not inputs:
        if len(data.inputs) > 1:
            message = f"A Sequential model has one input. Received: {_quoted(list(data.inputs))}."
            hint = "Use a Functional model, with `inputs`."
            yield Issue(("data", "inputs"), message, hint)
        return
    unknown = [name for name in data.inputs if name not in inputs]
    for name in unknown:
        message = f"The model has no input `{name}`."
        hint = did_you_mean(name, inputs, "inputs")
        yield Issue(("data", "inputs", name), message, hint, at_key=True)
    missing = [name for name in inputs if name not in data.inputs]
    for name in missing[len(unknown) :]:
        message = f"`data.inputs` has no columns for input `{name}`."
        hint = f"Add `{name}: [COLUMN, …]` there, or remove the input here."
        yield Issue(("model", "inputs", name), message, hint, at_key=True)


def _monitored_metrics_exist(
    monitors: Iterable[tuple[Path, str]], names: Sequence[str]
) -> Iterator[Issue]:
    validated = any(name.startswith("val_") for name in names)
    for path, name in monitors:
        if name in names:
            continue
        message = f"No metric is logged as `{name}`."
        training_name = name.removeprefix("val_")
        test_name = name.removeprefix("test_")
        if training_name != name and not validated and training_name in names:
            # A training metric as objective would select the config that overfits most.
            other = " or tune.cv" if path[0] == "tune" else f", or monitor `{training_name}`"
            hint = f"There are no validation rows: set data.validation_split{other}."
        elif test_name != name and test_name in names:
            hint = "The test runs once, at the end: monitor "
            hint += f"`val_{test_name}`." if validated else "a metric of the validation rows."
        else:
            is_validation = training_name != name
            alike = [other for other in names if other.startswith("val_") == is_validation]
            hint = did_you_mean(name, alike or names, "metrics of this config")
        yield Issue(path, message, hint)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
