"""What a trial tries, on one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnlab.config.space.hyperparameter_names import marker_name, short_names
from nnlab.report.text.phrases import format_hyperparameter
from nnlab.runs.records.trial import FrozenTrial

_BETWEEN = "  "


class TrialValues:
    """Tells the values of trials by short names, in one order.

    Where there is no room for all, those stay in which trials differ, first those that hang on no
    choice and no number of repetitions: every trial has them.

    Args:
        space: The names of the hyperparameters.
    """

    def __init__(self, space: Iterable[str]) -> None:
        self._names = short_names(dict.fromkeys(map(marker_name, space)))
        self._seen: dict[str, set[str]] = {}

    def see(self, trial: FrozenTrial) -> None:
        """Take in what a trial tries.

        Args:
            trial: The trial.
        """
        for marker in self._names.keys() | _told(trial).keys():
            self._seen.setdefault(marker, set()).add(_told(trial).get(marker, ""))

    def text(self, trial: FrozenTrial, width: int) -> str:
        """The values of a trial; the repetitions of a hyperparameter stand together.

        Args:
            trial: The trial.
            width: How long it may be.

        Returns:
            As many values as there is room for, whole ones, and how many more there are.

        Example:
            >>> names = ("model.layers.0.Dense.units", "training.optimizer")
            >>> values = TrialValues(names)
            >>> trial = FrozenTrial(1, {names[0]: 64, names[1]: "adam"})
            >>> values.text(trial, 80), values.text(trial, 20)
            ('units=64  optimizer=adam', 'units=64  and 1 more')
        """
        told = _told(trial)
        in_order = [marker for marker in {**self._names, **told} if marker in told]
        weighed = sorted(
            in_order, key=lambda marker: (len(self._seen.get(marker, ())) == 1, _depth(marker))
        )
        for left_out in range(len(told) + 1):
            kept = weighed[: len(told) - left_out]
            parts = [
                f"{self._names.get(marker, marker)}={told[marker]}"
                for marker in in_order
                if marker in kept
            ]
            line = _BETWEEN.join([*parts, f"and {left_out} more"] if left_out else parts)
            if len(line) <= width:
                return line
        return ""


def _depth(marker: str) -> int:
    """On how many other values it depends whether there is a value."""
    return sum(part in {"Choice", "Repeat"} for part in marker.split(".")[:-1])


def _told(trial: FrozenTrial) -> Mapping[str, str]:
    """The values by what their repetitions have in common."""
    told: dict[str, list[str]] = {}
    for name, value in trial.values.items():
        told.setdefault(marker_name(name), []).append(format_hyperparameter(value))
    return {marker: ",".join(values) for marker, values in told.items()}
