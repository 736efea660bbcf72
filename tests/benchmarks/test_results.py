"""The pages show the measurements."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from benchmarks.results import PAGES, RESULTS, Results, updated


@pytest.fixture
def results() -> Results:
    return Results.read(RESULTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_page_shows_the_values_of_the_json(page: Path, results: Results) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<!-- benchmarks: " in text
    assert text == updated(text, results), "run `python -m benchmarks --pages`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_page_follows_the_measurements(page: Path, results: Results) -> None:
    row = results.rows[0]
    other = dataclasses.replace(row, other_s=tuple(2 * seconds for seconds in row.other_s))
    text = page.read_text(encoding="utf-8")
    assert updated(text, dataclasses.replace(results, rows=(other, *results.rows[1:]))) != text


def test_results_round_trip_through_their_file(tmp_path: Path, results: Results) -> None:
    results.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == results


def test_page_shows_the_goals_that_are_missed(results: Results) -> None:
    page = PAGES[0].read_text(encoding="utf-8")
    missed = [row for row in results.rows if row.is_reached is False and row.workload != "auto"]
    assert len(re.findall(r"^\| \((?!auto).* missed \|$", page, flags=re.MULTILINE)) == len(missed)
