"""The `data` section: one source, and room to train."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config.schema.data import DataConfig


def places(**data: Any) -> list[tuple[str | int, ...]]:
    with pytest.raises(ValidationError) as caught:
        DataConfig.model_validate(data)
    return [error["loc"] for error in caught.value.errors()]


@pytest.mark.parametrize("file", ["a.csv", "/data/B.PARQUET", "x.y.npz"])
def test_files_are_known_by_their_suffix(file: str) -> None:
    assert DataConfig.model_validate({"file": file}).file == file


def test_splits_that_leave_rows_to_train_on() -> None:
    data = DataConfig.model_validate(
        {"dataset": "iris", "validation_split": 0.45, "test_split": 0.5}
    )
    assert data.validation_split == 0.45


@pytest.mark.parametrize(
    "target", ["price", ["price", "size"], {"a": "price", "b": ["size", "age"]}, None]
)
def test_targets_in_all_forms(target: Any) -> None:
    assert DataConfig.model_validate({"file": "a.csv", "target": target}).target == target


def test_keys_that_disagree_are_told_beside_keys_that_are_wrong() -> None:
    assert places(scaling="log", validation_split=0.6, test_split=0.6) == [
        ("scaling",),
        (),
        ("validation_split",),
    ]
    assert places(dataset="irs", file="a.xlsx", features=["a"], inputs={"x": ["b"]}) == [
        ("dataset",),
        ("file",),
        ("file",),
        ("features",),
    ]
