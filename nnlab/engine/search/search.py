"""A search that begins, or goes on: what is checked before, and what is made ready."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from nnlab.config import Config, Experiment
from nnlab.data.readers.fingerprint import fingerprint, has_changed
from nnlab.engine.runtime.devices import select_device
from nnlab.engine.search import tensorboard_log
from nnlab.engine.search.data_checks import check_data
from nnlab.engine.search.directory import SearchDirectory
from nnlab.engine.search.runner import SearchRunner
from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.search.trial_queue import TrialQueue
from nnlab.engine.workers.pool import Workers
from nnlab.errors import RequestError
from nnlab.report.progress.search_events import SearchProgress
from nnlab.runs import RunStatus
from nnlab.runs.io.lock import lock_folder
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import Value


def search(
    config: Config,
    *,
    runs_dir: Path,
    progress: SearchProgress,
    command: tuple[str, ...] = (),
    retrain: bool = True,
) -> SearchRecord:
    """Search the space that a config marks; leaves a search's folder.

    Args:
        config: The config, with open values.
        runs_dir: The folder in which the search's own is made.
        progress: Is told how it goes.
        command: The command line, for the records.
        retrain: Whether the best is trained once more at the end, and tested.

    Returns:
        The search's record. Its status tells whether it did all that it was asked to, was
        interrupted by the user, or failed, its error why: no trial came to a score, or the best
        could not be trained once more.

    Raises:
        DeviceError: There is no such device.
        RequestError: With some of its values the config asks for what the data do not have.
        DataError: The data cannot be read, or do not fit some value.
        RunFailedError: The disk refused.
    """
    plan = TrialConfigs(config)
    select_device(config.experiment.training.device)
    with _workers(plan) as workers:
        data = _fingerprint(_first(plan))
        check_data(config, workers.prepare)
        directory = SearchDirectory.create(runs_dir, plan, workers.jobs, command, data)
        if config.experiment.tensorboard is not False:
            tensorboard_log.write_space(directory.tensorboard, plan.space, plan.tune.objective)
        queue = TrialQueue(plan, directory.records)
        return SearchRunner(plan, directory, queue, workers, progress).run(retrain_best=retrain)


def resume(  # noqa: PLR0913 - each is named where it is called
    config: Config,
    path: Path,
    *,
    progress: SearchProgress,
    command: tuple[str, ...] = (),
    retrain: bool = True,
    retry_failed: bool = False,
) -> SearchRecord | None:
    """Go on with a search: its finished trials count, those that were at work are done again.

    Args:
        config: The config in the search's folder; with other limits perhaps.
        path: The search's folder.
        progress: Is told how it goes.
        command: The command line, for the records.
        retrain: Whether the best is trained once more at the end, and tested.
        retry_failed: Whether trials that failed are done again, too.

    Returns:
        As `search`; None where nothing is left to do: the folder stays as it is.

    Raises:
        RunNotFoundError: The folder holds no search.
        RequestError: Somebody is at work on it; its data have changed; there is no such device.
        DataError: Its records, or the data, cannot be read.
        RunFailedError: As in `search`.
    """
    plan = TrialConfigs(config)
    select_device(config.experiment.training.device)
    with lock_folder(path):
        directory = SearchDirectory.reopen(path, retry_failed=retry_failed)
        queue, known = TrialQueue(plan, directory.records), directory.search
        is_finished = queue.is_empty(known.timing.get("search_s", 0.0))
        if is_finished and _is_concluded(known, retrain=retrain):
            return None
        if known.data and has_changed(known.data):
            raise RequestError(_other_data(path, known.data["file"]))
        with _workers(plan) as workers:
            workers.prepare(_first(plan))
            directory.begin(plan, workers.jobs, command)
            return SearchRunner(plan, directory, queue, workers, progress).run(retrain_best=retrain)


def _workers(plan: TrialConfigs) -> Workers:
    return Workers(plan.tune.jobs, most=plan.tune.max_trials * plan.trainings)


def _is_concluded(known: SearchRecord, *, retrain: bool) -> bool:
    """Whether what follows the last trial is done."""
    if known.best is None:
        return known.stop_reason is not None
    is_trained = known.retrained is not None or not retrain
    return known.status is RunStatus.COMPLETE and is_trained


def _first(plan: TrialConfigs) -> Experiment:
    """The experiment of the first values."""
    defaults: dict[str, Value] = {}
    for one in plan.space:
        if one.is_active(defaults):
            defaults[one.name] = one.default
    return plan.experiments(Suggestion(defaults))[0]


def _fingerprint(experiment: Experiment) -> dict[str, Any]:
    file = experiment.data.file
    try:
        return {} if file is None else fingerprint(Path(file))
    except OSError:
        # Whoever reads the data says so.
        return {}


def _other_data(path: Path, file: str) -> str:
    message = "Expected the data that the search was begun with. Received:"
    there = f"{file}, which has changed since: scores on other rows cannot be compared."
    config = shlex.quote(str(path / "config.yaml"))
    hint = f"Put the file back, or begin a new search: nnlab tune {config}"
    return f"{message} {there} {hint}"
