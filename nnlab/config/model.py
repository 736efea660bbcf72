"""The `model` section: a Sequential stack of layers, or a Functional graph of named ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidatorFunctionWrapHandler,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from nnlab.config.graph import graph_problems
from nnlab.config.problems import Collector, Problem, problems_error
from nnlab.config.words.layers import Layer
from nnlab.config.words.word import Section

SEQUENTIAL_OUTPUT = "output"


class ModelInput(Section):
    """One input of a Functional model."""

    shape: list[Annotated[int, Field(gt=0)]] = Field(
        min_length=1, description="Shape of one row, without the batch: [784]."
    )
    dtype: Literal["float32", "int32", "uint8"] | None = Field(
        None, description="Type of the values; None: that of the data."
    )


class Node(Section):
    """A layer of a Functional model, and where it takes its input.

    In YAML: `hidden: {Dense: {units: 64}, from: pixels}`.
    """

    layer: Layer
    sources: list[str]

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a node from `{Word: arguments, from: name or list of names}`."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping) or "from" not in value:
            remedy = "Write it like `{Dense: {units: 64}, from: pixels}`."
            message = f"Expected a layer and `from`, the name of its input. Received: {value!r}."
            raise problems_error([Problem((), message, remedy)])
        word = {key: item for key, item in value.items() if key != "from"}
        collector = Collector()
        sources = value["from"] if isinstance(value["from"], list) else [value["from"]]
        if not sources or not all(isinstance(source, str) for source in sources):
            message = f"Expected the name of an input or a layer, or a list of them. Received: from={value['from']!r}."
            collector.add(Problem(("from",), message))
        with collector.reading():
            layer = Layer.parse(word)
        collector.raise_if_any()
        return cls.model_construct(layer=layer, sources=sources)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Nodes have a form of their own in YAML, which `parse` reads."""
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Named only; `nnlab.config.json_schema` writes the definition."""
        return {"x-family": cls.__name__}

    def to_tree(self) -> dict[str, Any]:
        """The YAML form."""
        layer = self.layer.to_tree()
        word = {layer: {}} if isinstance(layer, str) else layer
        return {**word, "from": self.sources[0] if len(self.sources) == 1 else list(self.sources)}


class SequentialModel(Section):
    """A stack of layers, each fed by the one before."""

    name: str | None = Field(None, description="The Keras model's name.")
    layers: list[Layer] = Field(min_length=1, description="The layers, first to last.")

    @classmethod
    def called(cls) -> str:
        """What messages call this section."""
        return "model"

    @property
    def output_names(self) -> tuple[str, ...]:
        """The one output: its name matters only beside models that have several."""
        return (SEQUENTIAL_OUTPUT,)

    @property
    def output_layers(self) -> dict[str, Layer]:
        """For each output, the layer with weights or an activation that makes it."""
        return {SEQUENTIAL_OUTPUT: self.layers[-1]}

    @property
    def output_units(self) -> dict[str, int | None]:
        """For each output, its width where the config alone tells it."""
        widths = (getattr(layer, "units", None) for layer in reversed(self.layers))
        return {SEQUENTIAL_OUTPUT: next((width for width in widths if width is not None), None)}

    def named_layers(self) -> list[tuple[tuple[str | int, ...], Layer]]:
        """Every layer with its path in the config."""
        return [
            (("layers", position, layer.called()), layer)
            for position, layer in enumerate(self.layers)
        ]

    @model_validator(mode="after")
    def _layer_names_differ(self) -> Self:
        first: dict[str, int] = {}
        problems = []
        for position, layer in enumerate(self.layers):
            name = getattr(layer, "name", None)
            if name is None:
                continue
            if name in first:
                message = (
                    f"Two layers are called `{name}`: number {first[name]} and number {position}."
                )
                at = ("layers", position, layer.called(), "name")
                problems.append(Problem(at, message, "Give one of them another name."))
            first.setdefault(name, position)
        if problems:
            raise problems_error(problems)
        return self


class FunctionalModel(Section):
    """A graph of named layers between named inputs and outputs."""

    name: str | None = Field(None, description="The Keras model's name.")
    inputs: dict[str, ModelInput] = Field(
        min_length=1, description="Each input and the shape of its rows."
    )
    layers: dict[str, Node] = Field(
        min_length=1, description="Each layer and where it takes its input."
    )
    outputs: list[str] = Field(
        min_length=1, description="The layers whose values the model puts out."
    )

    @classmethod
    def called(cls) -> str:
        """What messages call this section."""
        return "model"

    @property
    def output_names(self) -> tuple[str, ...]:
        """The outputs in the order of the file."""
        return tuple(self.outputs)

    @property
    def output_layers(self) -> dict[str, Layer]:
        """For each output, the layer that makes it."""
        return {name: self.layers[name].layer for name in self.outputs}

    @property
    def output_units(self) -> dict[str, int | None]:
        """For each output, its width where the config alone tells it."""
        return {name: self._units(name) for name in self.outputs}

    def _units(self, name: str) -> int | None:
        while name in self.layers:
            node = self.layers[name]
            width: int | None = getattr(node.layer, "units", None)
            if width is not None:
                return width
            name = node.sources[0]
        return None

    def named_layers(self) -> list[tuple[tuple[str | int, ...], Layer]]:
        """Every layer with its path in the config."""
        return [
            (("layers", name, node.layer.called()), node.layer)
            for name, node in self.layers.items()
        ]

    @model_validator(mode="wrap")
    @classmethod
    def _graph_is_sound(cls, data: Any, validate: ValidatorFunctionWrapHandler) -> Self:
        collector = Collector()
        with collector.reading():
            model: Self = validate(data)
        collector.add(*_problems_of(data))
        collector.raise_if_any()
        return model


def _problems_of(data: Any) -> list[Problem]:
    """Graph problems from the raw mapping, so that they are told beside whatever else is wrong with it."""
    if not isinstance(data, Mapping):
        return []
    inputs, layers, outputs = data.get("inputs"), data.get("layers"), data.get("outputs")
    if not (
        isinstance(inputs, Mapping) and isinstance(layers, Mapping) and isinstance(outputs, list)
    ):
        return []
    sources: dict[str, list[str]] = {}
    types: dict[str, str] = {}
    problems = []
    for name, node in layers.items():
        if isinstance(node, Node):
            sources[name], types[name] = list(node.sources), node.layer.called()
            continue
        if not isinstance(node, Mapping):
            continue
        came_from = node.get("from", [])
        sources[name] = [
            str(item) for item in (came_from if isinstance(came_from, list) else [came_from])
        ]
        word = next((Layer.lookup(key) for key in node if Layer.lookup(key)), None)
        if word is not None:
            types[name] = word.called()
            inner = node.get(word.called())
            if isinstance(inner, Mapping) and inner.get("name") not in (None, name):
                message = f"The layer is called `{name}`. Received: name={inner['name']!r}."
                problems.append(
                    Problem(("layers", name, word.called(), "name"), message, "Remove `name`.")
                )
    broken = len(sources) < len(layers)
    if broken:  # a node that cannot be read would make its users look dangling
        return problems
    return problems + graph_problems(inputs, sources, types, [str(name) for name in outputs])


def parse_model(value: object) -> SequentialModel | FunctionalModel:
    """Read the `model` section; a list of layers is Sequential, a mapping of them Functional.

    Args:
        value: The section as plain data.

    Returns:
        The model.

    Raises:
        ValidationError: For every fault in it.
    """
    if isinstance(value, SequentialModel | FunctionalModel):
        return value
    functional = isinstance(value, Mapping) and (
        isinstance(value.get("layers"), Mapping) or "inputs" in value or "outputs" in value
    )
    kind: type[SequentialModel | FunctionalModel] = (
        FunctionalModel if functional else SequentialModel
    )
    return kind.model_validate(value)
