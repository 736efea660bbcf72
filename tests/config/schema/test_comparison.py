"""The schema of a comparison file."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config.schema.comparison import ComparisonConfig

VARIANTS: dict[str, Any] = {"few": {"training.epochs": 5}, "many": {"training.epochs": 50}}


def test_default_is_five_seeds() -> None:
    assert ComparisonConfig(base="mnist_5k", variants=VARIANTS).seeds == 5


def test_keys_without_values_are_empty() -> None:
    config = ComparisonConfig.model_validate(
        {"changes": None, "grid": None, "variants": {"plain": None, **VARIANTS}}
    )
    assert (config.changes, config.grid) == ({}, {})
    assert config.variants == {"plain": {}, **VARIANTS}


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        ({"variants": {"plots": {}, "a.json": {}, "b": {}}}, ["plots", "a.json"]),
        ({"seeds": [1, 2, 1, 2]}, [2, 3]),
    ],
)
def test_conflicts_are_reported_at_each_key(values: dict[str, Any], paths: list[object]) -> None:
    with pytest.raises(ValidationError) as caught:
        ComparisonConfig.model_validate(values)
    assert [error["loc"][-1] for error in caught.value.errors()] == paths
