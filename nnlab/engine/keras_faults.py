"""What Keras says when it refuses a word, as a fault of the config."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnlab.errors import Fault

Shape = tuple[int | None, ...]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# The frame that Keras puts around an error of a layer's call.
_FRAME = re.compile(r"^Exception encountered when calling|^Arguments received by|^\s*•")
_AXIS_REMEDY = "Axis 0 is the batch: write an axis that the rows have, or -1 for the last."
_EQUAL_SHAPES = "Give its inputs equal shapes with a Dense in front, or join them with Concatenate."
_REMEDIES = {
    "Reshape": "Write a target_shape with as many values as a row has.",
    "Concatenate": "Let its inputs agree in all axes but the one that they are joined along.",
    "Dot": "Let its inputs have the same length along `axes`.",
    "GroupNormalization": "Write a number of groups that divides the features, or -1.",
    "Permute": "Write each axis of the rows once; 1 is the first behind the batch.",
    **dict.fromkeys(
        ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _EQUAL_SHAPES
    ),
}
_OTHER_REMEDY = "Change the layer's arguments, or what stands before it."


def keras_fault(
    path: Sequence[str | int], word: str, received: Sequence[Shape], error: Exception
) -> Fault:
    """The fault of a word that Keras refuses.

    Args:
        path: Path of the word from the top of the config.
        word: Its name.
        received: Shapes of a layer's inputs, the batch as None in front; empty before it is fed.
        error: What Keras raised.

    Returns:
        The fault.

    Example:
        >>> path = ("model", "layers", "skip")
        >>> shapes = [(None, 3), (None, 4)]
        >>> keras_fault(path, "Add", shapes, ValueError("Incompatible shapes.")).message
        'Add cannot take rows of shapes [3] and [4]. Keras: Incompatible shapes.'
    """
    if received:
        rows = "rows of shape" if len(received) == 1 else "rows of shapes"
        what = f"{word} cannot take {rows} {' and '.join(row_shape(shape) for shape in received)}."
    else:
        what = f"{word} cannot be made with these arguments."
    dotted = ".".join(str(part) for part in path)
    remedy = _remedy(word, error) if received else "Change the arguments."
    return Fault(f"{what} Keras: {_useful_line(error)}.", dotted, remedy=remedy)


def row_shape(shape: Shape) -> str:
    """The shape of one row as a config writes it.

    Args:
        shape: A shape with the batch in front.

    Returns:
        The shape without it.

    Example:
        >>> row_shape((None, 28, 28))
        '[28, 28]'
    """
    return str(["any" if length is None else length for length in shape[1:]]).replace("'", "")


def _useful_line(error: Exception) -> str:
    lines = (line.strip() for line in _ANSI.sub("", str(error)).splitlines())
    line = next((line for line in lines if line and not _FRAME.match(line)), type(error).__name__)
    return line.rstrip(".")


def _remedy(word: str, error: Exception) -> str:
    if isinstance(error, IndexError):
        return _AXIS_REMEDY
    about_axis = "axis" in _useful_line(error).lower()
    return _REMEDIES.get(word, _AXIS_REMEDY if about_axis else _OTHER_REMEDY)
