"""Problems become faults: with their places, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable

from nnlab.config.diagnostics.issues import Issue
from nnlab.config.yaml.document import Document, Path, format_path
from nnlab.errors import Diagnostic, Location


def located(document: Document, issues: Iterable[Issue]) -> tuple[Diagnostic, ...]:
    """Problems with their places, each once, in the order of the file.

    Args:
        document: The config.
        issues: Problems, with paths from its top.

    Returns:
        Faults, their paths in the words of the file.
    """
    diagnostics: dict[tuple[Location | None, str], Diagnostic] = {}
    for issue in issues:
        path: Path = document.origin(issue.path)
        where = document.locate(issue.path, at_key=issue.at_key)
        diagnostic = Diagnostic(issue.message, format_path(path), where, issue.hint)
        # What an alias repeats was written once.
        diagnostics.setdefault((where, issue.message), diagnostic)
    return in_file_order(diagnostics.values())


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Faults sorted by their places.

    Args:
        diagnostics: In any order; those of no place come first.
    """
    return tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.location or Location("")))
