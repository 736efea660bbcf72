"""Start or resume a search."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

from nnlab.config import Config, Experiment
from nnlab.config.space.corner_cases import CornerCase
from nnlab.config.space.materialize import materialize_corner_cases
from nnlab.data.readers.data_file import fingerprint, has_changed
from nnlab.engine.runtime.devices import select_device
from nnlab.engine.search import tensorboard_log
from nnlab.engine.search.directory import SearchDirectory
from nnlab.engine.search.runner import SearchRunner
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.search.trial_queue import TrialQueue
from nnlab.engine.workers.pool import WorkerPool
from nnlab.engine.workers.shared_data import prepare_all
from nnlab.errors import RequestError
from nnlab.report.progress.search import SearchProgress
from nnlab.runs import RunStatus
from nnlab.runs.query.lock import lock_folder
from nnlab.runs.records.search import SearchRecord


def search(
    config: Config,
    *,
    runs_dir: Path,
    progress: SearchProgress,
    command: tuple[str, ...] = (),
    retrain: bool = True,
) -> SearchRecord:
    """Search the hyperparameters of a config, and write the folder of the search.

    Args:
        config: A config with hyperparameters.
        runs_dir: The folder for the folder of the search.
        progress: Receives the progress.
        command: The command line, for the records.
        retrain: Whether to retrain the best config at the end, and test it. Defaults to True.

    Returns:
        The record of the search. Its status is complete, interrupted by the user, or failed with an
        error: no trial completed, or the best config could not be retrained.

    Raises:
        DeviceError: The device does not exist.
        RequestError: Config and data do not match for some values.
        DataError: The data are unreadable, or do not fit some values.
        RunFailedError: Writing failed.
    """
    configs = TrialConfigs(config)
    select_device(config.experiment.training.device)
    with _worker_pool(configs) as workers:
        file = configs.default_experiment().data.file
        try:
            data = {} if file is None else fingerprint(Path(file))
        except OSError:
            # Preparing the data raises an error with a hint.
            data = {}
        check_data(config, workers.prepare)
        directory = SearchDirectory.create(runs_dir, configs, workers.jobs, command, data)
        if config.experiment.tensorboard is not False:
            tensorboard_log.write_space(
                directory.tensorboard, configs.space, configs.tune.objective
            )
        queue = TrialQueue(configs, directory.trial_records)
        runner = SearchRunner(configs, directory, queue, workers, progress)
        return runner.run(retrain_best=retrain)


def resume(  # noqa: PLR0913 - keyword arguments
    config: Config,
    path: Path,
    *,
    progress: SearchProgress,
    command: tuple[str, ...] = (),
    retrain: bool = True,
    retry_failed: bool = False,
) -> SearchRecord | None:
    """Resume a search: finished trials are kept, interrupted ones are rerun.

    Args:
        config: The config in the folder of the search; its limits may be different.
        path: The folder of the search.
        progress: Receives the progress.
        command: The command line, for the records.
        retrain: Whether to retrain the best config at the end, and test it. Defaults to True.
        retry_failed: Whether to rerun failed trials, too. Defaults to False.

    Returns:
        The record, as of `search`, or None if there was nothing to do.

    Raises:
        RunNotFoundError: The folder does not contain a search.
        RequestError: Another process runs the search; its data changed; the device does not exist.
        DataError: Its records, or the data, are unreadable.
        RunFailedError: Writing failed.
    """
    configs = TrialConfigs(config)
    select_device(config.experiment.training.device)
    with lock_folder(path):
        directory = SearchDirectory.reopen(path, retry_failed=retry_failed)
        queue, record = TrialQueue(configs, directory.trial_records), directory.search
        is_retrained = record.final_metrics is not None or not retrain
        has_final_results = (
            record.stop_reason is not None
            if record.best is None
            else record.status is RunStatus.COMPLETE and is_retrained
        )
        if queue.is_empty(record.timing.get("search_s", 0.0)) and has_final_results:
            return None
        if record.data and has_changed(record.data):
            message = f"Expected the data of the search. Received: {record.data['file']}, which has"
            reason = "scores on different rows are not comparable."
            start = f"start a new search: nnlab tune {shlex.quote(str(path / 'config.yaml'))}"
            raise RequestError(f"{message} changed since: {reason} Restore the file, or {start}")
        with _worker_pool(configs) as workers:
            workers.prepare(configs.default_experiment())
            directory.start(configs, workers.jobs, command)
            runner = SearchRunner(configs, directory, queue, workers, progress)
            return runner.run(retrain_best=retrain)


def check_data(config: Config, prepare: Callable[[Experiment], object]) -> None:
    """Prepare the data for each option and both ends of each range, and raise all errors.

    Otherwise every trial with such a value would fail, and only the defaults would be checked.
    """
    corner_cases = list(materialize_corner_cases(config))

    def name_condition(error: str, cases: list[CornerCase], invalid: list[CornerCase]) -> str:
        """Add the value that causes an error, unless every value does."""
        if cases[0].target is not None:
            return f"{error} {cases[0].condition}"
        # The defaults cause it: the first valid case differs from them in one value.
        numbers = set(map(id, invalid))
        valid = next((case for case, _ in corner_cases if id(case) not in numbers), None)
        return error if valid is None else f"{error} {valid.default.condition}"

    prepare_all(corner_cases, prepare, name_condition)


def _worker_pool(configs: TrialConfigs) -> WorkerPool:
    return WorkerPool(configs.tune.jobs, max_tasks=configs.tune.max_trials * configs.trainings)
