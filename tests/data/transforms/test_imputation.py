from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from nnlab.data.containers import memory
from nnlab.data.containers.issues import DataIssues
from nnlab.data.transforms import imputation
from nnlab.data.transforms.imputation import impute
from nnlab.errors import DataError

NAN = np.nan


@pytest.mark.parametrize("strategy", ["mean", "median"])
def test_imputation_in_chunks_equals_numpy(
    strategy: Literal["mean", "median"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_CHUNK_BYTES", 1000)
    monkeypatch.setattr(imputation, "_BLOCK_BYTES", 10_000)
    generator = np.random.default_rng(0)
    train = generator.normal(size=(1001, 5)).astype(np.float32)
    train[generator.random(train.shape) < 0.3] = NAN
    expected = (np.nanmean if strategy == "mean" else np.nanmedian)(
        train.astype(np.float64), axis=0
    )
    is_missing = np.isnan(train)
    test = np.full((2, 5), NAN, np.float32)
    fills = impute([train, test], strategy, tuple("abcde"), DataIssues("table"))
    assert np.allclose(fills, expected, rtol=1e-6)
    assert (
        train[is_missing] == np.broadcast_to(np.array(fills, np.float32), train.shape)[is_missing]
    ).all()
    assert test.tolist() == [fills, fills]


def test_every_column_without_a_training_value_is_reported() -> None:
    issues = DataIssues("table")
    train = np.array([[NAN, 1, NAN]], np.float32)
    impute([train], "mean", ("a", "b", "c"), issues)
    with pytest.raises(DataError, match=r"column `a`.*\n.*column `c`"):
        issues.raise_if_any()
