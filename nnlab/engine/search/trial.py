"""A trial at work: its trainings, and what comes of them."""

from __future__ import annotations

import dataclasses
import math
import shutil
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.training.options import ScoreThreshold, TrainingOptions
from nnlab.engine.workers.messages import Outcome, Task
from nnlab.errors import NnlabError
from nnlab.runs.records.search import SearchFiles
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

STATE = "state.npz"


@dataclass
class Trial:
    """A trial that has begun.

    Args:
        plan: The search's plan.
        files: The search's folder.
        record: The trial's record, as a trial at work.
        proposal: What it tries.
    """

    plan: TrialConfigs
    files: SearchFiles
    record: FrozenTrial
    proposal: Suggestion
    _outcomes: dict[str, Outcome] = field(default_factory=dict)
    _keys: tuple[str, ...] = ()
    _started: float = field(default_factory=time.monotonic)

    def tasks(self, bar: float, command: tuple[str, ...]) -> list[Task]:
        """The trainings that the trial is made of.

        Args:
            bar: The score that its model must reach to be kept.
            command: The command line, for the records.

        Returns:
            The tasks. Each leaves a run's folder: the trial's own, where there is one alone, else
            numbered ones in it.

        Raises:
            ConfigError: With the trial's values the config has faults.
        """
        folder = self.files.trial(self.record.number)
        _clear(folder)
        experiments = self.plan.experiments(self.proposal)
        folders = run_folders(folder, len(experiments))
        parent = self.proposal.parent_trial
        starts: list[Path | None] = [None] * len(folders)
        if parent is not None:
            before = run_folders(self.files.trial(parent), len(experiments))
            starts = [one / STATE for one in before]
        goes_on = self.proposal.epochs is not None
        # Of several trainings none knows how good the trial is.
        kept = bar if len(folders) == 1 else math.inf * (-1, 1)[self.plan.direction == "min"]
        tasks = [
            Task(
                f"{self.record.number}.{at}",
                experiment,
                run_folder,
                TrainingOptions(
                    pictures=False,
                    test=False,
                    keep_model=ScoreThreshold(self.plan.tune.objective, self.plan.direction, kept),
                    initial_epoch=self.proposal.initial_epoch,
                    start=start,
                    leave=run_folder / STATE if goes_on else None,
                ),
                command,
            )
            for at, (experiment, run_folder, start) in enumerate(
                zip(experiments, folders, starts, strict=True), 1
            )
        ]
        self._keys = tuple(task.key for task in tasks)
        return tasks

    def take(self, outcome: Outcome) -> FrozenTrial | None:
        """Take in how a training of the trial ended.

        Args:
            outcome: The outcome.

        Returns:
            The trial's last record; None where other trainings are still at work.
        """
        self._outcomes[outcome.key] = outcome
        if len(self._outcomes) < len(self._keys):
            return None
        return self._ended([self._outcomes[key] for key in self._keys])

    def failed(self, error: NnlabError) -> FrozenTrial:
        """The trial's last record, where it came to no training.

        Args:
            error: Why.
        """
        return self._over(status=TrialStatus.FAILED, error=str(error))

    def interrupted(self) -> FrozenTrial:
        """The trial's record, where the search ends before it does."""
        return self._over(status=TrialStatus.INTERRUPTED)

    def _ended(self, outcomes: list[Outcome]) -> FrozenTrial:
        records = [outcome.record for outcome in outcomes if outcome.record is not None]
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        name = self.plan.tune.objective
        scores = tuple(record.metrics[name] for record in records if name in record.metrics)
        if not errors and (len(scores) < len(outcomes) or not all(map(math.isfinite, scores))):
            errors = [f"The objective, {name}, is not a finite number."]
        epochs = max((record.epochs_run for record in records), default=0)
        known = {
            "epochs": self.proposal.initial_epoch + epochs,
            "params": records[0].params if records else None,
        }
        if errors:
            return self._over(status=TrialStatus.FAILED, error=errors[0], **known)
        score = statistics.fmean(scores)
        return self._over(status=TrialStatus.COMPLETE, scores=scores, score=score, **known)

    def _over(self, **changes: object) -> FrozenTrial:
        seconds = time.monotonic() - self._started
        return dataclasses.replace(self.record, seconds=seconds, **changes)  # type: ignore[arg-type]


def run_folders(folder: Path, trainings: int) -> list[Path]:
    """The folders of a trial's runs.

    Args:
        folder: The trial's folder.
        trainings: How many trainings it is made of.
    """
    if trainings == 1:
        return [folder]
    return [folder / str(number) for number in range(1, trainings + 1)]


def _clear(folder: Path) -> None:
    """Remove what an earlier attempt at a trial left, except the trial's own record."""
    for path in folder.iterdir():
        if path.name == "trial.json":
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
