"""The files of a search: trials.csv, with a row per trial, and the plots."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from nnlab.analysis.importance import Importance, importance
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.runs.io.atomic import atomic_write, translate_os_errors
from nnlab.runs.records.search import SearchFiles, SearchRecord
from nnlab.runs.records.trial import FrozenTrial

_FACTS = (
    *("trial", "status", "score", "spread", "scores", "epochs", "parent_trial", "seconds"),
    *("params", "error"),
)


def write_search_files(
    files: SearchFiles, record: SearchRecord, trials: Sequence[FrozenTrial]
) -> Importance | None:
    """Write `trials.csv` and the plots, and return the importance of the hyperparameters if any."""
    write_trials_csv(files, record, trials)
    space = [Hyperparameter.from_dict(hyperparameter) for hyperparameter in record.space]
    result = importance(trials, space)

    from nnlab.report.plots.parallel_coordinates import plot_parallel_coordinates
    from nnlab.report.plots.search import SearchPlot, plot_optimization_history, plot_slices

    shares = {} if result is None else result.shares
    plot = SearchPlot(
        record.name, record.objective, record.direction, space, trials, importance=shares
    )
    plot_optimization_history(plot, files.plots / "optimization_history.png")
    plot_parallel_coordinates(plot, files.plots / "parallel_coordinates.png")
    plot_slices(plot, files.plots / "slices.png")
    return result


def write_trials_csv(
    files: SearchFiles, record: SearchRecord, trials: Sequence[FrozenTrial]
) -> None:
    """Write `trials.csv`."""
    with translate_os_errors(files.trials_csv):
        names = [str(hyperparameter["name"]) for hyperparameter in record.space]
        atomic_write(files.trials_csv, trials_csv(trials, names))


def trials_csv(trials: Sequence[FrozenTrial], names: Sequence[str]) -> str:
    """Return the text of `trials.csv`: facts, and a column for each hyperparameter.

    The value of an inactive hyperparameter is empty.

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
        values = (trial.values.get(name) for name in names)
        rows.writerow([*facts, *(str(v).lower() if isinstance(v, bool) else v for v in values)])
    return text.getvalue()
