"""The base of the vocabulary: a component is one Keras class, its fields are the arguments.

In YAML a component is written alone (`BatchNormalization`), with one value for its first argument
(`Dropout: 0.3`) or with named arguments (`Dense: {units: 64}`). Keras' snake_case names
(`he_normal`) and short aliases (`mse`) are accepted. All forms validate to an instance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from inspect import get_annotations
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from nnlab.config.diagnostics import Issue, IssueCollector, format_value, issues_error
from nnlab.config.vocabulary.registry import Registry
from nnlab.text import did_you_mean, nearest


def snake_case(name: str) -> str:
    """Return the snake_case form of a class name, by Keras' rule."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


# The section of each key, for hints about misplaced keys.
_SECTION_OF_KEY: dict[str, str] = {}

# Arguments of all members of a family; a single value never means one of them.
_COMMON_ARGUMENTS = frozenset({"name", "trainable", "dtype"})


class Section(BaseModel):
    """A mapping of the config: frozen, with known keys only and strictly typed values.

    `section_key` is the top-level key of a section, `yaml_name` a name for messages.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        defer_build=True,
        protected_namespaces=(),
    )

    section_key: ClassVar[str] = ""
    yaml_name: ClassVar[str] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Drop the annotations of class variables.

        Pydantic evaluates those of all ancestors again for each class, which takes a quarter of the
        time to import the vocabulary.
        """
        for name in cls.__class_vars__:
            cls.__annotations__.pop(name, None)
        if cls.section_key:
            _SECTION_OF_KEY.update(dict.fromkeys(cls.__pydantic_fields__, cls.section_key))

    @classmethod
    def display_name(cls) -> str:
        """Return the name of this mapping in messages."""
        return cls.yaml_name or cls.section_key or cls.__name__

    def to_tree(self) -> Any:
        """Return the YAML form, without keys that are None."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: to_plain_data(value) for name, value in fields.items() if value is not None}

    @model_validator(mode="wrap")
    @classmethod
    def _report_unknown_keys(cls, data: Any, validate: Callable[[Any], Self]) -> Self:
        if isinstance(data, cls):
            return validate(data)
        if data is None:  # a key without a value
            data = {}
        kind = "arguments" if issubclass(cls, Component) else "keys"
        expected = f"{kind} of {cls.display_name()}"
        if not isinstance(data, Mapping):
            message = f"Expected {expected} with their values. Received: {format_value(data)}."
            keys = ", ".join(cls.model_fields)
            raise issues_error([Issue((), message, f"They are: {keys}." if keys else "")])
        unknown = [key for key in data if key not in cls.model_fields]
        if not unknown:
            return validate(data)
        collector = IssueCollector()
        with collector.collect():
            validate({key: value for key, value in data.items() if key in cls.model_fields})
        free = [name for name in cls.model_fields if name not in data]
        collector.drop_missing({nearest(str(key), free) or "" for key in unknown})
        for key in unknown:
            hint = did_you_mean(str(key), cls.model_fields, expected)
            if key in _SECTION_OF_KEY and nearest(str(key), cls.model_fields) is None:
                hint = f"Move it to `{_SECTION_OF_KEY[key]}`."
            collector.add(Issue((key,), f"Unknown key `{key}`.", hint, at_key=True))
        raise collector.error()


class Component(Section):
    """One Keras class and its arguments.

    A direct subclass is a family (`Layer`, …): a field of this type accepts all its members, in any
    form. The subclasses of a family are its members and register themselves.
    """

    # Of a member: names beyond the YAML name, the class name and its snake_case form.
    aliases: ClassVar[tuple[str, ...]] = ()
    # Of a family: the phrase for a member ("a layer"), a member in YAML, and the class names in
    # each file of the vocabulary, which is imported on demand.
    family: ClassVar[str] = ""
    example: ClassVar[str] = ""
    files: ClassVar[Mapping[str, str]] = {}
    # The members of a family by their YAML name, and by all their names.
    members: ClassVar[Registry[Any]] = Registry({})
    names: ClassVar[Registry[Any]] = Registry({})

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Create the registries of a family, or register a member under all its names."""
        super().__pydantic_init_subclass__()
        if cls.is_family():
            cls.members, cls.names = Registry(cls.files), Registry(cls.files)
            return
        # Own fields come before inherited ones, like in Keras and unlike in pydantic.
        fields = cls.__pydantic_fields__
        declared = (name for base in cls.__mro__ for name in get_annotations(base))
        for name in dict.fromkeys(declared):
            if name in fields:
                fields[name] = fields.pop(name)
        if cls.__name__.startswith("_"):  # a common base class, not a member
            return
        cls.yaml_name = cls.__dict__.get("yaml_name") or cls.__name__
        cls.members.register(cls.yaml_name, cls)
        for name in cls.all_names():
            cls.names.register(name, cls)

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """Return all names of the class, the YAML name first."""
        own_aliases = cls.__dict__.get("aliases", ())
        return (cls.yaml_name, cls.__name__, snake_case(cls.__name__), *own_aliases)

    @classmethod
    def is_family(cls) -> bool:
        """Return whether this is a family, not a member of one."""
        return Component in cls.__bases__

    @classmethod
    def lookup(cls, name: object) -> type[Self] | None:
        """Return the member of the family with a name, or None."""
        return cls.names.get(name) if isinstance(name, str) else None

    @classmethod
    def first_argument(cls) -> str | None:
        """Return the argument that a single value sets: the first one of the class itself."""
        return next((name for name in cls.model_fields if name not in _COMMON_ARGUMENTS), None)

    @classmethod
    def parse(cls, value: object) -> Self:
        """Create a member of this family from any of its forms; raise a ValidationError."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            name, arguments = value, None
        elif isinstance(value, Mapping) and len(value) == 1:
            name, arguments = next(iter(value.items()))
        else:
            raise issues_error(cls._form_issues(value))
        component = cls.lookup(name)
        if component is None:
            message = f"Expected {cls.family}. Received: `{name}`."
            is_name = isinstance(value, str)
            issue = Issue(() if is_name else (name,), message, cls.hint(str(name)), not is_name)
            raise issues_error([issue])
        return component.from_arguments(arguments, (str(name),))

    @classmethod
    def plural(cls) -> str:
        """Return the plural of the family's noun: "losses"."""
        noun = cls.family.split(" ", 1)[1]
        return f"{noun}es" if noun.endswith("s") else f"{noun}s"

    @classmethod
    def hint(cls, name: str) -> str:
        """Return the hint for an unknown name."""
        close = nearest(name, cls.names)
        if close is None:
            return did_you_mean(name, cls.members, cls.plural())
        # A name without underscore means the class: `relu` is ReLU rather than `re_lu`.
        if "_" in close and "_" not in name:
            close = cls.names[close].display_name()
        return f"Did you mean `{close}`?"

    @classmethod
    def _form_issues(cls, value: object) -> list[Issue]:
        """Return the issues of a value that is neither a name nor a name with arguments."""
        names = [key for key in value if cls.lookup(key)] if isinstance(value, Mapping) else []
        if not isinstance(value, Mapping) or not names:
            message = f"Expected {cls.family}. Received: {format_value(value)}."
            return [Issue((), message, f"Write it like `{cls.example}`.")]
        name = names[0]
        component = cls.names[name]
        issues = []
        for key in (key for key in value if key != name):
            message = f"`{key}` is next to {name}."
            if key in component.model_fields:
                hint = f"Make it an argument, `{name}: {{{key}: …}}`: indent it further."
            elif key in names:
                hint = "Keep one of them here."
            else:
                hint = "Remove it."
            issues.append(Issue((key,), message, hint, at_key=True))
        return issues

    @classmethod
    def from_arguments(cls, arguments: object, path: tuple[str | int, ...] = ()) -> Self:
        """Create the component from a mapping, a single value for its first argument, or None."""
        if arguments is None:
            arguments = {}
        elif not isinstance(arguments, Mapping):
            first = cls.first_argument()
            if first is None:
                name, received = cls.display_name(), format_value(arguments)
                message = f"{name} takes no value. Received: {received}."
                raise issues_error([Issue(path, message, f"Write `{name}` alone.")])
            arguments = {first: arguments}
        collector = IssueCollector()
        with collector.collect(*path):
            return cls.model_validate(arguments)
        raise collector.error()

    def to_tree(self) -> str | dict[str, Any]:
        """Return the shortest YAML form: the name, with arguments that differ from the defaults."""
        arguments = {
            name: to_plain_data(value)
            for name, field in type(self).model_fields.items()
            if (value := getattr(self, name)) != field.get_default(call_default_factory=True)
        }
        return {self.display_name(): arguments} if arguments else self.display_name()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a parser of all members for a family, and the model itself for a member."""
        if not cls.is_family():
            return handler(source)
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return a reference for a family; `nnlab.config.json_schema` adds its definition."""
        return {"x-family": cls.__name__} if cls.is_family() else handler(schema)


def to_plain_data(value: Any) -> Any:
    """Return plain YAML data for any value of a config."""
    if isinstance(value, Section):
        return value.to_tree()
    if isinstance(value, Mapping):
        return {key: to_plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain_data(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
