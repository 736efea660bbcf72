"""trials.csv: one row a trial, for a spreadsheet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from nnlab.runs.trial import TrialRecord, Value

_FACTS = (
    "trial",
    "status",
    "score",
    "spread",
    "scores",
    "epochs",
    "goes_on_from",
    "seconds",
    "params",
    "error",
)


def trials_csv(trials: Sequence[TrialRecord], names: Sequence[str]) -> str:
    r"""The text of `trials.csv`.

    Args:
        trials: The trials of a search.
        names: Its hyperparameters, a column each behind those of facts.

    Returns:
        CSV: the mean of the scores and their standard deviation, the scores with blanks between
        them, the trial whose weights it began with, what it took, why it failed; nothing where a
        hyperparameter did not matter.

    Example:
        >>> trials_csv([TrialRecord(1, {"units": 8})], ["units"]).splitlines()[1]
        '1,running,,,,0,,0.000,,,8'
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*_FACTS, *names])
    for trial in trials:
        facts = (
            trial.number,
            trial.status.value,
            trial.score,
            trial.spread,
            " ".join(map(repr, trial.scores)),
            trial.epochs,
            trial.goes_on_from,
            f"{trial.seconds:.3f}",
            trial.params,
            trial.error,
        )
        rows.writerow([*facts, *(_cell(trial.values.get(name)) for name in names)])
    return text.getvalue()


def _cell(value: Value | None) -> Value | None:
    return str(value).lower() if isinstance(value, bool) else value
