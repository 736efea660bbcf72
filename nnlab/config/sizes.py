"""An experiment in another size: other widths of its hidden layers, another batch size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nnlab.config.experiment import Experiment
from nnlab.config.model import FunctionalModel, SequentialModel
from nnlab.config.words.layers.core import Dense


def resized(experiment: Experiment, batch_size: int, width: int | None = None) -> Experiment:
    """The experiment with another batch size, and perhaps other widths.

    Args:
        experiment: The experiment, with nothing left to search for.
        batch_size: Rows an update.
        width: Units of each hidden Dense layer; None: as they are.

    Returns:
        The experiment. A layer that gives an output keeps its width, which is the target's.

    Raises:
        ValidationError: The parts no longer fit: Add, say, joins one layer that has changed and one
            that has not.

    Example:
        >>> experiment = Experiment.model_validate({
        ...     "data": {"dataset": "xor"},
        ...     "model": {"layers": [{"Dense": 4}, {"Dense": 1}]},
        ...     "training": {"optimizer": "sgd", "loss": "mse", "epochs": 1},
        ... })
        >>> [layer.units for layer in resized(experiment, 2, 64).model.layers]
        [64, 1]
    """
    tree: dict[str, Any] = experiment.to_tree()
    tree["training"]["batch_size"] = batch_size
    if width is not None:
        for path in hidden_layers(experiment):
            node: Any = tree["model"]
            for part in path:
                node = node[part]
            node["units"] = width
    return Experiment.model_validate(tree)


def hidden_layers(experiment: Experiment) -> list[tuple[str | int, ...]]:
    """The Dense layers that give no output.

    Args:
        experiment: The experiment.

    Returns:
        Their paths in the model.
    """
    giving = set(_giving_outputs(experiment.model))
    return [
        path
        for path, layer in experiment.model.named_layers()
        if isinstance(layer, Dense) and path[1] not in giving
    ]


def _giving_outputs(model: SequentialModel | FunctionalModel) -> Iterator[str | int]:
    """The positions or names of the layers whose widths are those of outputs."""
    if isinstance(model, SequentialModel):
        yield max(
            (place for place, layer in enumerate(model.layers) if hasattr(layer, "units")),
            default=-1,
        )
        return
    for output in model.outputs:
        name = output
        while name in model.layers and not hasattr(model.layers[name].layer, "units"):
            name = model.layers[name].sources[0]
        yield name
