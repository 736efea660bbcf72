"""What a search leaves beside its records: trials.csv and the pictures."""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.config.hyperparameters import Hyperparameter
from nnlab.report.importance import Importance, importance
from nnlab.report.trials_csv import trials_csv
from nnlab.runs.atomic import atomic_write, writing
from nnlab.runs.search import SearchFiles, SearchRecord
from nnlab.runs.trial import TrialRecord


def write_trials_csv(
    files: SearchFiles, record: SearchRecord, trials: Sequence[TrialRecord]
) -> None:
    """Write `trials.csv`.

    Args:
        files: The search's folder.
        record: Its record.
        trials: Its trials.

    Raises:
        RunFailedError: The disk refused.
    """
    with writing(files.trials_csv):
        text = trials_csv(trials, [str(one["name"]) for one in record.space])
        atomic_write(files.trials_csv, text)


def write_search_files(
    files: SearchFiles, record: SearchRecord, trials: Sequence[TrialRecord]
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
    from nnlab.report.plots.search_axes import SearchPicture
    from nnlab.report.plots.slices import plot_slices

    shares = {} if found is None else found.shares
    picture = SearchPicture(
        record.name, record.objective, record.direction, space, trials, importance=shares
    )
    plot_optimization_history(picture, files.plots / "optimization_history.png")
    plot_parallel_coordinates(picture, files.plots / "parallel_coordinates.png")
    plot_slices(picture, files.plots / "slices.png")
    return found
