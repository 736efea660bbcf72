"""The last step of a search: its best config trained once more, and tested."""

from __future__ import annotations

import shutil

from nnlab.config.space.materialize import materialize
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.search.directory import SearchDirectory
from nnlab.engine.search.results import write_report
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.workers.messages import Outcome, Task
from nnlab.engine.workers.pool import Workers
from nnlab.errors import RunInterrupted
from nnlab.report.progress.search_events import SearchProgress

_TICK_S = 0.1
_KEY = "best"


def retrain(
    plan: TrialConfigs,
    directory: SearchDirectory,
    workers: Workers,
    progress: SearchProgress,
    interruption: Interruption,
) -> Outcome:
    """Train the best config as `nnlab train` would, and write the search's report meanwhile.

    Args:
        plan: The search's plan.
        directory: The search's folder, with a trial that has a score.
        workers: Train it.
        progress: Is told how it goes.
        interruption: Whether the user wants the search to end.

    Returns:
        How the training ended.

    Raises:
        RunInterrupted: The user wants the search to end; nothing of the training is left.
        RunFailedError: The disk refused.
    """
    best = directory.ranked()[0]
    progress.retraining(best)
    shutil.rmtree(directory.best, ignore_errors=True)
    experiment = materialize(plan.config, best.values).experiment
    workers.submit(Task(_KEY, experiment, directory.best, command=directory.search.command))
    # A worker is busy now: this process has the time.
    write_report(directory)
    outcome = None
    while outcome is None:
        for news in workers.wait(_TICK_S):
            if isinstance(news, Outcome):
                outcome = news
            else:
                progress.epoch(best.number, news.epoch, news.epochs, news.logs)
        progress.tick()
        if interruption.requested:
            workers.stop()
            shutil.rmtree(directory.best, ignore_errors=True)
            raise RunInterrupted
    return outcome
