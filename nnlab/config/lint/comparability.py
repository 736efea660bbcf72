"""Warn, before any training, if a metric does not mean the same in all variants of a comparison."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nnlab.config.metrics import find_penalties, loss_name, row_selection_settings
from nnlab.config.schema.experiment import Experiment
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import join_names

if TYPE_CHECKING:
    from nnlab.config.comparison.loader import Comparison

# Two losses that compute the same, from differently encoded targets.
_SAME_LOSS = {"SparseCategoricalCrossentropy": "CategoricalCrossentropy"}
# Arguments that describe the outputs and do not change what is computed.
_IGNORED_ARGUMENTS = {"from_logits", "axis", "name"}
# A likelihood without its constant, a cosine, and overlaps of outputs of any sign.
_MAY_BE_NEGATIVE = {"Poisson", "CosineSimilarity", "Dice", "Tversky", "Circle"}
_CONSEQUENCE = "These differences are not tested, and no variant is marked as the best."
_join_names = partial(join_names, limit=3)


@dataclass(frozen=True)
class ComparabilityWarning:
    """A reason why a metric does not rank the variants.

    Args:
        reason: The short reason, such as "different losses".
        message: A sentence with the variants and the keys.
        hint: How to fix it.
        key: The dotted key that causes it.
        not_comparable: The variants whose metric cannot be compared to that of the baseline.
    """

    reason: str
    message: str
    hint: str
    key: str
    not_comparable: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The message with its hint."""
        return f"{self.message} {self.hint}"


def comparability_warnings(comparison: Comparison) -> tuple[ComparabilityWarning, ...]:
    """Return why the metric of a comparison does not rank its variants; usually nothing."""
    warnings = [*_different_rows(comparison)]
    loss = loss_name(comparison.metric)
    if loss is not None:
        warnings += _different_losses(comparison, loss)
        # Of several outputs, the loss of each is logged without penalties.
        warnings += _different_penalties(comparison) if loss == "loss" else ()
    return tuple(warnings)


def comparability_diagnostics(comparison: Comparison) -> tuple[Diagnostic, ...]:
    """Return the comparability warnings, located in the comparison's file."""
    location = Location(comparison.file)
    return tuple(
        Diagnostic(warning.message, warning.key, location, warning.hint)
        for warning in comparability_warnings(comparison)
    )


def nonnegative_losses(comparison: Comparison) -> tuple[str, ...]:
    """Return the losses that are not negative in any variant: the total and those of outputs.

    Penalties are never negative.
    """
    experiments = [variant.config.experiment for variant in comparison.variants]
    outputs = (
        f"{name}_loss" for experiment in experiments for name in experiment.model.output_names
    )
    return tuple(
        name
        for name in dict.fromkeys(["loss", *outputs])
        if not any(
            loss.display_name() in _MAY_BE_NEGATIVE
            for experiment in experiments
            for loss in _losses(experiment, name).values()
        )
    )


def _losses(experiment: Experiment, name: str) -> Mapping[str, Loss]:
    """Return the loss functions, by output, that contribute to a logged loss."""
    outputs, loss = experiment.model.output_names, experiment.training.loss
    by_output = loss if isinstance(loss, dict) else dict.fromkeys(outputs, loss)
    output = name.removesuffix("_loss")
    has_own_loss = output in by_output and len(outputs) > 1
    return {output: by_output[output]} if has_own_loss else by_output


def _variants_with_other(
    comparison: Comparison, setting: Callable[[Experiment], Any]
) -> tuple[str, ...]:
    """Return the variants in which a setting differs from the baseline's."""
    texts = {
        variant.name: json.dumps(setting(variant.config.experiment), sort_keys=True, default=str)
        for variant in comparison.variants
    }
    return tuple(name for name, text in texts.items() if text != texts[comparison.baseline])


def _different_rows(comparison: Comparison) -> Iterator[ComparabilityWarning]:
    is_test = comparison.metric.startswith("test_")
    rows = {
        variant.name: row_selection_settings(
            variant.config.experiment.data.to_tree(), validation=not is_test
        )
        for variant in comparison.variants
    }
    base = rows[comparison.baseline]
    keys = [key for key in base if any(other[key] != base[key] for other in rows.values())]
    if keys:
        different = (
            name for key in keys for name, other in rows.items() if other[key] != base[key]
        )
        variants = tuple(dict.fromkeys(different))
        listed_keys = ", ".join(f"data.{key}" for key in keys)
        message = (
            f"Measured on different data than {comparison.baseline} ({listed_keys}): "
            f"{_join_names(variants)}. {_CONSEQUENCE}"
        )
        hint = "Use the same rows in all variants."
        yield ComparabilityWarning("different data", message, hint, f"data.{keys[0]}", variants)


def _different_losses(comparison: Comparison, name: str) -> Iterator[ComparabilityWarning]:
    is_training_loss = comparison.metric == name

    def loss_settings(experiment: Experiment) -> Any:
        losses = _losses(experiment, name)
        training, data = experiment.training, experiment.data
        return [
            {output: _normalized(loss, experiment, output) for output, loss in losses.items()},
            training.loss_weights if len(losses) > 1 else None,
            training.class_weight if is_training_loss else None,
            data.sample_weight,
        ]

    if variants := _variants_with_other(comparison, loss_settings):
        message = (
            f"Different loss than {comparison.baseline}, so on a different scale: "
            f"{_join_names(variants)}. {_CONSEQUENCE}"
        )
        hint = _suggest_metric(comparison)
        yield ComparabilityWarning("different losses", message, hint, "training.loss", variants)


def _normalized(loss: Loss, experiment: Experiment, output: str) -> Any:
    """Return a loss in a form that is equal for losses that compute the same."""
    name = loss.display_name()
    if loss.keras_string:
        units = experiment.model.output_units[output]
        name = "BinaryCrossentropy" if units == 1 else "CategoricalCrossentropy"
    tree = loss.to_tree()
    arguments = tree[loss.display_name()] if isinstance(tree, dict) else {}
    relevant = {key: value for key, value in arguments.items() if key not in _IGNORED_ARGUMENTS}
    return {_SAME_LOSS.get(name, name): relevant}


def _different_penalties(comparison: Comparison) -> Iterator[ComparabilityWarning]:
    by_variant = {
        variant.name: _penalties(variant.config.experiment) for variant in comparison.variants
    }
    metric, hint = comparison.metric, _suggest_metric(comparison)
    if variants := _variants_with_other(comparison, _penalties):
        penalized = [name for name, strengths in by_variant.items() if strengths]
        message = (
            f"{metric} includes the penalties of the regularizers, which differ "
            f"(penalized: {_join_names(penalized)}). {_CONSEQUENCE}"
        )
        yield ComparabilityWarning("different penalties", message, hint, "model.layers", variants)
    elif by_variant[comparison.baseline] and _variants_with_other(
        comparison, lambda experiment: experiment.model.to_tree()
    ):
        message = (
            f"{metric} includes the penalties of the regularizers, which differ between models."
        )
        yield ComparabilityWarning("penalties", message, hint, "model.layers")


def _penalties(experiment: Experiment) -> tuple[str, ...]:
    return find_penalties(experiment.model.to_tree())


def _suggest_metric(comparison: Comparison) -> str:
    """Return the hint to compare a metric: the loss itself, if Keras has it as a metric."""
    losses = [
        loss
        for variant in comparison.variants
        for loss in variant.config.experiment.training.losses()
    ]
    prefix = comparison.metric.removesuffix(loss_name(comparison.metric) or "")
    names = {getattr(loss, "name", "") for loss in losses}
    name = names.pop() if len(names) == 1 else ""
    has_one_output = all(
        len(variant.config.experiment.model.output_names) == 1 for variant in comparison.variants
    )
    if name and has_one_output and _is_metric(name):
        return f"Add {name} to training.metrics, and compare `metric: {prefix}{name}`."
    return "Compare a metric such as accuracy or mae with `metric`: it is the same in all variants."


def _is_metric(name: str) -> bool:
    from pydantic import ValidationError

    try:
        return Metric.parse(name).logged_name == name
    except (ValidationError, ConfigError):
        return False
