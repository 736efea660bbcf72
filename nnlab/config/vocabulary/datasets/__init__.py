"""Built-in data sets: generated, packaged, or downloaded to Keras' data folder.

Generated data sets have scikit-learn's arguments. The target column of a table is `target`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.component import Component, Section

Source = Literal["generated", "packaged", "download"]
Task = Literal["classification", "regression"]

Fraction = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(gt=0)]
StandardDeviation = Annotated[float, Field(ge=0)]
ROWS = "Number of rows."


class Dataset(Component):
    """A built-in data set.

    Class variables describe the data: listing data sets loads no rows.
    """

    family: ClassVar[str] = "a data set"
    example: ClassVar[str] = "moons: {n_samples: 400}"
    files: ClassVar[Mapping[str, str]] = {
        "datasets.classification": (
            "Xor Moons Circles Spirals Blobs GaussianQuantiles Classification Hastie"
        ),
        "datasets.regression": "Linear Sine Regression Friedman1",
        "datasets.packaged": "Iris Wine BreastCancer Digits Diabetes Mnist5k",
        "datasets.downloads": (
            "Mnist FashionMnist Cifar10 CaliforniaHousing BostonHousing Reuters Imdb"
        ),
    }
    source: ClassVar[Source] = "generated"
    task: ClassVar[Task] = "classification"
    # Number of rows; None for a generated data set.
    size: ClassVar[int | None] = None
    # Number of features, or shape of an image.
    shape: ClassVar[tuple[int, ...]] = (2,)
    # Similar data set that is available offline, for a download.
    offline_alternative: ClassVar[str] = ""


class Generated(Section):
    """What generated data sets have in common: random rows."""

    random_state: Annotated[int, Field(ge=0, lt=2**32)] | None = Field(
        None, description="Seed of the data; None: the experiment's seed."
    )

    def require_rows(self, rows: int, groups: str) -> Self:
        """Return the data set, or raise an error if it has fewer rows than groups."""
        received = getattr(self, "n_samples", 0)
        if received < rows:
            message = f"Expected a row for each of {rows} {groups}. Received: n_samples={received}."
            raise issues_error([Issue(("n_samples",), message, "Increase n_samples.")])
        return self
