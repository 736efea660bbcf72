"""Diagnostics for components of a config that Keras rejects."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnlab.config.diagnostics.suggestions import format_value
from nnlab.config.vocabulary.component import Component
from nnlab.errors import Diagnostic

Shape = tuple[int | None, ...]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# Lines that Keras adds to an error of a layer's call.
_BOILERPLATE = re.compile(r"^Exception encountered when calling|^Arguments received by|^\s*•")
_AXIS_HINT = "Axis 0 is the batch: use an axis of the rows, or -1 for the last one."
_EQUAL_SHAPES = "Add a Dense before its inputs to give them equal shapes, or use Concatenate."
_HINTS = {
    "Reshape": "Use a target_shape with as many values as a row.",
    "Concatenate": "Use inputs of equal shapes except for the concatenation axis.",
    "Dot": "Use inputs of the same length along `axes`.",
    "GroupNormalization": "Use a number of groups that divides the features, or -1.",
    "Permute": "List each axis of the rows once; 1 is the first after the batch.",
    **dict.fromkeys(
        ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _EQUAL_SHAPES
    ),
}
_DEFAULT_HINT = "Change the layer's arguments, or the layers before it."


def keras_diagnostic(
    path: Sequence[str | int], component: Component, shapes: Sequence[Shape], error: Exception
) -> Diagnostic:
    """Return the diagnostic of an error that Keras raised for a component.

    Args:
        path: Path of the component from the top of the config.
        component: The component.
        shapes: Shapes of a layer's inputs with the batch axis; empty if it was not called.
        error: The error.
    """
    name, reason = component.display_name(), _reason(error)
    if shapes:
        rows = "rows of shape" if len(shapes) == 1 else "rows of shapes"
        formatted = " and ".join(format_row_shape(shape) for shape in shapes)
        message = f"{name}{_format_arguments(component)} cannot take {rows} {formatted}."
    else:
        message = f"{name} cannot be created with these arguments."
    hint = _hint(name, error) if shapes else "Change the arguments."
    return Diagnostic(f"{message} Keras: {reason}.", ".".join(map(str, path)), hint=hint)


def _format_arguments(component: Component) -> str:
    """Format the arguments that the config sets, or return an empty string."""
    names = sorted(component.model_fields_set)
    arguments = ", ".join(f"{name}={format_value(getattr(component, name))}" for name in names)
    return f" with {arguments}" if arguments else ""


def format_row_shape(shape: Shape) -> str:
    """Format a shape without its batch axis, as a config writes it.

    Example:
        >>> format_row_shape((None, None, 28))
        '[any, 28]'
    """
    return str(["any" if length is None else length for length in shape[1:]]).replace("'", "")


def _reason(error: Exception) -> str:
    """Return the first line of an error that is not Keras' boilerplate."""
    lines = (line.strip() for line in _ANSI.sub("", str(error)).splitlines())
    line = next(
        (line for line in lines if line and not _BOILERPLATE.match(line)), type(error).__name__
    )
    return line.rstrip(".")


def _hint(component: str, error: Exception) -> str:
    if isinstance(error, IndexError):
        return _AXIS_HINT
    mentions_axis = "axis" in _reason(error).lower()
    return _HINTS.get(component, _AXIS_HINT if mentions_axis else _DEFAULT_HINT)
