"""JSON Schema of config files, for completion and checks in editors."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.model import FunctionalModel, SequentialModel
from nnlab.config.schema.training import TensorBoardConfig, TrainingConfig
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.markers import Marker
from nnlab.config.vocabulary import FAMILIES
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SECTIONS = (
    DataConfig,
    SequentialModel,
    FunctionalModel,
    TrainingConfig,
    TensorBoardConfig,
    TuneConfig,
)
Schema = dict[str, Any]


def schema_json() -> str:
    """Return the JSON Schema as text."""
    return json.dumps(json_schema(), indent=2) + "\n"


def json_schema() -> Schema:
    """Return the JSON Schema of a config file, search markers included."""
    definitions = _definitions()
    top = _fields(Experiment, definitions)
    del top["required"]
    top["description"] = _first_line(Experiment)
    sections = {
        "data": [_ref("DataConfig")],
        "model": [_ref("SequentialModel"), _ref("FunctionalModel")],
        "training": [_ref("TrainingConfig")],
        "tensorboard": [_ref("TensorBoardConfig"), {"type": ["boolean", "null"]}],
    }
    descriptions = {
        name: field.description or "" for name, field in Experiment.model_fields.items()
    }
    top["properties"] |= {
        "extends": {"type": "string", "description": "Config that this one is merged over."},
        **{name: _described(descriptions[name], *forms) for name, forms in sections.items()},
        "tune": {"description": descriptions["tune"], **_ref("TuneConfig")},
    }
    return {"$schema": DIALECT, "title": "nnlab experiment", **top, "$defs": definitions}


def _definitions() -> Schema:
    """Return the schemas of all families, their members and the sections, by name."""
    definitions: Schema = {}
    families: tuple[type[Component], ...] = (*FAMILIES, Marker)
    for family in families:
        for component in family.members.values():
            name = _name_of(family, component)
            definitions[name] = _arguments(family, component)
            definitions[f"{name}.arguments"] = _fields(component, definitions)
            if family is Layer:  # they may be set in `defaults`
                definitions[f"{name}.arguments"].pop("required", None)
        definitions[_name_of(family)] = _family(family)
    node, name_of_input = _members(Layer), {"type": "string"}
    node["properties"]["from"] = _described(
        "Name of the input; a list for merging layers.",
        name_of_input,
        {"type": "array", "items": name_of_input, "minItems": 1},
    )
    definitions["Node"] = _described(
        "A layer of a Functional model and its inputs.",
        {**node, "minProperties": 1, "maxProperties": 2},
    )
    description = "Default arguments of all layers of a class."
    definitions["Defaults"] = {"description": description, **_members(Layer)}
    for section in _SECTIONS:
        definitions[section.__name__] = _fields(section, definitions)
        if section is not TuneConfig:  # missing keys may be set in the extended file
            definitions[section.__name__].pop("required", None)
    # Forms that sections accept in YAML beyond the fields of their models.
    for model in ("SequentialModel", "FunctionalModel"):
        definitions[model]["properties"]["defaults"] = _ref("Defaults")
    metrics = {"anyOf": [_ref("Metric"), {"type": "array", "items": _ref("Metric")}]}
    training = definitions["TrainingConfig"]["properties"]
    training["loss"] = _per_output(Loss, _ref("Loss"))
    training["metrics"] = _per_output(Metric, metrics)
    return definitions


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _described(description: str, *options: Schema) -> Schema:
    """Return a schema of several forms of a value, or a search marker."""
    return {"description": description, "anyOf": [*options, _ref("SearchMarker")]}


def _name_of(family: type[Component], component: type[Component] | None = None) -> str:
    """Return the name of a definition."""
    name = "SearchMarker" if family is Marker else family.__name__
    return name if component is None else f"{name}.{component.display_name()}"


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _required(family: type[Component], component: type[Component]) -> list[str]:
    """Return the required arguments of a class; those of a layer may be set in `defaults`."""
    if family is Layer:
        return []
    return [name for name, field in component.model_fields.items() if field.is_required()]


def _arguments(family: type[Component], component: type[Component]) -> Schema:
    """Return the schema of a class's value: arguments, a value for the first, or null."""
    arguments = f"{_name_of(family, component)}.arguments"
    required, first = _required(family, component), component.first_argument()
    options = [{**_ref(arguments), **({"required": required} if required else {})}]
    if first is not None and len(required) <= 1:
        options.append(_ref(f"{arguments}/properties/{first}"))
    if not required:
        options.append({"type": "null"})
    return {"description": _first_line(component), "anyOf": options}


def _members(family: type[Component]) -> Schema:
    """Return the members of a family as keys; aliases are valid, but not suggested."""
    aliases: dict[str, list[str]] = {}
    for name, component in family.names.items():
        if name != component.display_name() and family is not Marker:
            aliases.setdefault(component.display_name(), []).append(name)
    return {
        "type": "object",
        "properties": {
            name: _ref(_name_of(family, component)) for name, component in family.members.items()
        },
        "patternProperties": {
            f"^({'|'.join(names)})$": _ref(f"{_name_of(family)}.{display_name}")
            for display_name, names in aliases.items()
        },
        "additionalProperties": False,
    }


def _family(family: type[Component]) -> Schema:
    """Return the schema of a member in its forms: alone, or a name with arguments."""
    with_arguments = {**_members(family), "minProperties": 1, "maxProperties": 1}
    if family is Marker:
        return {"description": _first_line(family), **with_arguments}
    alone = [name for name, component in family.names.items() if not _required(family, component)]
    suggested = [name for name in alone if name in family.members]
    aliases = [name for name in alone if name not in family.members]
    names = [{"enum": enum} for enum in (suggested, aliases) if enum]
    return _described(_first_line(family), *names, with_arguments)


def _per_output(family: type[Component], member: Schema) -> Schema:
    """Return the schema of one member, or of a mapping from outputs to members."""
    outputs = {
        "type": "object",
        "propertyNames": {"not": {"enum": sorted(family.names)}},
        "additionalProperties": member,
    }
    return _described(f"{_first_line(family)} Or one for each output.", member, outputs)


def _fields(model: type[BaseModel], definitions: Schema) -> Schema:
    """Return the schema of a model, with references to families and search markers."""
    schema = model.model_json_schema(ref_template="#/$defs/{model}")
    for name, inner in schema.pop("$defs", {}).items():
        definitions.setdefault(name, _cleaned(inner))
    cleaned: Schema = _cleaned(schema)
    return cleaned


def _cleaned(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_cleaned(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "x-family" in schema:
        kept = {key: value for key, value in schema.items() if key == "description"}
        return {**_ref(schema["x-family"]), **kept}
    cleaned = {
        key: _cleaned(value)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }
    if isinstance(cleaned.get("description"), str):
        cleaned["description"] = re.sub(r"\bNone\b", "null", cleaned["description"])
    if isinstance(schema.get("properties"), Mapping):
        properties = cleaned["properties"].items()
        cleaned["properties"] = {name: _or_marker(value) for name, value in properties}
    return cleaned


def _or_marker(schema: Mapping[str, Any]) -> Schema:
    """Return the schema of a value or a search marker."""
    outside = {key: schema[key] for key in ("description", "default") if key in schema}
    inside = {key: value for key, value in schema.items() if key not in outside}
    options = inside["anyOf"] if set(inside) == {"anyOf"} else [inside]
    return {**outside, "anyOf": [*options, _ref("SearchMarker")]}


if __name__ == "__main__":  # python -m nnlab.config.json_schema > configs/nnlab.schema.json
    sys.stdout.write(schema_json())
