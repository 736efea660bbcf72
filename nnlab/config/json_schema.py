"""JSON Schema of a config file, by which an editor completes, explains and checks."""

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
from nnlab.config.schema.tensorboard import TensorBoardConfig
from nnlab.config.schema.training import TrainingConfig
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.markers import Marker
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.families import FAMILIES
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
    """The schema as it is shipped, for `nnlab schema` to print."""
    return json.dumps(json_schema(), indent=2) + "\n"


def json_schema() -> Schema:
    """The schema of a whole config file, search markers included."""
    definitions: Schema = {}
    families: tuple[type[Component], ...] = (*FAMILIES, Marker)
    for family in families:
        for component in family.members.values():
            name = _name_of(family, component)
            definitions[name] = _behind_the_name(family, component)
            definitions[f"{name}.arguments"] = _fields(component, definitions)
            if family is Layer:  # they may stand in `defaults`
                definitions[f"{name}.arguments"].pop("required", None)
        definitions[_name_of(family)] = _family(family)
    definitions["Node"] = _node()
    definitions["Defaults"] = _defaults()
    for section in _SECTIONS:
        definitions[section.__name__] = _fields(section, definitions)
        if section is not TuneConfig:  # what is missing may stand in the file that is extended
            definitions[section.__name__].pop("required", None)
    _add_forms_of_yaml(definitions)
    top = _fields(Experiment, definitions)
    del top["required"]
    top["properties"] |= {
        "extends": {"type": "string", "description": "A config that this one is merged over."},
        "data": _described("The rows.", _ref("DataConfig")),
        "model": _described("The network.", _ref("SequentialModel"), _ref("FunctionalModel")),
        "training": _described("How it is trained.", _ref("TrainingConfig")),
        "tensorboard": _described(
            "What is logged for TensorBoard; false: nothing.",
            _ref("TensorBoardConfig"),
            {"type": ["boolean", "null"]},
        ),
        "tune": {"description": "How a search space is searched.", **_ref("TuneConfig")},
    }
    return {"$schema": DIALECT, "title": "nnlab experiment", **top, "$defs": definitions}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _described(description: str, *options: Schema) -> Schema:
    """One of several forms of a value, or a search marker in its place."""
    return {"description": description, "anyOf": [*options, _ref("SearchMarker")]}


def _name_of(family: type[Component], component: type[Component] | None = None) -> str:
    """The name of a definition."""
    name = "SearchMarker" if family is Marker else family.__name__
    return name if component is None else f"{name}.{component.display_name()}"


def _first_line(component: type[Component]) -> str:
    return (component.__doc__ or "").strip().splitlines()[0]


def _required(family: type[Component], component: type[Component]) -> list[str]:
    """The arguments that a word cannot do without; a layer's may stand in `defaults`."""
    if family is Layer:
        return []
    return [name for name, field in component.model_fields.items() if field.is_required()]


def _behind_the_name(family: type[Component], component: type[Component]) -> Schema:
    """What may stand behind a word's name: arguments, a value for the first of them, nothing."""
    arguments = f"{_name_of(family, component)}.arguments"
    required, first = _required(family, component), component.first_argument()
    options = [{**_ref(arguments), **({"required": required} if required else {})}]
    if first is not None and len(required) <= 1:
        options.append(_ref(f"{arguments}/properties/{first}"))
    if not required:
        options.append({"type": "null"})
    return {"description": _first_line(component), "anyOf": options}


def _words(family: type[Component]) -> Schema:
    """The words of a family as keys; other names of theirs are right, but not proposed."""
    others: dict[str, list[str]] = {}
    for name, component in family.names.items():
        if name != component.display_name() and family is not Marker:
            others.setdefault(component.display_name(), []).append(name)
    return {
        "type": "object",
        "properties": {
            name: _ref(_name_of(family, component)) for name, component in family.members.items()
        },
        "patternProperties": {
            f"^({'|'.join(names)})$": _ref(f"{_name_of(family)}.{display_name}")
            for display_name, names in others.items()
        },
        "additionalProperties": False,
    }


def _family(family: type[Component]) -> Schema:
    """A word of a family in each of its forms: alone, or its name with arguments."""
    one = {**_words(family), "minProperties": 1, "maxProperties": 1}
    if family is Marker:
        return {"description": _first_line(family), **one}
    alone = [name for name, component in family.names.items() if not _required(family, component)]
    proposed = [name for name in alone if name in family.members]
    others = [name for name in alone if name not in family.members]
    names = [{"enum": enum} for enum in (proposed, others) if enum]
    return _described(_first_line(family), *names, one)


def _node() -> Schema:
    components = _words(Layer)
    name = {"type": "string"}
    components["properties"]["from"] = _described(
        "The input or layer that feeds it; a list for layers that merge.",
        name,
        {"type": "array", "items": name, "minItems": 1},
    )
    return _described(
        "A layer of a Functional model, and where it takes its input.",
        {**components, "minProperties": 1, "maxProperties": 2},
    )


def _defaults() -> Schema:
    description = "Arguments that every layer of a type gets where it does not set them."
    return {"description": description, **_words(Layer)}


def _add_forms_of_yaml(definitions: Schema) -> None:
    """What the sections take in YAML besides the fields of their models."""
    for model in ("SequentialModel", "FunctionalModel"):
        definitions[model]["properties"]["defaults"] = _ref("Defaults")
    metrics = {"anyOf": [_ref("Metric"), {"type": "array", "items": _ref("Metric")}]}
    training = definitions["TrainingConfig"]["properties"]
    training["loss"] = _per_output(Loss, _ref("Loss"))
    training["metrics"] = _per_output(Metric, metrics)


def _per_output(family: type[Component], one: Schema) -> Schema:
    """One word, or a mapping from each output to one."""
    outputs = {
        "type": "object",
        "propertyNames": {"not": {"enum": sorted(family.names)}},
        "additionalProperties": one,
    }
    return _described(f"{_first_line(family)} One, or one for each output.", one, outputs)


def _fields(model: type[BaseModel], definitions: Schema) -> Schema:
    """A model's own schema, families as references, each value open to a search marker."""
    schema = model.model_json_schema(ref_template="#/$defs/{model}")
    for name, inner in schema.pop("$defs", {}).items():
        definitions.setdefault(name, _finished(inner))
    finished: Schema = _finished(schema)
    return finished


def _finished(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_finished(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "x-family" in schema:
        kept = {key: value for key, value in schema.items() if key == "description"}
        return {**_ref(schema["x-family"]), **kept}
    done = {
        key: _finished(value)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }
    if isinstance(done.get("description"), str):
        done["description"] = re.sub(r"\bNone\b", "null", done["description"])
    if isinstance(schema.get("properties"), Mapping):
        done["properties"] = {name: _open(value) for name, value in done["properties"].items()}
    return done


def _open(schema: Mapping[str, Any]) -> Schema:
    """A value, or a search marker in its place."""
    outside = {key: schema[key] for key in ("description", "default") if key in schema}
    inside = {key: value for key, value in schema.items() if key not in outside}
    options = inside["anyOf"] if set(inside) == {"anyOf"} else [inside]
    return {**outside, "anyOf": [*options, _ref("SearchMarker")]}


if __name__ == "__main__":  # python -m nnlab.config.json_schema > configs/nnlab.schema.json
    sys.stdout.write(schema_json())
