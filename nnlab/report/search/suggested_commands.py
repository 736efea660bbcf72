"""Suggested commands after a search: to look at its results, and to resume it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from nnlab.config.space.hyperparameter import Hyperparameter, space_size
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchFiles, SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

STOP_REASONS = {
    "max_trials": "all trials are finished",
    "max_time": "the time limit is reached",
    "space": "the space has no other configs",
    "user": "interrupted by the user",
    "failures": "too many trials failed",
}

_UNITS = ((3600, "h"), (60, "m"))
# In less time, hardly any trial finishes.
_MIN_EXTENSION_S = 10

Command = tuple[str, str]
"""A command and its description."""


def next_commands(record: SearchRecord, trials: Iterable[FrozenTrial], path: Path) -> list[Command]:
    """Return commands for the results of a search in a folder, and those that resume it."""
    files, folder = SearchFiles(path), shlex.quote(str(path))
    commands = []
    if record.best is not None:
        if files.best_yaml.is_file():
            command = f"nnlab train {shlex.quote(str(files.best_yaml))}"
            commands.append((command, "train the best config"))
        trial = files.trial(int(record.best["number"]))
        commands.append((f"nnlab show {shlex.quote(str(trial))}", "show the best trial"))
        commands.append((f"nnlab report {folder}", "write a report, one HTML file"))
        commands.append((f"nnlab dashboard {folder}", "show the curves of all trials"))
    else:
        failed = [trial.number for trial in trials if trial.status is TrialStatus.FAILED]
        for number in failed[:1]:
            command = f"nnlab show {shlex.quote(str(files.trial(number)))}"
            commands.append((command, "show why a trial failed"))
    return [*commands, *resume_commands(record, path)]


def resume_commands(record: SearchRecord, path: Path) -> list[Command]:
    """Return the commands that resume or extend a search, if it can be."""
    if record.status is RunStatus.RUNNING:
        return []
    command = f"nnlab tune --resume {shlex.quote(str(path))}"
    commands = []
    is_finished = record.stop_reason in {"max_trials", "max_time", "space"}
    if is_finished and record.best is not None and record.status is not RunStatus.COMPLETE:
        commands.append((command, "retrain and test the best config"))
    if option := extension_option(record):
        commands.append((f"{command} {option}", "extend the search"))
    elif not is_finished:
        gave_up = record.stop_reason == "failures"
        description = "resume despite the failures" if gave_up else "resume the search"
        commands.append((command, description))
    return commands


def extension_option(record: SearchRecord) -> str:
    """Return the option that doubles a finished search; empty if it cannot be extended."""
    if record.stop_reason == "max_time" and record.max_time is not None:
        return f"--max-time {format_time_option(max(_MIN_EXTENSION_S, 2 * record.max_time))}"
    if record.stop_reason != "max_trials" or record.best is None:
        return ""
    size = space_size([Hyperparameter.from_dict(hyperparameter) for hyperparameter in record.space])
    finished = record.finished_trials
    trials = 2 * finished if size is None else min(2 * finished, size)
    return f"--trials {trials}" if trials > finished else ""


def format_time_option(seconds: float) -> str:
    """Format a time as an argument of `--max-time`.

    Example:
        >>> format_time_option(7200), format_time_option(90), format_time_option(2.5)
        ('2h', '90s', '2.5s')
    """
    for size, unit in _UNITS:
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"
