"""Hyperparameters as the libraries that propose values take them.

Where there are finitely many values, what is proposed is the position of one. So every library
treats steps, logarithmic ones too, alike, and nothing is lost in rounding.
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
    # A third of a second, which a random search need not wait for.
    import optuna


class SpaceMapping:
    """A space of hyperparameters, and codes for their values.

    Args:
        hyperparameters: All of them, each behind those that it depends on.
    """

    def __init__(self, hyperparameters: Iterable[Hyperparameter]) -> None:
        self._all = [_Dimension(one) for one in hyperparameters]
        self._named = {coded.name: coded for coded in self._all}

    def keras_tuner_space(self) -> keras_tuner.HyperParameters:
        """The space for Keras Tuner, all of it declared, with its conditions."""
        space = keras_tuner.HyperParameters()
        for coded in self._all:
            with contextlib.ExitStack() as scopes:
                for condition in coded.hyperparameter.conditions:
                    parent = self._named[condition.name]
                    values = [parent.encode(value) for value in condition.values]
                    scopes.enter_context(space.conditional_scope(parent.name, values))
                coded.declare(space)
        return space

    def suggested(self, trial: optuna.Trial) -> dict[str, Value]:
        """The values that a trial of Optuna's suggests, of those that matter.

        Args:
            trial: The trial.
        """
        values: dict[str, Value] = {}
        for coded in self._all:
            if coded.hyperparameter.is_active(values):
                values[coded.name] = coded.decode(coded.suggest(trial))
        return values

    def optuna_distributions(
        self, values: Mapping[str, Value]
    ) -> dict[str, optuna.distributions.BaseDistribution]:
        """What Optuna has chosen values from.

        Args:
            values: The values by name.
        """
        return {name: self._named[name].distribution for name in values}

    def optuna_params(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Values as Optuna keeps them.

        Args:
            values: The values by name.
        """
        return {name: self._named[name].to_optuna(value) for name, value in values.items()}

    def encode(self, values: Mapping[str, Value]) -> dict[str, int | float]:
        """Codes for values.

        Args:
            values: The values by name.
        """
        return {name: self._named[name].encode(value) for name, value in values.items()}

    def decode(self, codes: Mapping[str, int | float]) -> dict[str, Value]:
        """The values behind codes, of those that matter.

        Args:
            codes: The codes by name; other names are ignored.
        """
        values: dict[str, Value] = {}
        for coded in self._all:
            if coded.name in codes and coded.hyperparameter.is_active(values):
                values[coded.name] = coded.decode(codes[coded.name])
        return values


class _Dimension:
    """One hyperparameter and the codes for its values."""

    def __init__(self, hyperparameter: Hyperparameter) -> None:
        self.hyperparameter = hyperparameter
        self.name = hyperparameter.name
        one = hyperparameter
        # A whole number without a step of its own on a logarithmic scale: its values are finitely
        # many, but not alike.
        self._by_position = one.size is not None and (one.step is not None or bool(one.values))

    @cached_property
    def _points(self) -> Sequence[Value]:
        return tuple(self.hyperparameter.points())

    @cached_property
    def _positions(self) -> Mapping[tuple[type, Value], int]:
        # True equals 1: with its type, a value is itself alone.
        return {(type(point), point): at for at, point in enumerate(self._points)}

    def encode(self, value: Value) -> int | float:
        if not self._by_position:
            return float(value) if self.hyperparameter.kind == "float" else int(value)
        return self._positions[type(value), value]

    def decode(self, code: float) -> Value:
        if self._by_position:
            return self._points[int(code)]
        return int(code) if self.hyperparameter.kind == "int" else float(code)

    def declare(self, space: keras_tuner.HyperParameters) -> None:
        one = self.hyperparameter
        if self._by_position:
            default = self.encode(one.default)
            space.Int(self.name, 0, len(self._points) - 1, default=default)
            return
        declare = space.Int if one.kind == "int" else space.Float
        low, high = one.min_value, one.max_value
        declare(self.name, low, high, sampling=one.sampling, default=one.default)

    @cached_property
    def distribution(self) -> optuna.distributions.BaseDistribution:
        from optuna import distributions

        one = self.hyperparameter
        if self._by_position:
            most = len(self._points) - 1
            if one.ordered:
                return distributions.IntDistribution(0, most)
            return distributions.CategoricalDistribution(tuple(range(most + 1)))
        is_log = one.sampling != "linear"
        if one.kind == "int":
            return distributions.IntDistribution(one.min_value, one.max_value, log=is_log)
        return distributions.FloatDistribution(one.min_value, one.max_value, log=is_log)

    def suggest(self, trial: optuna.Trial) -> int | float:
        code: int | float = trial._suggest(self.name, self.distribution)  # noqa: SLF001 - the public ones differ in nothing but the building of the distribution
        return self._mirrored(code)

    def to_optuna(self, value: Value) -> int | float:
        return self._mirrored(self.encode(value))

    def _mirrored(self, code: float) -> int | float:
        """Optuna has no reversed logarithmic scale: the mirror image of a plain one is it."""
        one = self.hyperparameter
        if self._by_position or one.sampling != "reverse_log":
            return code
        return (one.min_value or 0) + (one.max_value or 0) - code
