"""The base of the vocabulary: a word is one Keras class, its fields that class's arguments.

In YAML a word stands alone (`BatchNormalization`), with one value for its first argument
(`Dropout: 0.3`) or with named arguments (`Dense: {units: 64}`). Keras' snake_case names
(`he_normal`) and short aliases (`mse`) are the same word. Validated, it is an instance of its
class, whatever form it had.
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

from nnlab.config.diagnostics.issues import Issue, IssueCollector, issues_error
from nnlab.config.diagnostics.suggestions import format_value
from nnlab.config.vocabulary.registry import Registry
from nnlab.text import did_you_mean, nearest


def snake_case(name: str) -> str:
    """The snake_case form of a class name, by Keras' own rule.

    Args:
        name: A class name.

    Returns:
        The alias that Keras gives it.

    Example:
        >>> snake_case("HeNormal"), snake_case("LeakyReLU"), snake_case("KLDivergence")
        ('he_normal', 'leaky_re_lu', 'kl_divergence')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


# The section that a key belongs to, for those who write it into another.
_HOMES: dict[str, str] = {}

# Arguments of any word of a family: nobody means one of these by a lone value.
_COMMON_ARGUMENTS = frozenset({"name", "trainable", "dtype"})


class Section(BaseModel):
    """A mapping of the config: frozen, with known keys alone and values of the exact type.

    `home` is the key at the top of the config that one of the sections there stands behind.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        defer_build=True,
        protected_namespaces=(),
    )

    home: ClassVar[str] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Forget the annotations of class variables.

        Pydantic evaluates those of all ancestors again for each class: a quarter of the time that
        the vocabulary takes to import.
        """
        for name in cls.__class_vars__:
            cls.__annotations__.pop(name, None)
        if cls.home:
            _HOMES.update(dict.fromkeys(cls.__pydantic_fields__, cls.home))

    @classmethod
    def display_name(cls) -> str:
        """What messages call this mapping."""
        return cls.__name__

    def to_tree(self) -> Any:
        """The YAML form; keys whose value is None are left out."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: tree(value) for name, value in fields.items() if value is not None}

    @model_validator(mode="wrap")
    @classmethod
    def _name_the_unknown_keys(cls, data: Any, validate: Callable[[Any], Self]) -> Self:
        if isinstance(data, cls):
            return validate(data)
        if data is None:  # a key with nothing behind it
            data = {}
        what = f"{'arguments' if issubclass(cls, Component) else 'keys'} of {cls.display_name()}"
        if not isinstance(data, Mapping):
            message = f"Expected the {what} with their values. Received: {format_value(data)}."
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
            hint = did_you_mean(str(key), cls.model_fields, what)
            if key in _HOMES and nearest(str(key), cls.model_fields) is None:
                hint = f"Move it to `{_HOMES[key]}`."
            collector.add(Issue((key,), f"Unknown key `{key}`.", hint, at_key=True))
        raise collector.error()


class Component(Section):
    """One Keras class and its arguments; subclasses of a family (`Layer`, …) register themselves.

    A family is a direct subclass of `Component`; its `family` is the phrase for a member of it, "a
    layer", its `example` a member as one writes it. As the type of a field it takes any of its
    members, in any form that YAML allows.
    `files` are the files beside the family's own that its words stand in, with their names: such a
    word is loaded when it is first asked for. `members` and `names` find words, by their name in
    YAML and by all of their names.
    `aliases` are names besides the class's own and its snake_case form; `yaml_name` is the name in
    YAML where it is not the class's.

    Example:
        >>> from nnlab.config.vocabulary.initializers import Initializer
        >>> Initializer.parse("he_normal")
        HeNormal(seed=None)
        >>> Initializer.parse({"Constant": 0.5}).to_tree()
        {'Constant': {'value': 0.5}}
    """

    aliases: ClassVar[tuple[str, ...]] = ()
    yaml_name: ClassVar[str] = ""
    family: ClassVar[str] = ""
    example: ClassVar[str] = ""
    files: ClassVar[Mapping[str, str]] = {}
    members: ClassVar[Registry[Any]] = Registry("", {})
    names: ClassVar[Registry[Any]] = Registry("", {})

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Open a family, or enter the word into its family's vocabulary under all of its names."""
        super().__pydantic_init_subclass__()
        if cls.is_family():
            package = cls.__module__.rpartition(".")[0]
            cls.members, cls.names = Registry(package, cls.files), Registry(package, cls.files)
            return
        cls._own_fields_first()
        if cls.__name__.startswith("_"):  # what words have in common, no word itself
            return
        cls.yaml_name = cls.__dict__.get("yaml_name") or cls.__name__
        cls.members.register(cls.yaml_name, cls)
        for name in cls.all_names():
            cls.names.register(name, cls)

    @classmethod
    def _own_fields_first(cls) -> None:
        """Put what the class declares before what it inherits, as Keras does, unlike pydantic."""
        fields = cls.__pydantic_fields__
        declared = (name for base in cls.__mro__ for name in get_annotations(base))
        for name in dict.fromkeys(declared):
            if name in fields:
                fields[name] = fields.pop(name)

    @classmethod
    def all_names(cls) -> tuple[str, ...]:
        """Every name that the word answers to, its name in YAML first."""
        own_aliases = cls.__dict__.get("aliases", ())
        return (cls.yaml_name, cls.__name__, snake_case(cls.__name__), *own_aliases)

    @classmethod
    def display_name(cls) -> str:
        """What messages call this word: its name in YAML."""
        return cls.yaml_name or cls.__name__

    @classmethod
    def is_family(cls) -> bool:
        """Whether this is a family, not a member of one."""
        return Component in cls.__bases__

    @classmethod
    def lookup(cls, name: object) -> type[Self] | None:
        """The member of the family that answers to a name, or None.

        Args:
            name: A class name, snake_case name or alias.
        """
        return cls.names.get(name) if isinstance(name, str) else None

    @classmethod
    def first_argument(cls) -> str | None:
        """The argument that a lone value fills: the first one that belongs to this word alone."""
        return next((name for name in cls.model_fields if name not in _COMMON_ARGUMENTS), None)

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a member of this family from any of its forms.

        Args:
            value: A word, its name, or a mapping with its name as the only key.

        Returns:
            The word.

        Raises:
            ValidationError: For every fault in the name and the arguments.
        """
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
            lone = isinstance(value, str)
            issue = Issue(() if lone else (name,), message, cls.hint(str(name)), not lone)
            raise issues_error([issue])
        return component.from_arguments(arguments, (str(name),))

    @classmethod
    def plural(cls) -> str:
        """What messages call several members of the family: "losses"."""
        noun = cls.family.split(" ", 1)[1]
        return f"{noun}es" if noun.endswith("s") else f"{noun}s"

    @classmethod
    def hint(cls, name: str) -> str:
        """What to do about a name that no member of the family answers to.

        Args:
            name: The name.
        """
        close = nearest(name, cls.names)
        if close is None:
            return did_you_mean(name, cls.members, cls.plural())
        # Who writes no underscore means the class: `relu` is nearer to ReLU than to `re_lu`.
        if "_" in close and "_" not in name:
            close = cls.names[close].display_name()
        return f"Did you mean `{close}`?"

    @classmethod
    def _form_issues(cls, value: object) -> list[Issue]:
        """What is wrong with a value that is neither a name nor a name with its arguments."""
        names = [key for key in value if cls.lookup(key)] if isinstance(value, Mapping) else []
        if not isinstance(value, Mapping) or not names:
            message = f"Expected {cls.family}. Received: {format_value(value)}."
            return [Issue((), message, f"Write it like `{cls.example}`.")]
        name = names[0]
        component = cls.names[name]
        issues = []
        for key in (key for key in value if key != name):
            message = f"`{key}` stands beside {name}."
            if key in component.model_fields:
                hint = f"Put it among the arguments, `{name}: {{{key}: …}}`: indent it deeper."
            elif key in names:
                hint = "Keep one of them here."
            else:
                hint = "Remove it."
            issues.append(Issue((key,), message, hint, at_key=True))
        return issues

    @classmethod
    def from_arguments(cls, arguments: object, under: tuple[str | int, ...] = ()) -> Self:
        """Read this word's arguments: a mapping, a lone value for the first of them, or None.

        Args:
            arguments: What stands behind the word's name in YAML.
            under: Path put in front of the places of faults.

        Returns:
            The word.

        Raises:
            ValidationError: For every fault in the arguments.
        """
        if arguments is None:
            arguments = {}
        elif not isinstance(arguments, Mapping):
            first = cls.first_argument()
            if first is None:
                name, received = cls.display_name(), format_value(arguments)
                message = f"{name} takes no lone value. Received: {received}."
                raise issues_error([Issue(under, message, f"Write `{name}` alone.")])
            arguments = {first: arguments}
        collector = IssueCollector()
        with collector.collect(*under):
            return cls.model_validate(arguments)
        raise collector.error()

    def to_tree(self) -> str | dict[str, Any]:
        """The shortest YAML form: the name, with the arguments that are not Keras' defaults."""
        arguments = {
            name: tree(value)
            for name, field in type(self).model_fields.items()
            if (value := getattr(self, name)) != field.get_default(call_default_factory=True)
        }
        return {self.display_name(): arguments} if arguments else self.display_name()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A family as a field's type reads any of its members; a member reads its own arguments."""
        if not cls.is_family():
            return handler(source)
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A family is named only; `nnlab.config.json_schema` writes its definition, once."""
        return {"x-family": cls.__name__} if cls.is_family() else handler(schema)


def tree(value: Any) -> Any:
    """Plain YAML data for any value of a config.

    Args:
        value: A word, a section, a list, a mapping, a path or a scalar.

    Returns:
        Mappings, lists and scalars alone.
    """
    if isinstance(value, Section):
        return value.to_tree()
    if isinstance(value, Mapping):
        return {key: tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tree(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
