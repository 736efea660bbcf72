"""From a run's folder to the file of its report."""

from __future__ import annotations

import os
from pathlib import Path

from nnlab.errors import RequestError
from nnlab.report.html.benchmark_page import benchmark_page
from nnlab.report.html.comparison_page import comparison_page
from nnlab.report.html.page import Page, render
from nnlab.report.html.run_page import run_page
from nnlab.report.html.search_page import search_page
from nnlab.report.text.phrases import PAGES, check_suffix
from nnlab.runs import RunKind, StoredRun, atomic_write

REPORT = "report.html"

_PAGES = {
    RunKind.SEARCH: search_page,
    RunKind.COMPARISON: comparison_page,
    RunKind.DEVICES: benchmark_page,
}


def write_report(run: StoredRun, out: Path | None = None) -> Path:
    """Writes the report of a run, a search or a comparison, whole or not at all.

    Args:
        run: The run.
        out: The file, `.html` or `.htm`; None: `report.html` in the run's folder.

    Returns:
        The file.

    Raises:
        DataError: A file of the run cannot be read.
        RequestError: The file's suffix is another, or it cannot be written.
    """
    file = out if out is not None else run.path / REPORT
    if file.is_dir():
        message = f"Expected the name of a file. Received: {file}, a folder."
        raise RequestError(f"{message} Name a file in it: {file / REPORT}")
    check_suffix(file, PAGES, "a page")
    html = render(page_of(run))
    try:
        atomic_write(file, html)
    except OSError as error:
        words = os.strerror(error.errno) if error.errno else str(error)
        message = f"Expected to be able to write {file}. Received: error={words!r}."
        raise RequestError(f"{message} Name a file that you may write to with --out.") from error
    return file


def page_of(run: StoredRun) -> Page:
    """The report of whatever lies in a folder.

    Args:
        run: The run.
    """
    return _PAGES.get(run.kind, run_page)(run)
