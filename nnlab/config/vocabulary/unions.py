"""Unions of argument types: a number or a schedule, an axis or a list of axes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import ConfigDict, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from nnlab.config.diagnostics import Issue, format_value, hint_for_type, issues_error
from nnlab.config.vocabulary.component import Component
from nnlab.text import nearest

# Phrases for a value of a type, and for several values.
_PHRASES: dict[Any, tuple[str, str]] = {
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    str: ("a name", "names"),
    bool: ("true or false", "true or false"),
    dict: ("a mapping", "mappings"),
}
# Pydantic's error types for a value of another type.
_ERROR_TYPES = {int: "int_type", float: "float_type", bool: "bool_type"}


class ShapeUnion:
    """Mark a union that selects its branch by the shape of the value.

    By default, pydantic tries every branch, reports the errors of all of them and adds the names of
    the branches to the paths. With this marker, a value is validated by one branch only.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return a validator that selects the branch; the JSON Schema keeps the union."""
        branches = [_Branch(annotation) for annotation in get_args(source)]

        def validate(value: object, _: object) -> object:
            branch = next((branch for branch in branches if branch.matches(value)), None)
            if branch is not None and branch.is_known(value):
                return branch.validate(value)
            expected = " or ".join(branch.phrase for branch in branches)
            expected = expected.replace("true or false or", "true, false or")
            message = f"Expected {expected}. Received: {format_value(value)}."
            hint = branch.suggest(value) if branch else ""
            hints = (hint_for_type(_ERROR_TYPES.get(branch.kind, ""), value) for branch in branches)
            raise issues_error([Issue((), message, next(filter(None, hints), hint))])

        return core_schema.no_info_wrap_validator_function(validate, handler(source))


class _Branch:
    """One type of a union."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        bare = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
        self._arguments = get_args(bare)
        self.kind = get_origin(bare) or bare

    @property
    def _family(self) -> type[Component] | None:
        return (
            self.kind if isinstance(self.kind, type) and issubclass(self.kind, Component) else None
        )

    @property
    def phrase(self) -> str:
        """The phrase for a value of this type in messages."""
        if self._family is not None:
            return self._family.family
        if self.kind is Literal:
            return " or ".join(f"`{choice}`" for choice in self._arguments)
        if self.kind is list:
            phrases = _PHRASES.get(_Branch(self._arguments[0]).kind)
            return f"a list of {phrases[1]}" if phrases else "a list"
        return _PHRASES[self.kind][0]

    def matches(self, value: object) -> bool:
        """Return whether a value has the shape of this type, valid or not."""
        if self._family is not None:
            return isinstance(value, str | Mapping | Component)
        if isinstance(value, bool):
            return self.kind is bool
        if self.kind is dict:
            return isinstance(value, Mapping)
        if self.kind is float:
            return isinstance(value, int | float)
        return isinstance(value, str if self.kind is Literal else self.kind)

    def is_known(self, value: object) -> bool:
        """Return False for an unknown name, which may be meant for any branch."""
        if not isinstance(value, str):
            return True
        if self.kind is Literal:
            return value in self._arguments
        return self._family is None or self._family.lookup(value) is not None

    def suggest(self, value: object) -> str:
        """Return the hint for an unknown name."""
        if self._family is not None:
            return self._family.hint(str(value))
        close = nearest(str(value), self._arguments)
        return f"Did you mean `{close}`?" if close else ""

    def validate(self, value: object) -> object:
        """Validate a value of this shape."""
        if self._family is not None:
            return self._family.parse(value)
        return self._adapter.validate_python(value)

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._annotation, config=ConfigDict(strict=True, allow_inf_nan=False))
