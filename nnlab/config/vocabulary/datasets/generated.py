"""Common arguments of generated data sets, named as in scikit-learn."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.datasets.dataset import Dataset

Fraction = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(gt=0)]
StandardDeviation = Annotated[float, Field(ge=0)]
RandomState = Annotated[int, Field(ge=0, lt=2**32)]

AnyDataset = TypeVar("AnyDataset", bound=Dataset)

ROWS = "Number of rows."
RANDOM_STATE = "Seed of the data; None: the experiment's seed."


def require_rows(dataset: AnyDataset, rows: int, groups: str) -> AnyDataset:
    """Return the data set, or raise an error if it has fewer rows than groups."""
    n_samples = getattr(dataset, "n_samples", 0)
    if n_samples < rows:
        message = f"Expected a row for each of {rows} {groups}. Received: n_samples={n_samples}."
        raise issues_error([Issue(("n_samples",), message, "Increase n_samples.")])
    return dataset
