"""What a search ends with: the best trial's config, a table and pictures of all trials."""

from __future__ import annotations

from collections import Counter

from nnlab.config.closing import closed_yaml
from nnlab.engine.tuning.folder import SearchDirectory
from nnlab.engine.tuning.plan import Plan
from nnlab.errors import RunFailedError
from nnlab.report.numbers import plural
from nnlab.report.search_scores import reached_under, retrained_otherwise
from nnlab.runs import atomic_write, writing
from nnlab.runs.trial import TrialRecord


def write_best(directory: SearchDirectory, plan: Plan) -> TrialRecord:
    """Write `best.yaml`.

    Args:
        directory: The search's folder.
        plan: What was searched.

    Returns:
        The best trial.

    Raises:
        RunFailedError: No trial has a score; the disk refused.
    """
    ranked = directory.ranked()
    if not ranked:
        raise RunFailedError(_why_none(directory))
    best = ranked[0]
    trials = plural(len(directory.records), "trial")
    score = f"{plan.tune.objective} {best.score:.6g}"
    reached = reached_under(directory.search, best)
    header = f"The best of {trials}: number {best.number}, {score}{reached and f', {reached}'}."
    if reached:
        other = retrained_otherwise(directory.search, best)
        header += f"\n`nnlab train` on this file is {other}: it may come to another figure."
    with writing(directory.best_yaml):
        atomic_write(directory.best_yaml, closed_yaml(plan.config, best.values, header))
    return best


def write_report(directory: SearchDirectory) -> None:
    """Write a table of the trials and draw them; record how important each hyperparameter is.

    Args:
        directory: The search's folder.

    Raises:
        RunFailedError: The disk refused.
    """
    # Matplotlib and scikit-learn: not before the last trial has been forked.
    from nnlab.report.search_files import write_search_files

    trials = [trial for _, trial in sorted(directory.records.items())]
    found = write_search_files(directory, directory.search, trials)
    if found is not None:
        directory.update(
            importance=found.shares, importance_errors=found.errors, explained=found.explained
        )


def _why_none(directory: SearchDirectory) -> str:
    """Why no trial has a score: the most common of their reasons."""
    trials = directory.records.values()
    errors = Counter(trial.error for trial in trials if trial.error)
    if not errors:
        return "No trial came to a score: there was none."
    (error, count), *_ = errors.most_common(1)
    failed = f"{count} of {plural(len(trials), 'trial')} failed with: {error}"
    return f"No trial came to a score. {failed} The trials are in {directory.trials}."
