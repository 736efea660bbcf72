"""The Dense layers of a model: which of them make an output, and which activation each has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.graph import MERGING_LAYERS
from nnlab.config.schema.model import FunctionalModel, SequentialModel
from nnlab.config.schema.node import Node
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
_MAKE_VALUES = MERGING_LAYERS | {"Dense", "Embedding", "SpectralNormalization"}


@dataclass(frozen=True)
class DenseLayer:
    """A Dense layer and its part in the model.

    Args:
        path: Its path from the top of the config.
        layer: The layer.
        activation: Its own, or that of an activation layer behind it; "linear" without any.
        output: The output that it makes; None for a hidden layer.
    """

    path: Path
    layer: Dense
    activation: str
    output: str | None


def dense_layers(model: SequentialModel | FunctionalModel) -> list[DenseLayer]:
    """The Dense layers of a model, in the order of the file."""
    if isinstance(model, FunctionalModel):
        heads = {_head(model.layers, output): output for output in model.outputs}
        return [
            DenseLayer(
                ("model", "layers", name, "Dense"),
                node.layer,
                _activation(node.layer, _behind(model.layers, name)),
                heads.get(name),
            )
            for name, node in model.layers.items()
            if isinstance(node.layer, Dense)
        ]
    last = max((at for at, layer in enumerate(model.layers) if isinstance(layer, Dense)), default=0)
    return [
        DenseLayer(
            ("model", "layers", at, "Dense"),
            layer,
            _activation(layer, model.layers[at + 1 :]),
            model.output_names[0] if at == last else None,
        )
        for at, layer in enumerate(model.layers)
        if isinstance(layer, Dense)
    ]


def _head(nodes: Mapping[str, Node], output: str) -> str:
    """The Dense layer that makes an output, or what stops the way back to it."""
    name = output
    while name in nodes and nodes[name].layer.display_name() not in _MAKE_VALUES:
        name = nodes[name].sources[0]
    return name


def _behind(nodes: Mapping[str, Node], name: str) -> Iterator[Layer]:
    """The layers that follow one on a single way."""
    while True:
        users = [other for other, node in nodes.items() if name in node.sources]
        if len(users) != 1:
            return
        name = users[0]
        yield nodes[name].layer


def _activation(layer: Dense, behind: Iterable[Layer]) -> str:
    if layer.activation not in (None, "linear"):
        return str(layer.activation)
    for follower in behind:
        if follower.display_name() in _ACTIVATION_LAYERS:
            return _ACTIVATION_LAYERS[follower.display_name()]
        if follower.display_name() == "Activation":
            return str(getattr(follower, "activation", "linear"))
        if follower.display_name() in _MAKE_VALUES:
            break
    return "linear"


def with_size(experiment: Experiment, batch_size: int, width: int | None = None) -> Experiment:
    """The experiment with another batch size, and perhaps other widths."""
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
    """The Dense layers that give no output."""
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
