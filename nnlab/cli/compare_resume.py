"""What `nnlab compare variants --resume` may be asked for, and what it leaves lying."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

from nnlab.config.hints import names_text
from nnlab.errors import DataError, RequestError, RunNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from nnlab.config.variants import Comparison
    from nnlab.runs.comparison import ComparisonRecord

_listed = partial(names_text, most=3)


def resume_notes(asked: Comparison, path: Path) -> tuple[str, ...]:
    """Refuse to go on with another comparison, or with less than is done; tell what is left lying.

    Args:
        asked: How it is to go on.
        path: The folder of the comparison to go on with.

    Returns:
        Sentences; empty where all that is done stays in the comparison.

    Raises:
        RequestError: It is another comparison, or runs of some seeds would no longer count.
    """
    from nnlab.report.variant_records import read_compared

    try:
        record, table = read_compared(path)
    except (RunNotFoundError, DataError):
        return ()
    _refuse_another(asked, record)
    done = {
        row.name: [seed for seed in table.seeds if seed in row.values or seed in row.failures]
        for row in table.rows
    }
    _refuse_fewer(asked, record, {seed for seeds in done.values() for seed in seeds})
    names = {variant.name for variant in asked.variants}
    gone = [name for name, seeds in done.items() if seeds and name not in names]
    if not gone:
        return ()
    where = f"they stay in {shlex.quote(str(path))}, and count no more."
    return (f"No longer variants, or renamed: {_listed(gone)}. Their runs are not used: {where}",)


def _refuse_another(asked: Comparison, record: ComparisonRecord) -> None:
    """The same name, and a variant or more in common."""
    command = f"Compare it anew: nnlab compare variants {shlex.quote(asked.file)}"
    if asked.name != record.name:
        message = f"Expected the comparison that {record.id} is of, `{record.name}`."
        raise RequestError(f"{message} Received: {asked.file}, `{asked.name}`. {command}")
    before = [str(row["name"]) for row in record.variants]
    now = [variant.name for variant in asked.variants]
    if not {*before} & {*now}:
        message = f"Expected a variant or more of {record.id}: {_listed(before)}."
        raise RequestError(f"{message} Received: {asked.file}, with {_listed(now)}. {command}")


def _refuse_fewer(asked: Comparison, record: ComparisonRecord, done: set[int]) -> None:
    """Runs of seeds that are not asked for any more would silently count no more."""
    lost = sorted(done - {*asked.seeds})
    if lost:
        seeds, wanted = (_listed([str(seed) for seed in some]) for some in (lost, asked.seeds))
        message = f"Expected all seeds of which {record.id} has runs."
        found = f"Received: {wanted}, without {seeds}."
        are_fewer = {*asked.seeds} < {*record.seeds}
        own = f"Write --seeds {len(record.seeds)}" if are_fewer else "Leave its seeds as they are"
        remedy = f"{own}, or compare anew without --resume."
        raise RequestError(f"{message} {found} {remedy}")
