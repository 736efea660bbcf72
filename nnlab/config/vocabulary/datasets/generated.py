"""What generated data sets share: their arguments, named as in scikit-learn."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.datasets.dataset import Dataset

Fraction = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(gt=0)]
Spread = Annotated[float, Field(ge=0)]
RandomState = Annotated[int, Field(ge=0, lt=2**32)]

AnyDataset = TypeVar("AnyDataset", bound=Dataset)

ROWS = "Number of rows."
RANDOM_STATE = "Seed of the data alone; None: the experiment's seed."


def at_least(component: AnyDataset, rows: int, what: str) -> AnyDataset:
    """The word itself, if it has a row for each of some things.

    Args:
        component: A generated data set.
        rows: How many things there are.
        what: What messages call them.

    Raises:
        ValidationError: If there are fewer rows.
    """
    n_samples = getattr(component, "n_samples", 0)
    if n_samples < rows:
        message = f"Expected a row for each of {rows} {what}. Received: n_samples={n_samples}."
        raise issues_error([Issue(("n_samples",), message, "Raise n_samples.")])
    return component
