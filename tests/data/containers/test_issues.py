from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers.issues import DataIssues, rows_text
from nnlab.errors import DataError, RequestError
from nnlab.text import did_you_mean, join_names


def test_faults_of_the_config_alone_are_a_wrong_request() -> None:
    issues = DataIssues("houses.csv")
    issues.request("Expected a column.", "data.target", "Name one.")
    with pytest.raises(RequestError, match=r"^houses\.csv: data\.target: Expected a column\. Name"):
        issues.raise_if_any()


def test_one_fault_of_the_data_makes_all_of_them_the_data_s() -> None:
    issues = DataIssues("houses.csv")
    issues.request("First.")
    issues.data("Second.")
    with pytest.raises(DataError) as told:
        issues.raise_if_any()
    assert str(told.value) == "houses.csv: First.\nhouses.csv: Second."
    assert told.value.exit_code == 1


def test_nothing_wrong_raises_nothing() -> None:
    issues = DataIssues("houses.csv")
    issues.raise_if_any()
    assert not issues


def test_rows_are_counted_from_1_and_not_all_written_out() -> None:
    assert rows_text(np.array([3])) == "row 4"
    assert rows_text(np.arange(8)) == "rows 1, 2, 3, 4, 5 and 3 more"


def test_names_are_not_all_written_out() -> None:
    assert join_names([str(number) for number in range(100)]).endswith("10, 11 and 88 more")


def test_remedy_names_the_nearest_or_all() -> None:
    assert did_you_mean("ROOMS", ["rooms", "age"], "columns") == "Did you mean `rooms`?"
    assert did_you_mean("quux", ["rooms", "age"], "columns") == "The columns are: rooms, age."
