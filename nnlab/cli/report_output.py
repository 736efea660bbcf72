"""How a comparison closes: where its report cannot be written, the results still count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from nnlab.cli.options import print_json
from nnlab.errors import NnlabError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def write_report_and_print(
    document: Mapping[str, Any],
    write: Callable[[], None] | None,
    show: Callable[[], None] | None,
    option: str,
) -> None:
    """Write the report of a comparison that is done, and tell the results.

    Args:
        document: The comparison as JSON, with its `id`, and an `error` where it has one to tell.
        write: Writes the report, with its pictures; None: there is to be none.
        show: Prints the results; None: as one JSON document.
        option: What the next command needs, see `runs_dir_flag`.

    Raises:
        RunFailedError: The report could not be written: why, and how to write it later.
    """
    unwritten = ""
    try:
        if write is not None:
            write()
    except NnlabError as error:
        later = f"Write it later with: nnlab report {document['id']}{option}"
        unwritten = f"The results are kept; their report could not be written. {error} {later}"
    if show is not None:
        show()
    elif not unwritten:
        print_json(document)
    if document.get("error") is not None:
        typer.echo(document["error"], err=True)
    if unwritten:
        raise RunFailedError(unwritten, dict(document))
