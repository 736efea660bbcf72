"""From words of the config to the Keras objects that they name."""

from __future__ import annotations

from typing import Any

import keras

from nnlab.config.vocabulary.component import Component, snake_case

# A word's family is its base class; these are the modules that hold the family's classes.
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


def to_keras(component: Component, **overrides: Any) -> Any:
    """The Keras object that a word names, its arguments' words included; a new one at every call.

    An object without a name is called by its type: `dense`, however many there were before.

    Args:
        component: A word of a Keras family.
        **overrides: Arguments in place of the word's own, such as `name`.

    Returns:
        The object; for a word that Keras best resolves by itself (`accuracy`), the string.

    Raises:
        ValueError: Keras refuses the arguments.

    Example:
        >>> from nnlab.config.vocabulary.initializers import Constant
        >>> to_keras(Constant(value=0.5)).value
        0.5
    """
    as_string = getattr(component, "keras_string", "")
    if as_string:
        return as_string
    arguments = {name: _value(getattr(component, name)) for name in type(component).model_fields}
    if arguments.get("name", "") is None:
        # Left to itself Keras counts up with every object that the process makes: dense, dense_1,
        # dense_2.
        arguments["name"] = snake_case(type(component).__name__)
    made = getattr(_MODULES[family_name(component)], type(component).__name__)(
        **arguments | overrides
    )
    if isinstance(made, keras.regularizers.OrthogonalRegularizer):
        # Keras makes it a tensor in float32, which it cannot multiply by one of another precision.
        made.factor = arguments["factor"]
    return made


def family_name(component: Component) -> str:
    """The name of a word's family: that of its ancestor right below `Component`.

    Args:
        component: Any word.

    Returns:
        `Layer`, `Optimizer` and so on.
    """
    return next(base.__name__ for base in type(component).__mro__ if Component in base.__bases__)


def _value(value: Any) -> Any:
    if isinstance(value, Component):
        return to_keras(value)
    if isinstance(value, list | tuple):
        return type(value)(_value(item) for item in value)
    return value
