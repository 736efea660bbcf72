"""What Keras says when it refuses a word, as a fault of the config."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnlab.config.diagnostics.suggestions import format_value
from nnlab.config.vocabulary.component import Component
from nnlab.errors import Diagnostic

Shape = tuple[int | None, ...]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# The frame that Keras puts around an error of a layer's call.
_FRAME = re.compile(r"^Exception encountered when calling|^Arguments received by|^\s*•")
_AXIS_HINT = "Axis 0 is the batch: write an axis that the rows have, or -1 for the last."
_EQUAL_SHAPES = "Give its inputs equal shapes with a Dense in front, or join them with Concatenate."
_HINTS = {
    "Reshape": "Write a target_shape with as many values as a row has.",
    "Concatenate": "Let its inputs agree in all axes but the one that they are joined along.",
    "Dot": "Let its inputs have the same length along `axes`.",
    "GroupNormalization": "Write a number of groups that divides the features, or -1.",
    "Permute": "Write each axis of the rows once; 1 is the first behind the batch.",
    **dict.fromkeys(
        ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _EQUAL_SHAPES
    ),
}
_OTHER_HINT = "Change the layer's arguments, or what stands before it."


def keras_diagnostic(
    path: Sequence[str | int], component: Component, received: Sequence[Shape], error: Exception
) -> Diagnostic:
    """The fault of a word that Keras refuses.

    Args:
        path: Path of the word from the top of the config.
        component: The word.
        received: Shapes of a layer's inputs, the batch as None in front; empty before it is fed.
        error: What Keras raised.

    Returns:
        The fault.

    Example:
        >>> from nnlab.config.vocabulary.layers import Layer
        >>> component, error = Layer.parse({"Reshape": [2, 2]}), ValueError("Sizes differ.")
        >>> keras_diagnostic(("model", "layers", 1), component, [(None, 3)], error).message
        'Reshape with target_shape=[2, 2] cannot take rows of shape [3]. Keras: Sizes differ.'
    """
    name, line = component.display_name(), _useful_line(error)
    if received:
        rows = "rows of shape" if len(received) == 1 else "rows of shapes"
        shapes = " and ".join(format_row_shape(shape) for shape in received)
        what = f"{name}{_arguments(component)} cannot take {rows} {shapes}."
    else:
        what = f"{name} cannot be made with these arguments."
    format_path = ".".join(str(part) for part in path)
    hint = _hint(name, error) if received else "Change the arguments."
    return Diagnostic(f"{what} Keras: {line}.", format_path, hint=hint)


def _arguments(component: Component) -> str:
    """The arguments that were written, behind the name of their word."""
    written = sorted(component.model_fields_set)
    told = ", ".join(f"{name}={format_value(getattr(component, name))}" for name in written)
    return f" with {told}" if told else ""


def format_row_shape(shape: Shape) -> str:
    """The shape of one row as a config writes it.

    Args:
        shape: A shape with the batch in front.

    Returns:
        The shape without it.

    Example:
        >>> format_row_shape((None, 28, 28))
        '[28, 28]'
    """
    return str(["any" if length is None else length for length in shape[1:]]).replace("'", "")


def _useful_line(error: Exception) -> str:
    lines = (line.strip() for line in _ANSI.sub("", str(error)).splitlines())
    line = next((line for line in lines if line and not _FRAME.match(line)), type(error).__name__)
    return line.rstrip(".")


def _hint(component: str, error: Exception) -> str:
    if isinstance(error, IndexError):
        return _AXIS_HINT
    about_axis = "axis" in _useful_line(error).lower()
    return _HINTS.get(component, _AXIS_HINT if about_axis else _OTHER_HINT)
