"""The report that a comparison closes with: where it cannot be written, the results still count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.errors import NnlabError

if TYPE_CHECKING:
    from collections.abc import Callable


def reason_of_no_report(write: Callable[[], None], run: str, option: str) -> str:
    """Write the report of a comparison that is done.

    Args:
        write: Writes it, with its pictures.
        run: The comparison's id.
        option: What the next command needs, see `same_folder`.

    Returns:
        Why it could not be written, and how to write it later; empty where it was.
    """
    try:
        write()
    except NnlabError as error:
        later = f"Write it later with: nnlab report {run}{option}"
        return f"The results are kept; their report could not be written. {error} {later}"
    return ""
