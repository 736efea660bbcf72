"""The values of a trial on one line."""

from __future__ import annotations

from nnlab.report.progress.trial_values import TrialValues
from nnlab.runs.records.trial import FrozenTrial

UNITS = "model.layers.0.Repeat[{}].layers.0.Dense.units"
SPACE = ("data.scaling", UNITS.format(1), UNITS.format(2), "training.epochs")


def trial(number: int, epochs: int) -> FrozenTrial:
    units = {UNITS.format(1): 64, UNITS.format(2): 8 * number}
    return FrozenTrial(number, {"data.scaling": "minmax", **units, "training.epochs": epochs})


def test_repetitions_are_joined_under_short_names() -> None:
    text = TrialValues(SPACE).format(trial(1, 5), 80)
    assert text == "scaling=minmax  units=64,8  epochs=5"


def test_values_that_differ_between_trials_are_kept_in_order() -> None:
    values = TrialValues(SPACE)
    for number in (1, 2):
        values.add(trial(number, epochs=5))
    assert values.format(trial(2, 5), 80) == "scaling=minmax  units=64,16  epochs=5"
    assert values.format(trial(2, 5), 24) == "units=64,16  and 2 more"
    values.add(trial(2, epochs=6))
    assert values.format(trial(2, 6), 34) == "units=64,16  epochs=6  and 1 more"


def test_conditional_values_are_left_out_first() -> None:
    names = ("model.layers.0.Choice.1.Dropout", UNITS.format(1), "training.epochs")
    conditional = FrozenTrial(1, dict(zip(names, (0.5, 64, 9), strict=True)))
    assert TrialValues(names).format(conditional, 80) == "Dropout=0.5  units=64  epochs=9"
    assert TrialValues(names).format(conditional, 22) == "epochs=9  and 2 more"


def test_values_are_left_out_and_counted_never_truncated() -> None:
    values = TrialValues(SPACE)
    assert values.format(trial(1, 5), 30) == "scaling=minmax  and 2 more"
    assert values.format(trial(1, 5), 36) == "scaling=minmax  units=64,8  epochs=5"
    assert values.format(trial(1, 5), 12) == "and 3 more"
    assert not values.format(trial(1, 5), 3)
