"""Update the tables of keys and classes in docs/ from the code.

A table is written between `<!-- table: NAME -->` and `<!-- end -->`, with a NAME of `TABLES`.

    make readme

tests/test_docs.py compares the tables with the code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from nnlab.config.json_schema import json_schema
from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.training import (
    Checkpoint,
    EarlyStopping,
    ReduceLROnPlateau,
    TensorBoardConfig,
    TrainingConfig,
)
from nnlab.config.schema.tune import TuneConfig
from nnlab.config.space.markers import Marker
from nnlab.config.vocabulary import FAMILIES
from nnlab.config.vocabulary.arguments import ActivationName
from nnlab.config.vocabulary.component import Component, snake_case
from nnlab.config.vocabulary.losses import Loss

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

DOCS = Path(__file__).parents[1]
PAGES = [DOCS / f"{name}.md" for name in ("config", "data", "model", "training", "tune")]

_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", flags=re.DOTALL)
# Null means not set; it is not listed as a type.
_TYPES = {"boolean": "true, false", "array": "list", "object": "mapping", "null": ""}
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
_TARGETS = {
    "one_hot": "classes, one-hot",
    "integer": "classes, numbered from 0",
    "number": "numbers",
    "two": "two classes as 0 and 1, or numbers in that range",
}


def updated(text: str) -> str:
    """Return a page with its tables as the code defines them."""
    return _TABLE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", text)


def _keys(section: type[BaseModel]) -> str:
    schema = json_schema()
    found = schema if section is Experiment else schema["$defs"][section.__name__]
    rows = [
        (f"`{key}`", _type(found["properties"][key]), _default(field), _meaning(field))
        for key, field in section.model_fields.items()
    ]
    return _table(("key", "type", "default", "meaning"), rows)


def _type(schema: Mapping[str, Any]) -> str:
    """Return the accepted types of a value, as the error messages name them."""
    if "anyOf" in schema:
        options = [_type(option) for option in schema["anyOf"]]
        return " or ".join(dict.fromkeys(option for option in options if option))
    if "$ref" in schema:
        return _referred(schema["$ref"].rsplit("/", 1)[-1])
    choices = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return ", ".join(f"`{choice}`" for choice in choices) or _plain_type(schema)


def _referred(name: str) -> str:
    """Return the name of a family or a section; search markers, valid everywhere, are omitted."""
    families = {family.__name__: _noun(family) for family in FAMILIES}
    return families.get(name, "" if name == "SearchMarker" else "mapping")


def _plain_type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "null")
    if isinstance(kind, list):
        return _type({"anyOf": [{**schema, "type": one} for one in kind]})
    if kind == "array" and (of := _type(schema.get("items", {}))):
        return f"list of {of.replace(' ', 's ', 1) if ' ' in of else f'{of}s'}"
    bounds = ", ".join(f"{sign} {schema[key]}" for key, sign in _BOUNDS.items() if key in schema)
    return f"{_TYPES.get(kind, kind)} {bounds}".strip()


def _noun(family: type[Component]) -> str:
    """Return the noun of a family: `layer`."""
    return family.family.split(" ", 1)[1]


def nouns(family: type[Component]) -> str:
    """Return the plural noun of a family: `layers`."""
    noun = _noun(family)
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "`{}`"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _meaning(field: FieldInfo) -> str:
    return re.sub(r"\bNone\b", "null", field.description or "")


def _classes() -> str:
    rows = [
        (f"{nouns(family)} ({len(family.members)})", _joined(map(_named, family.members.values())))
        for family in FAMILIES
    ]
    activations = get_args(ActivationName)
    names = _joined(f"`{name}`" for name in activations)
    return _table(("family", "classes"), [*rows, (f"activations ({len(activations)})", names)])


def _named(component: type[Component]) -> str:
    """Return a class and its aliases, except the spellings that follow from its name."""
    known = {
        name.lower()
        for name in (component.display_name(), component.__name__, snake_case(component.__name__))
    }
    aliases = dict.fromkeys(name.lower() for name in component.all_names())
    short = [
        f"`{alias}`"
        for alias in aliases
        if alias not in known and not alias.startswith(f"{component.display_name().lower()}init")
    ]
    return f"`{component.display_name()}`" + (f" ({', '.join(short)})" if short else "")


def _losses() -> str:
    groups: dict[str, list[str]] = {}
    for component in (
        component for component in Loss.members.values() if issubclass(component, Loss)
    ):
        two = component.targets == "number" and component.outputs in {"probability", "margin"}
        groups.setdefault("two" if two else component.targets, []).append(
            f"`{component.display_name()}`"
        )
    rows = [(_TARGETS[kind], _joined(groups[kind])) for kind in _TARGETS]
    return _table(("the target becomes", "for"), rows)


def _markers() -> str:
    rows = [
        (
            f"`{component.display_name()}`",
            _joined(_argument(*item) for item in component.model_fields.items()),
        )
        for component in Marker.members.values()
        if component.model_fields
    ]
    return _table(("marker", "arguments, with their defaults"), rows)


def _argument(name: str, field: FieldInfo) -> str:
    return f"`{name}`" if field.is_required() else f"`{name}:` {_default(field)}"


def _joined(items: Iterable[str]) -> str:
    return ", ".join(items)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


TABLES: dict[str, Callable[[], str]] = {
    "experiment": lambda: _keys(Experiment),
    "data": lambda: _keys(DataConfig),
    "losses": _losses,
    "classes": _classes,
    "training": lambda: _keys(TrainingConfig),
    "early_stopping": lambda: _keys(EarlyStopping),
    "reduce_lr_on_plateau": lambda: _keys(ReduceLROnPlateau),
    "checkpoint": lambda: _keys(Checkpoint),
    "tensorboard": lambda: _keys(TensorBoardConfig),
    "markers": _markers,
    "tune": lambda: _keys(TuneConfig),
}


def main() -> None:
    """Update the pages."""
    for page in PAGES:
        page.write_text(updated(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
