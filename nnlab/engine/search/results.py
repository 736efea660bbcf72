"""The results of a search: best config, report, retrained model, or why there are none."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence

from nnlab.config.space.materialize import dump_materialized, materialize
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.search.directory import SearchDirectory
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.workers.pool import WorkerPool
from nnlab.engine.workers.worker import Outcome, Task
from nnlab.errors import RunInterrupted
from nnlab.report.progress.search import SearchProgress
from nnlab.report.search.summary import retrain_mismatch, score_conditions
from nnlab.runs import atomic_write, translate_os_errors
from nnlab.runs.records.trial import FrozenTrial
from nnlab.text import plural

POLL_INTERVAL_S = 0.1
_TASK_KEY = "best"


def write_best(directory: SearchDirectory, configs: TrialConfigs) -> FrozenTrial:
    """Write `best.yaml`, and return the best trial, which must exist."""
    best = directory.ranked_trials()[0]
    score = f"{configs.tune.objective} {best.score:.6g}"
    conditions = score_conditions(directory.search, best)
    if conditions:
        score += f", {conditions}"
    header = f"The best trial of {directory.search.id}: number {best.number}, {score}."
    if conditions:
        mismatch = retrain_mismatch(directory.search, best)
        header += f"\n`nnlab train` on this file is {mismatch}: its score may differ."
    with translate_os_errors(directory.best_yaml):
        atomic_write(directory.best_yaml, dump_materialized(configs.config, best.values, header))
    return best


def write_report(directory: SearchDirectory, *, plots: bool = True) -> None:
    """Write the table of trials; with plots, also the importance of each hyperparameter."""
    # These import Matplotlib and scikit-learn, therefore only after the last trial was forked.
    from nnlab.report.search.files import write_search_files, write_trials_csv

    trials = directory.ordered_trials()
    if not plots or not directory.ranked_trials():
        write_trials_csv(directory, directory.search, trials)
        return
    importance = write_search_files(directory, directory.search, trials)
    if importance is not None:
        directory.update(
            importance=importance.shares,
            importance_errors=importance.errors,
            importance_r2=importance.importance_r2,
        )


def retrain(
    configs: TrialConfigs,
    directory: SearchDirectory,
    workers: WorkerPool,
    progress: SearchProgress,
    interruption: Interruption,
) -> Outcome:
    """Train the best config as `nnlab train` would, and write the report in the meantime.

    If the user stops the search, the run is removed and RunInterrupted is raised.
    """
    best = directory.ranked_trials()[0]
    progress.retraining(best)
    shutil.rmtree(directory.best, ignore_errors=True)
    experiment = materialize(configs.config, best.values).experiment
    workers.submit(Task(_TASK_KEY, experiment, directory.best, command=directory.search.command))
    # The worker is training: this process is free.
    write_report(directory)
    outcome = None
    while outcome is None:
        for message in workers.wait(POLL_INTERVAL_S):
            if isinstance(message, Outcome):
                outcome = message
            else:
                progress.epoch(best.number, message.epoch, message.epochs, message.logs)
        progress.tick()
        if interruption.requested:
            workers.stop()
            shutil.rmtree(directory.best, ignore_errors=True)
            raise RunInterrupted
    return outcome


def no_result_reason(trials: Sequence[FrozenTrial]) -> str:
    """Return why no trial has a score: the most common error."""
    failed = [trial for trial in trials if trial.error]
    if not failed:
        return "No trial completed."
    (failure, count), *_ = Counter(trial.failure for trial in failed).most_common(1)
    first = next(trial for trial in failed if trial.failure == failure)
    same = f"{count} of {plural(len(failed), 'failed trial')} had the same error."
    return f"No trial completed. {same} {describe_failure(first)}"


def same_error_reason(finished: Sequence[FrozenTrial]) -> str:
    """Return why a search stops after its trials failed with the same error."""
    first = min(finished, key=lambda trial: trial.number)
    stopped = f"The search stopped: {plural(len(finished), 'trial')} failed with the same error."
    return f"{stopped} {describe_failure(first)}"


def describe_failure(trial: FrozenTrial) -> str:
    """Return the error of a trial, with a hint that does not set a hyperparameter."""
    searched = [name for name in trial.values if f"{name}=" in (trial.error or "")]
    if not searched:
        return f"Trial {trial.number}: {trial.error}"
    hint = f"Change the values of {', '.join(searched)}, and start a new search."
    return f"Trial {trial.number}: {trial.reason} {hint}"
