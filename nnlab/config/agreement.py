"""What the sections of a config must agree on: outputs with losses, inputs with data, watched metrics with real ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnlab.config.data import DataConfig
from nnlab.config.model import FunctionalModel, SequentialModel
from nnlab.config.problems import Problem, did_you_mean
from nnlab.config.training import TrainingConfig

Model = SequentialModel | FunctionalModel


def agreement_problems(
    data: DataConfig | None, model: Model | None, training: TrainingConfig | None
) -> list[Problem]:
    """Where sections that are sound by themselves do not fit together.

    Args:
        data: The section, or None where it could not be read; likewise the others.
        model: The section, or None.
        training: The section, or None.

    Returns:
        The problems, with paths from the top of the config.
    """
    problems: list[Problem] = []
    if model is not None and training is not None:
        problems += _outputs_have_losses(model, training)
    if model is not None and data is not None:
        problems += _inputs_have_data(model, data)
    if data is not None and model is not None and training is not None and not problems:
        problems += _watched_metrics_exist(data, model, training)
    return problems


def metric_names(data: DataConfig, model: Model, training: TrainingConfig) -> list[str]:
    """The names under which an epoch's figures will be logged.

    Args:
        data: Where the rows come from.
        model: The network.
        training: How it is trained.

    Returns:
        Names in Keras' order, training first, then those of validation.
    """
    outputs = model.output_names
    names = ["loss"]
    several = len(outputs) > 1
    if several:
        names += [f"{output}_loss" for output in outputs]
    if isinstance(training.metrics, dict):
        prefixes = {output: f"{output}_" if several else "" for output in outputs}
        names += [
            f"{prefixes.get(output, '')}{metric.logged_name}"
            for output, metrics in training.metrics.items()
            for metric in metrics
        ]
    else:
        names += [metric.logged_name for metric in training.metrics]
    if data.validation_split is not None:
        names += [f"val_{name}" for name in names]
    return [*names, "learning_rate"]


def _outputs_have_losses(model: Model, training: TrainingConfig) -> Iterator[Problem]:
    outputs = model.output_names
    per_output = {
        "loss": training.loss,
        "metrics": training.metrics,
        "loss_weights": training.loss_weights,
    }
    for key, value in per_output.items():
        if not isinstance(value, dict):
            continue
        for name in value:
            if name not in outputs:
                message = f"The model has no output called `{name}`."
                yield Problem(
                    ("training", key, name),
                    message,
                    did_you_mean(name, outputs, "outputs"),
                    at_key=True,
                )
    if len(outputs) > 1 and not isinstance(training.loss, dict):
        message = f"Expected a loss for each of the outputs {_listed(outputs)}. Received: one loss."
        example = ", ".join(f"{name}: {training.loss.called()}" for name in outputs)
        yield Problem(("training", "loss"), message, f"Write `loss: {{{example}}}`.")
    elif isinstance(training.loss, dict):
        for name in outputs:
            if name not in training.loss:
                yield Problem(("training", "loss"), f"Output `{name}` has no loss.", "Give it one.")
    if len(outputs) > 1 and isinstance(training.metrics, list) and training.metrics:
        message = (
            f"Expected metrics for each of the outputs {_listed(outputs)}. Received: one list."
        )
        remedy = f"Write `metrics: {{{outputs[0]}: [{training.metrics[0].logged_name}]}}`."
        yield Problem(("training", "metrics"), message, remedy)
    if isinstance(training.loss_weights, list) and len(training.loss_weights) != len(outputs):
        message = f"Expected {len(outputs)} loss weights. Received: {len(training.loss_weights)}."
        yield Problem(("training", "loss_weights"), message, "Give one for each output.")
    if training.class_weight is not None and len(outputs) > 1:
        message = "class_weight is for models with one output."
        yield Problem(("training", "class_weight"), message, "Use loss_weights, or one output.")


def _inputs_have_data(model: Model, data: DataConfig) -> Iterator[Problem]:
    if isinstance(data.target, dict):
        for name in data.target:
            if name not in model.output_names:
                message = f"The model has no output called `{name}`."
                remedy = did_you_mean(name, model.output_names, "outputs")
                yield Problem(("data", "target", name), message, remedy, at_key=True)
        for name in model.output_names:
            if name not in data.target:
                yield Problem(
                    ("data", "target"), f"Output `{name}` has no target.", "Give it a column."
                )
    if data.inputs is None:
        return
    if isinstance(model, SequentialModel):
        if len(data.inputs) > 1:
            message = f"A Sequential model has one input. Received: {_listed(list(data.inputs))}."
            yield Problem(("data", "inputs"), message, "Write a Functional model, with `inputs`.")
        return
    for name in data.inputs:
        if name not in model.inputs:
            message = f"The model has no input called `{name}`."
            remedy = did_you_mean(name, model.inputs, "inputs")
            yield Problem(("data", "inputs", name), message, remedy, at_key=True)
    for name in model.inputs:
        if name not in data.inputs:
            yield Problem(
                ("model", "inputs", name),
                f"`data.inputs` has no columns for input `{name}`.",
                at_key=True,
            )


def _watched_metrics_exist(
    data: DataConfig, model: Model, training: TrainingConfig
) -> Iterator[Problem]:
    names = metric_names(data, model, training)
    for path, name in training.monitors():
        if name in names:
            continue
        message = f"No metric will be called `{name}`."
        if (
            name.startswith("val_")
            and data.validation_split is None
            and name.removeprefix("val_") in names
        ):
            remedy = f"There are no validation rows: set data.validation_split, or watch `{name.removeprefix('val_')}`."
        else:
            remedy = did_you_mean(name, names, "metrics of this config")
        yield Problem(("training", *path), message, remedy)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
