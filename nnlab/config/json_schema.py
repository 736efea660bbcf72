"""JSON Schema of a config file, by which an editor completes, explains and checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from nnlab.config.data import DataConfig
from nnlab.config.experiment import Experiment
from nnlab.config.model import FunctionalModel, SequentialModel
from nnlab.config.space import Marker
from nnlab.config.tensorboard import TensorBoardConfig
from nnlab.config.training import TrainingConfig
from nnlab.config.tune import TuneConfig
from nnlab.config.vocabulary import FAMILIES
from nnlab.config.words.layers import Layer
from nnlab.config.words.losses import Loss
from nnlab.config.words.metrics import Metric
from nnlab.config.words.word import Word

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MARKER = {"$ref": "#/$defs/SearchMarker"}


def json_schema() -> dict[str, Any]:
    """The schema of a whole config file, search markers included.

    Returns:
        A JSON Schema (draft 2020-12), plain data.

    Example:
        >>> sorted(json_schema()["properties"])[:3]
        ['data', 'extends', 'model']
    """
    definitions: dict[str, Any] = {}
    families: tuple[type[Word], ...] = (*FAMILIES, Marker)
    for family in families:
        for word in family.members.values():
            definitions[f"{family.__name__}.{word.called()}"] = _arguments(word, definitions)
        definitions[family.__name__] = _family(family)
    definitions["SearchMarker"] = definitions.pop("Marker")
    definitions["Node"] = _node()
    sections = (
        DataConfig,
        SequentialModel,
        FunctionalModel,
        TrainingConfig,
        TensorBoardConfig,
        TuneConfig,
    )
    for section in sections:
        definitions[section.__name__] = _arguments(section, definitions)
    _finish_sections(definitions)
    top = _arguments(Experiment, definitions)
    top["properties"] |= {
        "extends": {"type": "string", "description": "A config that this one is merged over."},
        "data": {"$ref": "#/$defs/DataConfig"},
        "model": {
            "anyOf": [{"$ref": "#/$defs/SequentialModel"}, {"$ref": "#/$defs/FunctionalModel"}]
        },
        "training": {"$ref": "#/$defs/TrainingConfig"},
        "tensorboard": {"anyOf": [{"$ref": "#/$defs/TensorBoardConfig"}, {"type": "boolean"}]},
        "tune": {"$ref": "#/$defs/TuneConfig"},
    }
    top.pop("required", None)  # what is missing may stand in the file that is extended
    return {"$schema": DIALECT, "title": "nnlab experiment", **top, "$defs": definitions}


def _arguments(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """A model's own schema, families as references, each value open to a search marker."""
    schema = model.model_json_schema(ref_template="#/$defs/{model}")
    for name, inner in schema.pop("$defs", {}).items():
        definitions.setdefault(name, _finished(inner))
    finished: dict[str, Any] = _finished(schema)
    return finished


def _finished(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_finished(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "x-family" in schema:
        rest = {
            key: value
            for key, value in schema.items()
            if key not in ("x-family", "title", "default")
        }
        return {"$ref": f"#/$defs/{schema['x-family']}", **rest}
    done = {
        key: _finished(value)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }
    if isinstance(schema.get("properties"), Mapping):
        done["properties"] = {name: _open(value) for name, value in done["properties"].items()}
    return done


def _open(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A value, or a search marker in its place."""
    outside = {key: schema[key] for key in ("description", "default") if key in schema}
    inside = {key: value for key, value in schema.items() if key not in outside}
    options = inside["anyOf"] if set(inside) == {"anyOf"} else [inside]
    return {**outside, "anyOf": [*options, _MARKER]}


def _family(family: type[Word]) -> dict[str, Any]:
    """A word of a family in each of its forms: alone, or its name with arguments."""
    alone, with_arguments = [], {}
    for word in family.members.values():
        if not any(field.is_required() for field in word.model_fields.values()):
            alone.append(word.called())
        named = {"$ref": f"#/$defs/{family.__name__}.{word.called()}"}
        lone = {"type": ["number", "string", "boolean", "array", "null"]}
        with_arguments[word.called()] = {
            "anyOf": [named, lone] if word.first_argument() else [named],
            "description": _first_line(word),
        }
    aliases = sorted(set(family.names) - set(alone) - {""})
    names: list[dict[str, Any]] = [{"enum": alone}] if alone else []
    if aliases and alone:
        names.append({"enum": aliases})
    mapping = {
        "type": "object",
        "properties": with_arguments,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
    inner = [] if family is Marker else [_MARKER]
    return {"description": _first_line(family), "anyOf": [*names, mapping, *inner]}


def _first_line(word: type[Word]) -> str:
    return (word.__doc__ or "").strip().splitlines()[0]


def _node() -> dict[str, Any]:
    words = {name: {"$ref": f"#/$defs/Layer.{name}"} for name in Layer.members}
    lone = {"type": ["number", "string", "null", "array"]}
    name = {"type": "string"}
    return {
        "description": "A layer of a Functional model, and where it takes its input.",
        "type": "object",
        "properties": {
            **{word: {"anyOf": [schema, lone]} for word, schema in words.items()},
            "from": {
                "description": "The input or layer that feeds it; a list for layers that merge.",
                "anyOf": [name, {"type": "array", "items": name, "minItems": 1}],
            },
        },
        "required": ["from"],
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": False,
    }


def _finish_sections(definitions: dict[str, Any]) -> None:
    """What the sections take in YAML besides the fields of their models."""
    arguments = {
        "type": "object",
        "description": "Arguments that every layer of a type gets where it does not set them.",
        "properties": {
            name: {"type": "object", "properties": definitions[f"Layer.{name}"]["properties"]}
            for name in Layer.members
        },
        "additionalProperties": False,
    }
    for model in ("SequentialModel", "FunctionalModel"):
        definitions[model]["properties"]["defaults"] = arguments
        definitions[model].pop("required", None)
    training = definitions["TrainingConfig"]
    training.pop("required", None)
    training["properties"]["loss"] = _per_output(Loss, {"$ref": "#/$defs/Loss"})
    metrics = {
        "anyOf": [
            {"$ref": "#/$defs/Metric"},
            {"type": "array", "items": {"$ref": "#/$defs/Metric"}},
        ]
    }
    training["properties"]["metrics"] = _per_output(Metric, metrics)
    definitions["DataConfig"].pop("required", None)


def _per_output(family: type[Word], one: dict[str, Any]) -> dict[str, Any]:
    """One word, or a mapping from each output to one."""
    outputs = {
        "type": "object",
        "propertyNames": {"not": {"enum": sorted(family.names)}},
        "additionalProperties": one,
    }
    return {
        "description": f"{_first_line(family)} One, or one for each output.",
        "anyOf": [one, outputs],
    }
