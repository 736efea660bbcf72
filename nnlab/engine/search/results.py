"""What a search ends with: the best trial's config, a table and pictures of all trials."""

from __future__ import annotations

from collections import Counter

from nnlab.config.space.materialize import dump_materialized
from nnlab.engine.search.directory import SearchDirectory
from nnlab.engine.search.failures import in_the_first
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.report.search.summary import retrain_mismatch, score_conditions
from nnlab.runs import atomic_write, translate_os_errors
from nnlab.runs.records.trial import FrozenTrial
from nnlab.text import plural


def write_best(directory: SearchDirectory, plan: TrialConfigs) -> FrozenTrial:
    """Write `best.yaml`.

    Args:
        directory: The search's folder, with a trial that has a score.
        plan: What was searched.

    Returns:
        The best trial.

    Raises:
        RunFailedError: The disk refused.
    """
    best = directory.ranked()[0]
    score = f"{plan.tune.objective} {best.score:.6g}"
    reached = score_conditions(directory.search, best)
    whole = f"{score}{reached and f', {reached}'}"
    header = f"The best trial of {directory.search.id}: number {best.number}, {whole}."
    if reached:
        other = retrain_mismatch(directory.search, best)
        header += f"\n`nnlab train` on this file is {other}: it may come to another figure."
    with translate_os_errors(directory.best_yaml):
        atomic_write(directory.best_yaml, dump_materialized(plan.config, best.values, header))
    return best


def write_report(directory: SearchDirectory, *, pictures: bool = True) -> None:
    """Write a table of the trials and draw them; record how important each hyperparameter is.

    Args:
        directory: The search's folder.
        pictures: Whether more than the table is wanted.

    Raises:
        RunFailedError: The disk refused.
    """
    # Matplotlib and scikit-learn: not before the last trial has been forked.
    from nnlab.report.search.files import write_search_files, write_trials_csv

    trials = [trial for _, trial in sorted(directory.records.items())]
    if not pictures or not directory.ranked():
        write_trials_csv(directory, directory.search, trials)
        return
    found = write_search_files(directory, directory.search, trials)
    if found is not None:
        directory.update(
            importance=found.shares,
            importance_errors=found.errors,
            importance_r2=found.importance_r2,
        )


def no_result_reason(directory: SearchDirectory) -> str:
    """Why no trial has a score: the most common of their reasons.

    Args:
        directory: The search's folder.
    """
    failed = [trial for _, trial in sorted(directory.records.items()) if trial.error]
    if not failed:
        return "No trial came to a score: there was none."
    (failure, count), *_ = Counter(trial.failure for trial in failed).most_common(1)
    first = next(trial for trial in failed if trial.failure == failure)
    alike = f"{count} of {plural(len(failed), 'trial')} failed alike."
    return f"No trial came to a score. {alike} {in_the_first(first)}"
