"""The values of a trial on one line: whole ones, those first in which trials differ."""

from __future__ import annotations

from nnlab.report.progress.trial_values import TrialValues
from nnlab.runs.records.trial import FrozenTrial

UNITS = "model.layers.0.Repeat[{}].layers.0.Dense.units"
SPACE = ("data.scaling", UNITS.format(1), UNITS.format(2), "training.epochs")


def trial(number: int, epochs: int) -> FrozenTrial:
    units = {UNITS.format(1): 64, UNITS.format(2): 8 * number}
    return FrozenTrial(number, {"data.scaling": "minmax", **units, "training.epochs": epochs})


def test_repetitions_stand_together_under_short_names() -> None:
    text = TrialValues(SPACE).text(trial(1, 5), 80)
    assert text == "scaling=minmax  units=64,8  epochs=5"


def test_values_keep_their_order_and_those_stay_that_differ_between_trials() -> None:
    values = TrialValues(SPACE)
    for number in (1, 2):
        values.see(trial(number, epochs=5))
    assert values.text(trial(2, 5), 80) == "scaling=minmax  units=64,16  epochs=5"
    assert values.text(trial(2, 5), 24) == "units=64,16  and 2 more"
    values.see(trial(2, epochs=6))
    assert values.text(trial(2, 6), 34) == "units=64,16  epochs=6  and 1 more"


def test_what_hangs_on_other_values_is_left_out_first() -> None:
    names = ("model.layers.0.Choice.1.Dropout", UNITS.format(1), "training.epochs")
    told = FrozenTrial(1, dict(zip(names, (0.5, 64, 9), strict=True)))
    assert TrialValues(names).text(told, 80) == "Dropout=0.5  units=64  epochs=9"
    assert TrialValues(names).text(told, 22) == "epochs=9  and 2 more"


def test_what_has_no_room_is_counted_and_never_cut() -> None:
    values = TrialValues(SPACE)
    assert values.text(trial(1, 5), 30) == "scaling=minmax  and 2 more"
    assert values.text(trial(1, 5), 36) == "scaling=minmax  units=64,8  epochs=5"
    assert values.text(trial(1, 5), 12) == "and 3 more"
    assert not values.text(trial(1, 5), 3)
