"""The Dense layers of a model: their activations and outputs; resizing of hidden layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.graph import MERGING_LAYERS
from nnlab.config.schema.model import FunctionalModel, SequentialModel
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.layers.core import Dense

Path = tuple[str | int, ...]

_ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Softmax": "softmax",
}
_WEIGHTED_LAYERS = MERGING_LAYERS | {"Dense", "Embedding", "SpectralNormalization"}


@dataclass(frozen=True)
class DenseLayer:
    """A Dense layer and its role in the model.

    Args:
        path: Its path in the config.
        layer: The layer.
        activation: Its activation, or that of the following activation layer; "linear" if none.
        output: The output that it computes, or None for a hidden layer.
    """

    path: Path
    layer: Dense
    activation: str
    output: str | None


def dense_layers(model: SequentialModel | FunctionalModel) -> list[DenseLayer]:
    """Return the Dense layers of a model in the order of the file."""
    if isinstance(model, FunctionalModel):
        heads: dict[str, str] = {}
        for output in model.outputs:
            before = model.upstream(output)
            weighted = (name for name, layer in before if layer.display_name() in _WEIGHTED_LAYERS)
            heads[next(weighted, "")] = output
        return [
            DenseLayer(
                ("model", "layers", name, "Dense"),
                node.layer,
                _activation(node.layer, model.downstream(name)),
                heads.get(name),
            )
            for name, node in model.layers.items()
            if isinstance(node.layer, Dense)
        ]
    last = max(
        (position for position, layer in enumerate(model.layers) if isinstance(layer, Dense)),
        default=0,
    )
    return [
        DenseLayer(
            ("model", "layers", position, "Dense"),
            layer,
            _activation(layer, model.layers[position + 1 :]),
            model.output_names[0] if position == last else None,
        )
        for position, layer in enumerate(model.layers)
        if isinstance(layer, Dense)
    ]


def _activation(layer: Dense, followers: Iterable[Layer]) -> str:
    if layer.activation not in (None, "linear"):
        return str(layer.activation)
    for follower in followers:
        if follower.display_name() in _ACTIVATION_LAYERS:
            return _ACTIVATION_LAYERS[follower.display_name()]
        if follower.display_name() == "Activation":
            return str(getattr(follower, "activation", "linear"))
        if follower.display_name() in _WEIGHTED_LAYERS:
            break
    return "linear"


def with_size(experiment: Experiment, batch_size: int, width: int | None = None) -> Experiment:
    """Return an experiment with another batch size and width of the hidden layers."""
    tree: dict[str, Any] = experiment.to_tree()
    tree["training"]["batch_size"] = batch_size
    if width is not None:
        for path in hidden_layers(experiment):
            node: Any = tree["model"]
            for part in path:
                node = node[part]
            node["units"] = width
    return Experiment.model_validate(tree)


def hidden_layers(experiment: Experiment) -> list[Path]:
    """Return the paths of the Dense layers that compute no output."""
    model = experiment.model
    heads: set[str | int | None]  # the layers whose width is that of an output
    if isinstance(model, SequentialModel):
        positions = (at for at, layer in enumerate(model.layers) if hasattr(layer, "units"))
        heads = {max(positions, default=None)}
    else:
        heads = {
            next((name for name, layer in model.upstream(output) if hasattr(layer, "units")), None)
            for output in model.outputs
        }
    return [
        path
        for path, layer in model.named_layers()
        if isinstance(layer, Dense) and path[1] not in heads
    ]
