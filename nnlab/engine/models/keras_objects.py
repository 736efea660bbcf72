"""Create the Keras objects of a config's components."""

from __future__ import annotations

from typing import Any

import keras

from nnlab.config.vocabulary.component import Component, snake_case

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
