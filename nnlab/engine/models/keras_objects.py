"""Create the Keras objects of a config's components, with unique names; diagnose rejected ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import keras

from nnlab.config.diagnostics import format_value
from nnlab.config.vocabulary.component import Component, snake_case
from nnlab.errors import Diagnostic

Shape = tuple[int | None, ...]

# The Keras module of each family of components, by the name of the family's base class.
_MODULES: dict[str, Any] = {
    "Layer": keras.layers,
    "Initializer": keras.initializers,
    "Regularizer": keras.regularizers,
    "Constraint": keras.constraints,
    "Optimizer": keras.optimizers,
    "Schedule": keras.optimizers.schedules,
    "Loss": keras.losses,
    "Metric": keras.metrics,
}
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


def to_keras(component: Component, **overrides: Any) -> Any:
    """Create the Keras object of a component, with those of its arguments; a new one per call.

    An unnamed object is named after its type, `dense`, however many the process has created.

    Args:
        component: A component of a Keras family.
        **overrides: Arguments that replace the component's, such as `name`.

    Returns:
        The object; a string for a component that Keras resolves itself, such as `accuracy`.

    Raises:
        ValueError: Keras rejects the arguments.
    """
    as_string = getattr(component, "keras_string", "")
    if as_string:
        return as_string
    arguments = {
        name: _argument_to_keras(getattr(component, name)) for name in type(component).model_fields
    }
    if arguments.get("name", "") is None:
        # By default Keras numbers all objects of the process: dense, dense_1, dense_2.
        arguments["name"] = snake_case(type(component).__name__)
    keras_class = getattr(_MODULES[family_name(component)], type(component).__name__)
    instance = keras_class(**arguments | overrides)
    if isinstance(instance, keras.regularizers.OrthogonalRegularizer):
        # Keras converts the factor to a float32 tensor, which fails with kernels of other dtypes.
        instance.factor = arguments["factor"]
    return instance


def family_name(component: Component) -> str:
    """Return the name of a component's family, such as `Layer`: its class below `Component`."""
    return next(base.__name__ for base in type(component).__mro__ if Component in base.__bases__)


def _argument_to_keras(value: Any) -> Any:
    if isinstance(value, Component):
        return to_keras(value)
    if isinstance(value, list | tuple):
        return type(value)(_argument_to_keras(item) for item in value)
    return value


class UniqueNames:
    """Generate names that are not taken.

    Example:
        >>> names = UniqueNames(["dense"])
        >>> names.unique("dense"), names.unique("dense"), names.unique("dropout")
        ('dense_1', 'dense_2', 'dropout')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def unique(self, base: str) -> str:
        """Return the name itself, with a number appended if it is taken, and mark it as taken."""
        name, number = base, 0
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name


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
    # The first line that is not Keras' boilerplate.
    lines = (line.strip() for line in _ANSI.sub("", str(error)).splitlines())
    reason = next((line for line in lines if line and not _BOILERPLATE.match(line)), "")
    reason = (reason or type(error).__name__).rstrip(".")
    name, hint = component.display_name(), "Change the arguments."
    if shapes:
        rows = "rows of shape" if len(shapes) == 1 else "rows of shapes"
        formatted = " and ".join(format_row_shape(shape) for shape in shapes)
        arguments = ", ".join(
            f"{argument}={format_value(getattr(component, argument))}"
            for argument in sorted(component.model_fields_set)
        )
        with_arguments = f" with {arguments}" if arguments else ""
        message = f"{name}{with_arguments} cannot take {rows} {formatted}."
        hint = _HINTS.get(name, _AXIS_HINT if "axis" in reason.lower() else _DEFAULT_HINT)
        if isinstance(error, IndexError):
            hint = _AXIS_HINT
    else:
        message = f"{name} cannot be created with these arguments."
    return Diagnostic(f"{message} Keras: {reason}.", ".".join(map(str, path)), hint=hint)


def format_row_shape(shape: Shape) -> str:
    """Format a shape without its batch axis, as a config writes it.

    Example:
        >>> format_row_shape((None, None, 28))
        '[any, 28]'
    """
    return str(["any" if length is None else length for length in shape[1:]]).replace("'", "")
