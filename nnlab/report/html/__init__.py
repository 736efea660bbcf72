"""Reports of runs, searches, comparisons and benchmarks, each a single HTML file.

A page has sections, and a section has blocks: tables, images, code, text.
"""

from __future__ import annotations

from pathlib import Path

from nnlab.errors import RequestError
from nnlab.report.html.benchmark_page import benchmark_page
from nnlab.report.html.comparison_page import comparison_page
from nnlab.report.html.page import Page, render
from nnlab.report.html.run_page import run_page
from nnlab.report.html.search_page import search_page
from nnlab.runs import RunKind, StoredRun
from nnlab.runs.io.atomic import check_suffix, write_output_file

_PAGES = {
    RunKind.SEARCH: search_page,
    RunKind.COMPARISON: comparison_page,
    RunKind.BENCHMARK: benchmark_page,
}


def write_report(run: StoredRun, out: Path | None = None) -> Path:
    """Write the report of a run, search, comparison or benchmark, and return its path.

    Args:
        run: The stored run.
        out: The `.html` or `.htm` file to write. Defaults to `report.html` in the run's folder.

    Raises:
        DataError: If a file of the run is unreadable.
        RequestError: If the path has another suffix or is not writable.
    """
    file = out if out is not None else run.path / "report.html"
    if file.is_dir():
        message = f"Expected the path of a file. Received: {file}, a folder."
        raise RequestError(f"{message} Use for example {file / 'report.html'}.")
    check_suffix(file, (".html", ".htm"))
    write_output_file(file, render(build_page(run)), "Choose a writable path with --out.")
    return file


def build_page(run: StoredRun) -> Page:
    """Return the report that suits the kind of a run."""
    return _PAGES.get(run.kind, run_page)(run)
