"""Problems become faults: with their places, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable

from nnlab.config.diagnostics.issues import Problem
from nnlab.config.yaml.document import Document, Path, dotted
from nnlab.errors import Fault, Location


def located(document: Document, problems: Iterable[Problem]) -> tuple[Fault, ...]:
    """Problems with their places, each once, in the order of the file.

    Args:
        document: The config.
        problems: Problems, with paths from its top.

    Returns:
        Faults, their paths in the words of the file.
    """
    faults: dict[tuple[Location | None, str], Fault] = {}
    for problem in problems:
        path: Path = document.origin(problem.path)
        where = document.locate(problem.path, at_key=problem.at_key)
        fault = Fault(problem.message, dotted(path), where, problem.remedy)
        # What an alias repeats was written once.
        faults.setdefault((where, problem.message), fault)
    return in_file_order(faults.values())


def in_file_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults sorted by their places.

    Args:
        faults: In any order; those of no place come first.
    """
    return tuple(sorted(faults, key=lambda fault: fault.where or Location("")))
