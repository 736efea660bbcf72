from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers.issues import DataIssues, format_row_numbers
from nnlab.errors import DataError, RequestError
from nnlab.text import did_you_mean, join_names


def test_issues_of_the_config_alone_are_a_request_error() -> None:
    issues = DataIssues("houses.csv")
    issues.add_request_error("Expected a column.", "data.target", "Name one.")
    with pytest.raises(RequestError, match=r"^houses\.csv: data\.target: Expected a column\. Name"):
        issues.raise_if_any()


def test_one_issue_of_the_data_makes_a_data_error() -> None:
    issues = DataIssues("houses.csv")
    issues.add_request_error("First.")
    issues.add_data_error("Second.")
    with pytest.raises(DataError) as error:
        issues.raise_if_any()
    assert str(error.value) == "houses.csv: First.\nhouses.csv: Second."
    assert error.value.exit_code == 1


def test_no_issues_raise_nothing() -> None:
    issues = DataIssues("houses.csv")
    issues.raise_if_any()
    assert not issues


def test_row_numbers_start_at_1_and_are_truncated() -> None:
    assert format_row_numbers(np.array([3])) == "row 4"
    assert format_row_numbers(np.array([0, 6])) == "rows 1, 7"
    assert format_row_numbers(np.arange(8)) == "rows 1, 2, 3, 4, 5 and 3 more"


def test_long_lists_of_names_are_truncated() -> None:
    assert join_names([str(number) for number in range(100)]).endswith("10, 11 and 88 more")


def test_hint_suggests_the_nearest_name_or_lists_all() -> None:
    assert did_you_mean("ROOMS", ["rooms", "age"], "columns") == "Did you mean `rooms`?"
    assert did_you_mean("quux", ["rooms", "age"], "columns") == "The columns are: rooms, age."
