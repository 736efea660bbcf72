"""Whether a figure means the same in every variant of a comparison, known before any is trained."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nnlab.config.comparison.variants import Comparison
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.losses import loss_name, penalties
from nnlab.config.schema.row_selection import deciding_rows
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics.metric import Metric
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import join_names

# One loss in several spellings: what the targets look like, and what the output leaves to the loss.
_SPELLINGS = {"SparseCategoricalCrossentropy": "CategoricalCrossentropy"}
_OF_SPELLING = {"from_logits", "axis", "name"}
_CONSEQUENCE = "These differences are not tested, and no variant is marked as the best."
_listed = partial(join_names, limit=3)
# Below 0: a likelihood without its constant, a cosine; overlaps are of outputs of any sign.
_MAY_BE_NEGATIVE = {"Poisson", "CosineSimilarity", "Dice", "Tversky", "Circle"}


@dataclass(frozen=True)
class ComparabilityWarning:
    """Why a figure does not say which of several variants is better.

    Args:
        reason: In a few words: "different losses".
        message: A sentence, with its variants and keys.
        hint: What to do, a sentence in the imperative.
        key: The dotted key of the configs that it comes from.
        unlike: The variants that can be called neither better nor worse than the baseline for it.
    """

    reason: str
    message: str
    hint: str
    key: str
    unlike: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The message with its remedy."""
        return f"{self.message} {self.hint}"


def comparability_warnings(comparison: Comparison) -> tuple[ComparabilityWarning, ...]:
    """Why the figure of a comparison does not say which variant is better.

    Args:
        comparison: A sound comparison.

    Returns:
        The reasons; none where the figure means the same in every variant.
    """
    found = [*_other_rows(comparison)]
    loss = loss_name(comparison.metric)
    if loss is not None:
        found += _other_losses(comparison, loss)
        # The loss of one output of several is logged without penalties.
        found += _penalties(comparison) if loss == "loss" else ()
    return tuple(found)


def comparability_diagnostics(comparison: Comparison) -> tuple[Diagnostic, ...]:
    """What `comparability_warnings` finds, as warnings.

    Args:
        comparison: A sound comparison.
    """
    where = Location(comparison.file)
    return tuple(
        Diagnostic(caveat.message, caveat.key, where, caveat.hint)
        for caveat in comparability_warnings(comparison)
    )


def never_negative(comparison: Comparison) -> tuple[str, ...]:
    """The losses that cannot fall below 0 in any variant: the whole, and those of the outputs.

    Penalties add nothing that is less than 0.

    Args:
        comparison: A sound comparison.

    Returns:
        Their names without a part: `loss`.
    """
    experiments = [variant.config.experiment for variant in comparison.variants]
    outputs = (f"{name}_loss" for one in experiments for name in one.model.output_names)
    return tuple(
        loss
        for loss in dict.fromkeys(["loss", *outputs])
        if not any(
            one.display_name() in _MAY_BE_NEGATIVE
            for experiment in experiments
            for one in _losses(experiment, loss).values()
        )
    )


def _losses(experiment: Experiment, name: str) -> Mapping[str, Loss]:
    """The losses, by output, that a loss is made of."""
    outputs, loss = experiment.model.output_names, experiment.training.loss
    by_output = loss if isinstance(loss, dict) else dict.fromkeys(outputs, loss)
    one = name.removesuffix("_loss")
    return {one: by_output[one]} if one in by_output and len(outputs) > 1 else by_output


def _unlike(comparison: Comparison, of: Callable[[Experiment], Any]) -> tuple[str, ...]:
    """The variants that differ from the baseline in something that they have."""
    texts = {
        variant.name: json.dumps(of(variant.config.experiment), sort_keys=True, default=str)
        for variant in comparison.variants
    }
    return tuple(name for name, text in texts.items() if text != texts[comparison.baseline])


def _other_rows(comparison: Comparison) -> Iterator[ComparabilityWarning]:
    is_test = comparison.metric.startswith("test_")
    rows = {
        one.name: deciding_rows(one.config.experiment.data.to_tree(), validation=not is_test)
        for one in comparison.variants
    }
    base = rows[comparison.baseline]
    differ = [key for key in base if any(one[key] != base[key] for one in rows.values())]
    if differ:
        named = ", ".join(f"data.{key}" for key in differ)
        having = (name for key in differ for name, one in rows.items() if one[key] != base[key])
        unlike = tuple(dict.fromkeys(having))
        fact = f"Measured on other data than {comparison.baseline} ({named}): {_listed(unlike)}."
        message = f"{fact} {_CONSEQUENCE}"
        hint = "Give all variants the same rows."
        yield ComparabilityWarning("different data", message, hint, f"data.{differ[0]}", unlike)


def _other_losses(comparison: Comparison, name: str) -> Iterator[ComparabilityWarning]:
    is_trained = comparison.metric == name

    def function(experiment: Experiment) -> Any:
        losses = _losses(experiment, name)
        training, data = experiment.training, experiment.data
        return [
            {output: _spelled(loss, experiment, output) for output, loss in losses.items()},
            training.loss_weights if len(losses) > 1 else None,
            training.class_weight if is_trained else None,
            data.sample_weight,
        ]

    if unlike := _unlike(comparison, function):
        fact = (
            f"With another loss than {comparison.baseline}, so on another scale: {_listed(unlike)}."
        )
        message = f"{fact} {_CONSEQUENCE}"
        hint = _other_metric(comparison)
        yield ComparabilityWarning("different losses", message, hint, "training.loss", unlike)


def _spelled(loss: Loss, experiment: Experiment, output: str) -> Any:
    """A loss without what makes no other function of it."""
    name = loss.display_name()
    if loss.keras_string:
        units = experiment.model.output_units[output]
        name = "BinaryCrossentropy" if units == 1 else "CategoricalCrossentropy"
    written = loss.to_tree()
    arguments = written[loss.display_name()] if isinstance(written, dict) else {}
    kept = {key: one for key, one in arguments.items() if key not in _OF_SPELLING}
    return {_SPELLINGS.get(name, name): kept}


def _penalties(comparison: Comparison) -> Iterator[ComparabilityWarning]:
    found = {variant.name: _strengths(variant.config.experiment) for variant in comparison.variants}
    metric, base = comparison.metric, comparison.baseline
    if unlike := _unlike(comparison, _strengths):
        penalized = [name for name, strengths in found.items() if strengths]
        fact = f"{metric} holds the penalty of the regularizers, which is not the same in all"
        message = f"{fact} (there is one in {_listed(penalized)}). {_CONSEQUENCE}"
        yield ComparabilityWarning(
            "different penalties", message, _other_metric(comparison), "model.layers", unlike
        )
    elif found[base] and _unlike(comparison, lambda one: one.model.to_tree()):
        message = (
            f"{metric} holds the penalty of the regularizers: that of other layers is another."
        )
        yield ComparabilityWarning("penalties", message, _other_metric(comparison), "model.layers")


def _strengths(experiment: Experiment) -> tuple[str, ...]:
    return penalties(experiment.model.to_tree())


def _other_metric(comparison: Comparison) -> str:
    """How to compare by a metric: the loss's own, where Keras has it as one."""
    losses = [
        loss
        for variant in comparison.variants
        for loss in variant.config.experiment.training.losses()
    ]
    part = comparison.metric.removesuffix(loss_name(comparison.metric) or "")
    names = {getattr(loss, "name", "") for loss in losses}
    name = names.pop() if len(names) == 1 else ""
    is_alone = all(
        len(one.config.experiment.model.output_names) == 1 for one in comparison.variants
    )
    if name and is_alone and _is_metric(name):
        return f"Add {name} to training.metrics, and compare `metric: {part}{name}`."
    return "Compare a metric, such as accuracy or mae, by `metric`: it is the same in all variants."


def _is_metric(name: str) -> bool:
    from pydantic import ValidationError

    try:
        return Metric.parse(name).logged_name == name
    except (ValidationError, ConfigError):
        return False
