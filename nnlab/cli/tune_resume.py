"""What `nnlab tune --resume` may be asked for, and what it says where nothing is left to do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nnlab.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from nnlab.config.tune import TuneConfig
    from nnlab.runs.search import SearchRecord


def limits_of(record: SearchRecord, path: Path) -> list[str]:
    """The limits that a later command gave a search, in the form of `--set`.

    Those of the command that began it stand in the search's config.

    Args:
        record: The search.
        path: Its folder.
    """
    from nnlab.config.reading import load_document
    from nnlab.config.tune import TuneConfig
    from nnlab.runs.search import SearchFiles

    written = load_document(SearchFiles(path).config_yaml).tree.get("tune")
    begun = TuneConfig.model_validate(written or {})
    limits = {
        "--trials tune.max_trials": (begun.max_trials, record.max_trials or None),
        "--max-time tune.max_time": (begun.max_time, record.max_time),
    }
    return [f"{key}={last}" for key, (first, last) in limits.items() if last not in (None, first)]


def refuse_less(record: SearchRecord, asked: TuneConfig) -> None:
    """Refuse limits that a search is past already.

    Args:
        record: The search.
        asked: How it is to go on.

    Raises:
        RequestError: There are more trials, or it took more time.
    """
    from nnlab.report.numbers import plural, seconds_text
    from nnlab.report.search_next import time_option

    done = sum(record.counts.get(status, 0) for status in ("complete", "failed"))
    trials = asked.max_trials
    if trials != record.max_trials and trials < done:
        message = f"Expected trials in all, with those of {record.id} that are done."
        found = f"Received: --trials {trials}, where {plural(done, 'trial')} are done."
        remedy = f"For {trials} more write --trials {done + trials}."
        raise RequestError(f"{message} {found} {remedy}")
    spent = record.timing.get("search_s", 0.0)
    limit = asked.max_time
    if limit is not None and limit != record.max_time and limit <= spent:
        message = f"Expected time in all, with that of {record.id} so far."
        time, more = time_option(limit), time_option(math.ceil(spent + limit))
        found = f"Received: --max-time {time}, where {seconds_text(spent)} were searched."
        raise RequestError(f"{message} {found} For {time} more write --max-time {more}.")


def nothing_left(record: SearchRecord, path: Path) -> str:
    """Why there is nothing to go on with, and how to ask for more.

    Args:
        record: The search.
        path: Its folder.
    """
    from nnlab.report.search_next import ENDS, going_on

    why = ENDS.get(record.ended_by or "", "it is done")
    commands = [command for command, _ in going_on(record, path)]
    more = f" To go on searching: {commands[0]}" if commands else ""
    return f"Nothing is left to do: {why}.{more}"
