"""The JSON Schema: valid, complete, described; accepts the configs that nnlab accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from nnlab.config.json_schema import json_schema, schema_json
from nnlab.config.loader import read_config
from nnlab.config.space.markers import Marker
from nnlab.config.vocabulary import FAMILIES
from nnlab.config.yaml.builtin_configs import (
    SCHEMA_FILE,
    builtin_folder,
    list_builtin_configs,
    read_schema,
)
from nnlab.config.yaml.document import dump_config
from nnlab.config.yaml.parser import read_yaml

SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
BAD = Path(__file__).parent / "bad"
CONFIGS = [
    *(builtin.path for builtin in list_builtin_configs()),
    BAD / "stack.yaml",
    BAD / "graph.yaml",
]


def schema_errors(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(read_yaml(text, "a.yaml").tree)]


@pytest.mark.slow
def test_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_schema_file_is_up_to_date() -> None:
    """Otherwise run: python -m nnlab.config.json_schema > configs/nnlab.schema.json."""
    assert read_schema() == schema_json()
    assert json.loads(read_schema()) == SCHEMA


def test_builtin_configs_refer_to_the_schema() -> None:
    for path in builtin_folder().glob("*.yaml"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first == f"# yaml-language-server: $schema={SCHEMA_FILE}", path.name


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in CONFIGS])
def test_builtin_and_resolved_configs_are_accepted(path: Path) -> None:
    assert schema_errors(path.read_text(encoding="utf-8")) == []
    assert schema_errors(dump_config(read_config(path).experiment)) == []


@pytest.mark.parametrize(
    "text",
    [
        "extends: base.yaml",
        "model: {layers: [Flatten, BatchNormalization, {Dense: 3}, {Flatten: }]}",
        "model: {layers: [{dense: {units: 3}}, {batch_normalization: {}}, dropout]}",
        "model: {defaults: {Dense: {activation: relu}, Dropout: 0.3, dense: }}",
        "model: {layers: [{Dense: {activation: relu}}, Dropout]}",  # units may be in `defaults`
        "model: {layers: [{Dense: {units: 3, kernel_initializer: he_normal}}]}",
        "model: {layers: [{Dense: {units: 3, kernel_initializer: {he_normal: {seed: 1}}}}]}",
        "model: {layers: [{Repeat: {times: 2, layers: [{Dense: 3}]}}]}",
        "model: {layers: [{Choice: [{Dense: 3}, Flatten]}]}",
        "model: {layers: {hidden: {Dense: {use_bias: false}}}}",  # the rest may be in the base
        "model: {layers: {hidden: {Choice: [{Dense: 3, from: x}]}}}",
        "training: {optimizer: adam, loss: mse, metrics: mae, epochs: 3}",
        "training: {optimizer: {adam: 0.1}, loss: {Huber: 2}, metrics: [{AUC: {curve: PR}}]}",
        "training: {optimizer: {SGD: {learning_rate: {Float: {min_value: 0.1, max_value: 1}}}}}",
        "training: {loss: {digit: mse, size: {Huber: {delta: 1}}}, metrics: {digit: [mae]}}",
        "training: {class_weight: {0: 1.0, 1: 2.5}, batch_size: full, device: 'gpu:1'}",
        "training: {optimizer: {Choice: [adam, {SGD: {momentum: 0.9}}]}, epochs: {Choice: [1, 2]}}",
        "training: {early_stopping: {Choice: [null, {patience: 3}]}, loss_weights: [1, 0.2]}",
        "data: {dataset: {moons: {noise: 0.1}}, target: {a: x, b: [y, z]}, inputs: {p: [q]}}",
        "data: {file: a.csv, target: x, validation_split: null}",
        "tensorboard: false",
        "tensorboard: ",
        "tune: {jobs: auto, max_time: 10.5}",
    ],
)
def test_valid_forms_are_accepted(text: str) -> None:
    assert schema_errors(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "trainig: {epochs: 3}",
        "name: a/b",
        "seed: -1",
        "seed: one",
        "data: {scaling: min_max}",
        "data: {validation_split: 1.5}",
        "data: {dataset: irs}",
        "data: {dataset: {moons: {samples: 3}}}",
        "data: {features: age}",
        "model: {layers: []}",
        "model: {layers: [Dens]}",
        "model: {layers: [{Dense: {unit: 3}}]}",
        "model: {layers: [{Dense: {units: '64'}}]}",
        "model: {layers: [{Dense: many}]}",
        "model: {layers: [{Dropout: 1.5}]}",
        "model: {layers: [{Flatten: 3}]}",
        "model: {layers: [{Dense: 3, Dropout: 0.1}]}",
        "model: {layers: [{Dense: {units: 3, activation: rleu}}]}",
        "model: {layers: [{Dense: {units: 3, kernel_initializer: {L2: 0.1}}}]}",
        "model: {inputs: {x: {shape: [0]}}}",
        "model: {layers: {hidden: {Dens: 3, from: x}}}",
        "model: {defaults: {Dens: {units: 3}}}",
        "training: {optimizer: {Adam: {lr: 0.1}}}",
        "training: {optimizer: {Adam: {learning_rate: -1}}}",
        "training: {optimizer: {SGD: {learning_rate: {CosineDecay: {decay_steps: 3}}}}}",
        "training: {loss: msee}",
        "training: {metrics: [{AUC: {curve: PQ}}]}",
        "training: {epochs: 2.5}",
        "training: {epochs: {Int: {min: 3}}}",
        "training: {batch_size: ful}",
        "training: {device: tpu}",
        "tensorboard: {histogram_freq: -1}",
        "tune: {algorithm: genetic}",
    ],
)
def test_invalid_configs_are_rejected(text: str) -> None:
    assert schema_errors(text) != []


def test_every_component_has_a_definition() -> None:
    for family in FAMILIES:
        options = SCHEMA["$defs"][family.__name__]["anyOf"]
        (mapping,) = (option for option in options if "properties" in option)
        enums = [option["enum"] for option in options if "enum" in option]
        for component in family.members.values():
            name = f"{family.__name__}.{component.display_name()}"
            assert mapping["properties"][component.display_name()] == {"$ref": f"#/$defs/{name}"}
            arguments = SCHEMA["$defs"][f"{name}.arguments"]["properties"]
            assert list(arguments) == list(component.model_fields)
        validator = VALIDATOR.evolve(schema=reference_to(family))
        aliases = [name for name in family.names if validator.is_valid(name)]
        assert sorted(aliases) == sorted(name for names in enums for name in names)
    assert sorted(SCHEMA["$defs"]["SearchMarker"]["properties"]) == sorted(Marker.members)


def reference_to(family: Any) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{family.__name__}", "$defs": SCHEMA["$defs"]}


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every property of a schema with its path."""
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key == "properties":
            yield from ((f"{path}/{name}", inner) for name, inner in value.items())
        yield from properties(value, f"{path}/{key}")
    for position, item in enumerate(schema) if isinstance(schema, list) else ():
        yield from properties(item, f"{path}/{position}")


def test_every_property_has_a_description() -> None:
    def is_described(schema: dict[str, Any]) -> bool:
        if "description" in schema:
            return True
        return is_described(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")])

    assert [path for path, schema in properties(SCHEMA) if not is_described(schema)] == []


def test_descriptions_use_null_and_end_with_a_period() -> None:
    texts = [schema["description"] for _, schema in properties(SCHEMA) if "description" in schema]
    assert [text for text in texts if "None" in text or not text.endswith((".", "…"))] == []
