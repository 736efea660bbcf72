"""What Keras says when it refuses a word, as a fault of the config."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnlab.config.diagnostics.suggestions import shown
from nnlab.config.vocabulary.component import Word
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
    path: Sequence[str | int], word: Word, received: Sequence[Shape], error: Exception
) -> Fault:
    """The fault of a word that Keras refuses.

    Args:
        path: Path of the word from the top of the config.
        word: The word.
        received: Shapes of a layer's inputs, the batch as None in front; empty before it is fed.
        error: What Keras raised.

    Returns:
        The fault.

    Example:
        >>> from nnlab.config.vocabulary.layers import Layer
        >>> word, error = Layer.parse({"Reshape": [2, 2]}), ValueError("Sizes differ.")
        >>> keras_fault(("model", "layers", 1), word, [(None, 3)], error).message
        'Reshape with target_shape=[2, 2] cannot take rows of shape [3]. Keras: Sizes differ.'
    """
    name, line = word.called(), _useful_line(error)
    if received:
        rows = "rows of shape" if len(received) == 1 else "rows of shapes"
        shapes = " and ".join(row_shape(shape) for shape in received)
        what = f"{name}{_arguments(word)} cannot take {rows} {shapes}."
    else:
        what = f"{name} cannot be made with these arguments."
    dotted = ".".join(str(part) for part in path)
    remedy = _remedy(name, error) if received else "Change the arguments."
    return Fault(f"{what} Keras: {line}.", dotted, remedy=remedy)


def _arguments(word: Word) -> str:
    """The arguments that were written, behind the name of their word."""
    written = sorted(word.model_fields_set)
    told = ", ".join(f"{name}={shown(getattr(word, name))}" for name in written)
    return f" with {told}" if told else ""


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
