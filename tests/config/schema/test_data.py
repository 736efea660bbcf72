"""The `data` section."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config.schema.data import DataConfig


def error_paths(**data: Any) -> list[tuple[str | int, ...]]:
    with pytest.raises(ValidationError) as caught:
        DataConfig.model_validate(data)
    return [error["loc"] for error in caught.value.errors()]


@pytest.mark.parametrize("file", ["a.csv", "/data/B.PARQUET", "x.y.npz"])
def test_file_types_are_known_by_suffix(file: str) -> None:
    assert DataConfig.model_validate({"file": file}).file == file


def test_splits_that_leave_training_rows() -> None:
    data = DataConfig.model_validate(
        {"dataset": "iris", "validation_split": 0.45, "test_split": 0.5}
    )
    assert data.validation_split == 0.45


@pytest.mark.parametrize(
    "target", ["price", ["price", "size"], {"a": "price", "b": ["size", "age"]}, None]
)
def test_target_forms(target: Any) -> None:
    assert DataConfig.model_validate({"file": "a.csv", "target": target}).target == target


def test_conflicts_are_reported_with_invalid_values() -> None:
    assert error_paths(scaling="log", validation_split=0.6, test_split=0.6) == [
        ("scaling",),
        (),
        ("validation_split",),
    ]
    assert error_paths(dataset="irs", file="a.xlsx", features=["a"], inputs={"x": ["b"]}) == [
        ("dataset",),
        ("file",),
        ("file",),
        ("features",),
    ]
