"""The hyperparameter values of a trial on one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnlab.config.space.hyperparameter_names import marker_name, short_names
from nnlab.report.text.phrases import format_hyperparameter
from nnlab.runs.records.trial import FrozenTrial

_SEPARATOR = "  "


class TrialValues:
    """Formats the values of trials under short names, in a fixed order.

    If a line is too short for all values, those that are equal in all trials are left out first,
    then conditional ones, which not every trial has.

    Args:
        space: The names of the hyperparameters.
    """

    def __init__(self, space: Iterable[str]) -> None:
        self._names = short_names(dict.fromkeys(map(marker_name, space)))
        self._seen: dict[str, set[str]] = {}

    def add(self, trial: FrozenTrial) -> None:
        """Register the values of a trial."""
        texts = _format_values(trial)
        for marker in self._names.keys() | texts.keys():
            self._seen.setdefault(marker, set()).add(texts.get(marker, ""))

    def format(self, trial: FrozenTrial, width: int) -> str:
        """Format the values that fit a width, and the number of the others.

        Example:
            >>> names = ("model.layers.0.Dense.units", "training.optimizer")
            >>> values = TrialValues(names)
            >>> trial = FrozenTrial(1, {names[0]: 64, names[1]: "adam"})
            >>> values.format(trial, 80), values.format(trial, 20)
            ('units=64  optimizer=adam', 'units=64  and 1 more')
        """
        texts = _format_values(trial)
        in_order = [marker for marker in {**self._names, **texts} if marker in texts]
        by_priority = sorted(
            in_order,
            key=lambda marker: (len(self._seen.get(marker, ())) == 1, _count_conditions(marker)),
        )
        for hidden in range(len(texts) + 1):
            shown = by_priority[: len(texts) - hidden]
            parts = [
                f"{self._names.get(marker, marker)}={texts[marker]}"
                for marker in in_order
                if marker in shown
            ]
            line = _SEPARATOR.join([*parts, f"and {hidden} more"] if hidden else parts)
            if len(line) <= width:
                return line
        return ""


def _count_conditions(marker: str) -> int:
    """Return the number of hyperparameters on which a hyperparameter is conditional."""
    return sum(part in {"Choice", "Repeat"} for part in marker.split(".")[:-1])


def _format_values(trial: FrozenTrial) -> Mapping[str, str]:
    """Format the values by hyperparameter, with its repetitions joined by commas."""
    texts: dict[str, list[str]] = {}
    for name, value in trial.values.items():
        texts.setdefault(marker_name(name), []).append(format_hyperparameter(value))
    return {marker: ",".join(values) for marker, values in texts.items()}
