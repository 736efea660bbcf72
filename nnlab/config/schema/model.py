"""The `model` section: a Sequential stack of layers, or a Functional graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from nnlab.config.diagnostics import Issue, IssueCollector, format_value, issues_error
from nnlab.config.schema.graph import MERGING_LAYERS, Graph, Node, split_node
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.layers import Layer, LayerName
from nnlab.text import nearest

SEQUENTIAL_OUTPUT = "output"


class ModelInput(Section):
    """An input of a Functional model."""

    yaml_name: ClassVar[str] = "an input"

    shape: list[Annotated[int, Field(gt=0)]] = Field(
        min_length=1, description="Shape of a row, without the batch: [784]."
    )
    dtype: Literal["float32", "int32", "uint8"] | None = Field(
        None, description="Dtype of the values; None: that of the data."
    )


class SequentialModel(Section):
    """A stack of layers."""

    yaml_name: ClassVar[str] = "model"

    name: LayerName | None = Field(None, description="Name of the Keras model.")
    layers: list[Layer] = Field(min_length=1, description="Layers, from first to last.")

    @property
    def output_names(self) -> tuple[str, ...]:
        """The name of the single output."""
        return (SEQUENTIAL_OUTPUT,)

    @property
    def output_layers(self) -> dict[str, Layer]:
        """The last layer, by the name of the output."""
        return {SEQUENTIAL_OUTPUT: self.layers[-1]}

    @property
    def output_units(self) -> dict[str, int | None]:
        """The width of each output, or None if the config does not determine it."""
        widths = (getattr(layer, "units", None) for layer in reversed(self.layers))
        return {SEQUENTIAL_OUTPUT: next((width for width in widths if width is not None), None)}

    def named_layers(self) -> list[tuple[tuple[str | int, ...], Layer]]:
        """Return every layer with its path in the config."""
        return [
            (("layers", position, layer.display_name()), layer)
            for position, layer in enumerate(self.layers)
        ]

    @model_validator(mode="wrap")
    @classmethod
    def _layers_form_a_stack(cls, data: Any, validate: ValidatorFunctionWrapHandler) -> Self:
        """Report issues between layers, even if single layers are invalid."""
        collector = IssueCollector()
        with collector.collect():
            model: Self = validate(data)
        layers = data.get("layers") if isinstance(data, Mapping) else None
        first: dict[str, int] = {}
        for position, layer in enumerate(layers if isinstance(layers, list) else []):
            tree: Any = layer.to_tree() if isinstance(layer, Layer) else layer
            written, arguments = (
                next(iter(tree.items())) if isinstance(tree, Mapping) and tree else (tree, None)
            )
            component = Layer.lookup(written)
            if component is None:
                continue
            at = ("layers", position, str(written))
            if component.display_name() in MERGING_LAYERS:
                joined = component.display_name()
                message = f"{joined} merges several inputs; a Sequential model has one."
                hint = "Remove it, or use a Functional model: layers with names and `from`."
                collector.add(Issue(at, message, hint, at_key=True))
            name = arguments.get("name") if isinstance(arguments, Mapping) else None
            if not isinstance(name, str):
                continue
            if name in first:
                numbers = f"number {first[name]} and number {position}"
                message = f"Two layers have the name `{name}`: {numbers}."
                collector.add(Issue((*at, "name"), message, "Rename one of them."))
            first.setdefault(name, position)
        collector.raise_if_any()
        return model


class FunctionalModel(Section):
    """A graph of named layers with named inputs and outputs."""

    yaml_name: ClassVar[str] = "model"

    name: LayerName | None = Field(None, description="Name of the Keras model.")
    inputs: dict[LayerName, ModelInput] = Field(
        min_length=1, description="Inputs by name, with the shape of a row."
    )
    layers: dict[LayerName, Node] = Field(
        min_length=1, description="Layers by name, with their inputs."
    )
    outputs: list[str] = Field(min_length=1, description="Names of the output layers.")

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of the outputs in the order of the file."""
        return tuple(self.outputs)

    @property
    def output_layers(self) -> dict[str, Layer]:
        """The layer of each output."""
        return {name: self.layers[name].layer for name in self.outputs}

    @property
    def output_units(self) -> dict[str, int | None]:
        """The width of each output, or None if the config does not determine it."""
        units: dict[str, int | None] = {}
        for output in self.outputs:
            widths = (getattr(layer, "units", None) for _, layer in self.upstream(output))
            units[output] = next((width for width in widths if width is not None), None)
        return units

    def upstream(self, name: str) -> Iterator[tuple[str, Layer]]:
        """Yield a layer and those before it, along their first inputs, with their names."""
        while name in self.layers:
            yield name, self.layers[name].layer
            name = self.layers[name].sources[0]

    def downstream(self, name: str) -> Iterator[Layer]:
        """Yield the layers that follow one without branching."""
        while True:
            users = [other for other, node in self.layers.items() if name in node.sources]
            if len(users) != 1:
                return
            name = users[0]
            yield self.layers[name].layer

    def named_layers(self) -> list[tuple[tuple[str | int, ...], Layer]]:
        """Return every layer with its path in the config."""
        return [
            (("layers", name, node.layer.display_name()), node.layer)
            for name, node in self.layers.items()
        ]

    @field_validator("layers", mode="before")
    @classmethod
    def _layers_have_names(cls, layers: Any) -> Any:
        if isinstance(layers, list):
            message = "Expected a name for each layer. Received: a list."
            hint = (
                "Write `hidden: {Dense: 64, from: pixels}`; "
                "or, for a Sequential model, remove `inputs` and `outputs`."
            )
            raise issues_error([Issue((), message, hint)])
        return layers

    @model_validator(mode="wrap")
    @classmethod
    def _graph_is_valid(cls, data: Any, validate: ValidatorFunctionWrapHandler) -> Self:
        collector = IssueCollector()
        with collector.collect():
            model: Self = validate(data)
        collector.add(*_graph_issues(data))
        collector.raise_if_any()
        return model


def _graph_issues(data: Any) -> list[Issue]:
    """Return the issues of the graph in a raw mapping, even if layers are invalid."""
    if not isinstance(data, Mapping):
        return []
    inputs, layers, outputs = data.get("inputs"), data.get("layers"), data.get("outputs")
    if not (isinstance(inputs, Mapping) and isinstance(layers, Mapping)):
        return []
    sources: dict[str, list[str] | None] = {}
    types: dict[str, str] = {}
    issues: list[Issue] = []
    for name, node in layers.items():
        sources[name] = None
        if isinstance(node, Node):
            sources[name], types[name] = list(node.sources), node.layer.display_name()
        elif isinstance(node, Mapping):
            component, node_sources, invalid = split_node(node)
            sources[name] = None if invalid else node_sources
            for display_name, arguments in component.items():
                other = arguments.get("name", name) if isinstance(arguments, Mapping) else name
                if other not in (None, name):
                    received = f"Received: name={format_value(other)}."
                    message = f"The name of the layer is `{name}`. {received}"
                    at = ("layers", name, display_name, "name")
                    issues.append(Issue(at, message, "Remove `name`."))
            known = next(filter(None, map(Layer.lookup, component)), None)
            if known is not None:
                types[name] = known.display_name()
    named = outputs if isinstance(outputs, list) else None
    return issues + Graph(inputs, sources, types, named).issues()


def parse_model(value: object) -> SequentialModel | FunctionalModel:
    """Parse the `model` section: a list of layers is Sequential, a mapping Functional."""
    if isinstance(value, SequentialModel | FunctionalModel):
        return value
    functional = isinstance(value, Mapping) and (
        isinstance(value.get("layers"), Mapping) or "inputs" in value or "outputs" in value
    )
    kind: type[SequentialModel | FunctionalModel] = (
        FunctionalModel if functional else SequentialModel
    )
    return kind.model_validate(value)


@dataclass(frozen=True)
class ModelIO:
    """The names of a model's outputs and inputs; a Sequential model has no named inputs."""

    outputs: tuple[str, ...]
    inputs: tuple[str, ...]


def model_io(value: object) -> ModelIO | None:
    """Return the inputs and outputs of a `model` section, even if layers are invalid."""
    if not isinstance(value, Mapping):
        return None
    layers, inputs, outputs = value.get("layers"), value.get("inputs"), value.get("outputs")
    if isinstance(layers, list) and inputs is None and outputs is None:
        return ModelIO((SEQUENTIAL_OUTPUT,), ())
    if not (isinstance(layers, Mapping) and isinstance(inputs, Mapping)):
        return None
    if not (isinstance(outputs, list) and all(isinstance(name, str) for name in outputs)):
        return None
    # The model reports a misspelled output; for other sections, it is the nearest name.
    intended = (name if name in layers else nearest(name, layers) or name for name in outputs)
    return ModelIO(tuple(dict.fromkeys(intended)), tuple(str(name) for name in inputs))
