"""The search space in the formats of Keras Tuner and Optuna.

Values of finite hyperparameters are encoded as their position. Both libraries then treat steps
equally, including logarithmic ones, and no value is rounded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import keras_tuner

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.runs.records.trial import Value

if TYPE_CHECKING:
    # Takes 0.3 s to import, and only a Bayesian search requires it.
    import optuna


class SpaceMapping:
    """A mapping between values of hyperparameters and their codes.

    Args:
        hyperparameters: All hyperparameters, each after those that it depends on.
    """

    def __init__(self, hyperparameters: Iterable[Hyperparameter]) -> None:
        self._dimensions = {
            hyperparameter.name: _Dimension(hyperparameter) for hyperparameter in hyperparameters
        }

    def keras_tuner_space(self) -> keras_tuner.HyperParameters:
        """Return the space for Keras Tuner, completely declared, with its conditions."""
        space = keras_tuner.HyperParameters()
        for dimension in self._dimensions.values():
            with contextlib.ExitStack() as scopes:
                for condition in dimension.hyperparameter.conditions:
                    parent = self._dimensions[condition.name]
                    codes = [parent.encode(value) for value in condition.values]
                    scopes.enter_context(space.conditional_scope(parent.name, codes))
                dimension.declare(space)
        return space

    def suggest_values(self, trial: optuna.Trial) -> dict[str, Value]:
        """Return the values suggested by a trial of Optuna, of the active hyperparameters."""
        values: dict[str, Value] = {}
        for name, dimension in self._dimensions.items():
            if dimension.hyperparameter.is_active(values):
                values[name] = dimension.decode(dimension.suggest(trial))
        return values

    def optuna_distributions(
        self, values: Mapping[str, Value]
    ) -> dict[str, optuna.distributions.BaseDistribution]:
        """Return the distributions of these values for Optuna."""
        return {name: self._dimensions[name].distribution for name in values}

    def optuna_params(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return the values as stored by Optuna."""
        return {name: self._dimensions[name].to_optuna(value) for name, value in values.items()}

    def encode(self, values: Mapping[str, Value]) -> dict[str, int | float]:
        """Return the codes of values."""
        return {name: self._dimensions[name].encode(value) for name, value in values.items()}

    def decode(self, codes: Mapping[str, int | float]) -> dict[str, Value]:
        """Return the values of codes, of the active hyperparameters; ignore other names."""
        values: dict[str, Value] = {}
        for name, dimension in self._dimensions.items():
            if name in codes and dimension.hyperparameter.is_active(values):
                values[name] = dimension.decode(codes[name])
        return values


class _Dimension:
    """A hyperparameter and the codes of its values."""

    def __init__(self, hyperparameter: Hyperparameter) -> None:
        self.hyperparameter = hyperparameter
        self.name = hyperparameter.name
        # Integers on a logarithmic scale without a step are finite, but not equally likely.
        self._by_position = hyperparameter.size is not None and (
            hyperparameter.step is not None or bool(hyperparameter.values)
        )

    @cached_property
    def _points(self) -> Sequence[Value]:
        return tuple(self.hyperparameter.points())

    @cached_property
    def _positions(self) -> Mapping[tuple[type, Value], int]:
        # With types, because True equals 1.
        return {(type(point), point): position for position, point in enumerate(self._points)}

    def encode(self, value: Value) -> int | float:
        if not self._by_position:
            return float(value) if self.hyperparameter.kind == "float" else int(value)
        return self._positions[type(value), value]

    def decode(self, code: float) -> Value:
        if self._by_position:
            return self._points[int(code)]
        return int(code) if self.hyperparameter.kind == "int" else float(code)

    def declare(self, space: keras_tuner.HyperParameters) -> None:
        hyperparameter = self.hyperparameter
        if self._by_position:
            default = self.encode(hyperparameter.default)
            space.Int(self.name, 0, len(self._points) - 1, default=default)
            return
        declare = space.Int if hyperparameter.kind == "int" else space.Float
        declare(
            self.name,
            hyperparameter.min_value,
            hyperparameter.max_value,
            sampling=hyperparameter.sampling,
            default=hyperparameter.default,
        )

    @cached_property
    def distribution(self) -> optuna.distributions.BaseDistribution:
        from optuna import distributions

        hyperparameter = self.hyperparameter
        if self._by_position:
            last = len(self._points) - 1
            if hyperparameter.ordered:
                return distributions.IntDistribution(0, last)
            return distributions.CategoricalDistribution(tuple(range(last + 1)))
        low, high = hyperparameter.min_value, hyperparameter.max_value
        is_log = hyperparameter.sampling != "linear"
        if hyperparameter.kind == "int":
            return distributions.IntDistribution(low, high, log=is_log)
        return distributions.FloatDistribution(low, high, log=is_log)

    def suggest(self, trial: optuna.Trial) -> int | float:
        code: int | float = trial._suggest(self.name, self.distribution)  # noqa: SLF001 - the public methods only build the distribution
        return self._mirror(code)

    def to_optuna(self, value: Value) -> int | float:
        return self._mirror(self.encode(value))

    def _mirror(self, code: float) -> int | float:
        """Mirror a code on a reversed logarithmic scale, which Optuna does not have."""
        hyperparameter = self.hyperparameter
        if self._by_position or hyperparameter.sampling != "reverse_log":
            return code
        return (hyperparameter.min_value or 0) + (hyperparameter.max_value or 0) - code
