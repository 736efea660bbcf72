"""What to type after a search: what there is to look at, and how to go on with it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from nnlab.config.space.hyperparameter import Hyperparameter, space_size
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchFiles, SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

# Why a search made no more trials.
ENDS = {
    "max_trials": "all trials are done",
    "max_time": "its time is over",
    "space": "the space holds no other config",
    "user": "it was interrupted",
    "failures": "it gave up",
}

_UNITS = ((3600, "h"), (60, "m"))
# In less time hardly a trial ends.
_LEAST_S = 10

Command = tuple[str, str]


def next_commands(record: SearchRecord, trials: Iterable[FrozenTrial], path: Path) -> list[Command]:
    """Commands that lead on from a search.

    Args:
        record: The search.
        trials: Its trials.
        path: Its folder: what is not there is not recommended.

    Returns:
        Pairs of a command and what it does.
    """
    files, folder = SearchFiles(path), shlex.quote(str(path))
    commands = []
    if record.best is not None:
        if files.best_yaml.is_file():
            command = f"nnlab train {shlex.quote(str(files.best_yaml))}"
            commands.append((command, "train the best config"))
        trial = files.trial(int(record.best["number"]))
        commands.append((f"nnlab show {shlex.quote(str(trial))}", "the best trial"))
        commands.append((f"nnlab report {folder}", "all of it in one HTML file"))
        commands.append((f"nnlab dashboard {folder}", "the curves of all trials"))
    else:
        failed = [one.number for one in trials if one.status is TrialStatus.FAILED]
        for number in failed[:1]:
            command = f"nnlab show {shlex.quote(str(files.trial(number)))}"
            commands.append((command, "a trial that failed, and why"))
    return [*commands, *resume_commands(record, path)]


def resume_commands(record: SearchRecord, path: Path) -> list[Command]:
    """Commands that go on with a search, where there is something to go on with.

    Args:
        record: The search.
        path: Its folder.

    Returns:
        Pairs of a command and what it does; none while somebody is at work on it, where all that
        the space holds was tried, or where all that was asked for failed.
    """
    if record.status is RunStatus.RUNNING:
        return []
    command = f"nnlab tune --resume {shlex.quote(str(path))}"
    commands = []
    is_done = record.stop_reason in {"max_trials", "max_time", "space"}
    if is_done and record.best is not None and record.status is not RunStatus.COMPLETE:
        commands.append((command, "train the best once more, and test it"))
    if more := more_option(record):
        commands.append((f"{command} {more}", "go on searching"))
    elif not is_done:
        words = "go on all the same" if record.stop_reason == "failures" else "go on searching"
        commands.append((command, words))
    return commands


def more_option(record: SearchRecord) -> str:
    """The option by which a search that is done goes on for as long again, or ten seconds.

    Args:
        record: The search.

    Returns:
        The option; empty where the search is not done, or its space is used up.
    """
    if record.stop_reason == "max_time" and record.max_time is not None:
        return f"--max-time {time_option(max(_LEAST_S, 2 * record.max_time))}"
    if record.stop_reason != "max_trials" or record.best is None:
        return ""
    size = space_size([Hyperparameter.from_dict(one) for one in record.space])
    over = sum(record.counts.get(status, 0) for status in ("complete", "failed"))
    more = 2 * over if size is None else min(2 * over, size)
    return f"--trials {more}" if more > over else ""


def time_option(seconds: float) -> str:
    """A time as `--max-time` takes it.

    Args:
        seconds: The time.

    Example:
        >>> time_option(7200), time_option(90), time_option(2.5)
        ('2h', '90s', '2.5s')
    """
    for size, unit in _UNITS:
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"
