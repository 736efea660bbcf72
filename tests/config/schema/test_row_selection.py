"""The settings that determine the rows of a run."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.schema.row_selection import row_selection_settings

IRIS: dict[str, Any] = {"dataset": "iris", "test_split": 0.3}


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"test_split": 0.2, "scaling": "standard"}, ["test_split"]),
        ({"validation_split": 0.2}, ["validation_split"]),
        ({"features": ["a"]}, []),
        ({"features": ["a"], "missing": "drop"}, ["missing"]),
    ],
)
def test_settings_change_with_the_rows(changes: dict[str, Any], keys: list[str]) -> None:
    before, after = row_selection_settings(IRIS), row_selection_settings({**IRIS, **changes})
    assert [key for key in before if before[key] != after[key]] == keys


def test_validation_settings_do_not_change_test_rows() -> None:
    changed = {**IRIS, "validation_split": 0.2}
    assert row_selection_settings(changed, validation=False) == row_selection_settings(
        IRIS, validation=False
    )


def test_feature_arguments_of_data_sets_do_not_change_the_rows() -> None:
    reuters = {"dataset": {"reuters": {"num_words": 100}}}
    assert row_selection_settings(reuters) == row_selection_settings({"dataset": "reuters"})
