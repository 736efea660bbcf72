"""Arguments that take values of several forms: a number or a schedule, an axis or several."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import ConfigDict, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.diagnostics.suggestions import format_value, hint_for_type
from nnlab.config.vocabulary.component import Component
from nnlab.text import nearest

# What messages call a value of a type, and several of them.
_PHRASES: dict[Any, tuple[str, str]] = {
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    str: ("a name", "names"),
    bool: ("true or false", "true or false"),
    dict: ("a mapping", "mappings"),
}
# What pydantic calls a value that is none of a type.
_KINDS = {int: "int_type", float: "float_type", bool: "bool_type"}


class ShapeUnion:
    """Marks a union whose branch the form of the value decides.

    Left to itself, pydantic tries every branch, reports the faults of all of them and puts the
    branches' names into their paths. Here a value is read by the one branch that it was meant for,
    and faults stand where they are.

    Example:
        >>> axes = TypeAdapter(Annotated[int | list[int], ShapeUnion()])
        >>> axes.validate_python([1, -1])
        [1, -1]
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """A reader that picks the branch; the union itself stays inside for the JSON Schema."""
        branches = [_Branch(annotation) for annotation in get_args(source)]

        def read(value: object, _: object) -> object:
            meant = next((branch for branch in branches if branch.is_meant_by(value)), None)
            if meant is not None and meant.knows(value):
                return meant.read(value)
            expected = " or ".join(branch.phrase for branch in branches)
            expected = expected.replace("true or false or", "true, false or")
            message = f"Expected {expected}. Received: {format_value(value)}."
            hint = meant.suggest(value) if meant else ""
            hints = (hint_for_type(_KINDS.get(branch.kind, ""), value) for branch in branches)
            raise issues_error([Issue((), message, next(filter(None, hints), hint))])

        return core_schema.no_info_wrap_validator_function(read, handler(source))


class _Branch:
    """One type of such a union."""

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
        """What messages call a value of this type."""
        if self._family is not None:
            return self._family.family
        if self.kind is Literal:
            return " or ".join(f"`{choice}`" for choice in self._arguments)
        if self.kind is list:
            several = _PHRASES.get(_Branch(self._arguments[0]).kind)
            return f"a list of {several[1]}" if several else "a list"
        return _PHRASES[self.kind][0]

    def is_meant_by(self, value: object) -> bool:
        """Whether a value has this type's form, be it right or wrong."""
        if self._family is not None:
            return isinstance(value, str | Mapping | Component)
        if isinstance(value, bool):
            return self.kind is bool
        if self.kind is dict:
            return isinstance(value, Mapping)
        if self.kind is float:
            return isinstance(value, int | float)
        return isinstance(value, str if self.kind is Literal else self.kind)

    def knows(self, value: object) -> bool:
        """False for a name that means nothing here: it may stand for any branch's value."""
        if not isinstance(value, str):
            return True
        if self.kind is Literal:
            return value in self._arguments
        return self._family is None or self._family.lookup(value) is not None

    def suggest(self, value: object) -> str:
        """The remedy for a name that means nothing here."""
        if self._family is not None:
            return self._family.hint(str(value))
        close = nearest(str(value), self._arguments)
        return f"Did you mean `{close}`?" if close else ""

    def read(self, value: object) -> object:
        """Validate a value of this form."""
        if self._family is not None:
            return self._family.parse(value)
        return self._adapter.validate_python(value)

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._annotation, config=ConfigDict(strict=True, allow_inf_nan=False))
