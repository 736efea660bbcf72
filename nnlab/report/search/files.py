"""trials.csv: one row a trial, for a spreadsheet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from nnlab.analysis.importance import Importance, importance
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.runs.io.atomic import atomic_write, translate_os_errors
from nnlab.runs.records.search import SearchFiles, SearchRecord
from nnlab.runs.records.trial import FrozenTrial, Value

_FACTS = (
    "trial",
    "status",
    "score",
    "spread",
    "scores",
    "epochs",
    "parent_trial",
    "seconds",
    "params",
    "error",
)


def trials_csv(trials: Sequence[FrozenTrial], names: Sequence[str]) -> str:
    r"""The text of `trials.csv`.

    Args:
        trials: The trials of a search.
        names: Its hyperparameters, a column each behind those of facts.

    Returns:
        CSV: the mean of the scores and their standard deviation, the scores with blanks between
        them, the trial whose weights it began with, what it took, why it failed; nothing where a
        hyperparameter did not matter.

    Example:
        >>> trials_csv([FrozenTrial(1, {"units": 8})], ["units"]).splitlines()[1]
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
            trial.parent_trial,
            f"{trial.seconds:.3f}",
            trial.params,
            trial.error,
        )
        rows.writerow([*facts, *(_cell(trial.values.get(name)) for name in names)])
    return text.getvalue()


def _cell(value: Value | None) -> Value | None:
    return str(value).lower() if isinstance(value, bool) else value


def write_trials_csv(
    files: SearchFiles, record: SearchRecord, trials: Sequence[FrozenTrial]
) -> None:
    """Write `trials.csv`.

    Args:
        files: The search's folder.
        record: Its record.
        trials: Its trials.

    Raises:
        RunFailedError: The disk refused.
    """
    with translate_os_errors(files.trials_csv):
        text = trials_csv(trials, [str(one["name"]) for one in record.space])
        atomic_write(files.trials_csv, text)


def write_search_files(
    files: SearchFiles, record: SearchRecord, trials: Sequence[FrozenTrial]
) -> Importance | None:
    """Write `trials.csv` and draw the pictures of a search.

    Args:
        files: The search's folder.
        record: Its record.
        trials: Its trials.

    Returns:
        The importance of the hyperparameters, for the record; None where nothing can be told.

    Raises:
        RunFailedError: The disk refused.
    """
    write_trials_csv(files, record, trials)
    space = [Hyperparameter.from_dict(one) for one in record.space]
    found = importance(trials, space)

    from nnlab.report.plots.optimization_history import plot_optimization_history
    from nnlab.report.plots.parallel_coordinates import plot_parallel_coordinates
    from nnlab.report.plots.search_axes import SearchPlot
    from nnlab.report.plots.slices import plot_slices

    shares = {} if found is None else found.shares
    picture = SearchPlot(
        record.name, record.objective, record.direction, space, trials, importance=shares
    )
    plot_optimization_history(picture, files.plots / "optimization_history.png")
    plot_parallel_coordinates(picture, files.plots / "parallel_coordinates.png")
    plot_slices(picture, files.plots / "slices.png")
    return found
