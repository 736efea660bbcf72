"""What a search leaves beside its records."""

from __future__ import annotations

from pathlib import Path

from nnlab.report.search_files import write_search_files
from nnlab.runs.search import SearchFiles, SearchRecord, read_search
from tests.report.searches import TIMES, search, trials


def test_a_table_and_three_pictures_are_left_and_the_importance_told(tmp_path: Path) -> None:
    several = trials(30, failed=(7,))
    search(several).write(SearchFiles(tmp_path).search_json)
    files = SearchFiles(tmp_path)
    found = write_search_files(files, read_search(tmp_path), several)
    assert found is not None
    assert next(iter(found.shares)) == TIMES
    assert len(files.trials_csv.read_text().splitlines()) > 30
    assert {path.name for path in files.plots.iterdir()} == {
        "optimization_history.png",
        "parallel_coordinates.png",
        "slices.png",
    }


def test_a_search_without_trials_leaves_an_empty_table(tmp_path: Path) -> None:
    record: SearchRecord = search([])
    assert write_search_files(SearchFiles(tmp_path), record, []) is None
    assert len(SearchFiles(tmp_path).trials_csv.read_text().splitlines()) == 1
