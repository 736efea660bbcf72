"""From a run's folder to the file of its report."""

from __future__ import annotations

import os
from pathlib import Path

from nnlab.errors import RequestError
from nnlab.report.html.comparison_page import comparison_page
from nnlab.report.html.devices_page import devices_page
from nnlab.report.html.page import Page, render
from nnlab.report.html.run_page import run_page
from nnlab.report.html.search_page import search_page
from nnlab.runs import StoredRun, atomic_write
from nnlab.runs.comparison import ComparisonFiles
from nnlab.runs.devices import DevicesFiles
from nnlab.runs.search import SearchFiles

REPORT = "report.html"


def write_report(run: StoredRun, out: Path | None = None) -> Path:
    """Writes the report of a run, a search or a comparison, whole or not at all.

    Args:
        run: The run.
        out: The file; None: `report.html` in the run's folder.

    Returns:
        The file.

    Raises:
        DataError: A file of the run cannot be read.
        RequestError: The file cannot be written.
    """
    file = out if out is not None else run.path / REPORT
    if file.is_dir():
        message = f"Expected the name of a file. Received: {file}, a folder."
        raise RequestError(f"{message} Name a file in it: {file / REPORT}")
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
    if SearchFiles(run.path).search_json.is_file():
        return search_page(run)
    if ComparisonFiles(run.path).comparison_json.is_file():
        return comparison_page(run)
    if DevicesFiles(run.path).devices_json.is_file():
        return devices_page(run)
    return run_page(run)
