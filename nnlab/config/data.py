"""The `data` section: where the rows come from, how they are split, encoded and scaled."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from nnlab.config.problems import Problem, problems_error
from nnlab.config.words.datasets import Dataset
from nnlab.config.words.forms import ByForm
from nnlab.config.words.word import Section

Fraction = Annotated[float, Field(gt=0, lt=1)]
Columns = Annotated[list[str], Field(min_length=1)]
FILE_TYPES = (".csv", ".parquet", ".npz")


class DataConfig(Section):
    """A built-in data set or a file, and what is done to it before the model sees it."""

    dataset: Dataset | None = Field(None, description="A built-in data set: see `nnlab datasets`.")
    file: str | None = Field(
        None,
        description="A .csv, .parquet or .npz file; a relative path starts at the config's folder.",
    )
    target: (
        Annotated[str | Columns | dict[str, Annotated[str | Columns, ByForm()]], ByForm()] | None
    ) = Field(None, description="The column to predict, several of them, or those of each output.")
    features: Columns | None = Field(
        None, description="The columns to learn from; None: all the others."
    )
    inputs: dict[str, Columns] | None = Field(
        None, description="The columns of each of the model's inputs, where it has several."
    )
    categorical: list[str] | None = Field(
        None, description="Columns of numbers that stand for categories; columns of text always do."
    )
    encoding: Literal["one_hot", "integer"] = Field(
        "one_hot",
        description="How categories are fed: one feature each, or integer codes for an Embedding.",
    )
    missing: Literal["error", "drop", "mean", "median"] = Field(
        "error",
        description="What becomes of missing numbers; mean and median are those of the training rows.",
    )
    sample_weight: str | None = Field(
        None, description="A column with each row's weight in the loss."
    )
    scaling: Literal["none", "minmax", "standard"] = Field(
        "none",
        description="minmax to [0, 1], standard to mean 0 and deviation 1: learnt on training rows.",
    )
    validation_split: Fraction | None = Field(
        None, description="The fraction of the rows that validation is done on."
    )
    test_split: Fraction | None = Field(
        None,
        description="The fraction of the rows kept for the test; None where the data brings its own.",
    )
    stratify: bool = Field(True, description="Keep the share of each class equal in all parts.")

    @classmethod
    def called(cls) -> str:
        """What messages call this section."""
        return "data"

    @model_validator(mode="after")
    def _one_source_and_room_to_train(self) -> Self:
        problems = []
        if (self.dataset is None) == (self.file is None):
            received = "neither" if self.dataset is None else "both"
            message = f"Expected either `dataset` or `file`. Received: {received}."
            problems.append(
                Problem((), message, "Keep one: `dataset: mnist_5k` or `file: data.csv`.")
            )
        if self.file is not None and not self.file.lower().endswith(FILE_TYPES):
            message = (
                f"Expected a file of type {', '.join(FILE_TYPES)}. Received: file={self.file!r}."
            )
            problems.append(Problem(("file",), message, "Convert it, or rename it to what it is."))
        held_out = (self.validation_split or 0) + (self.test_split or 0)
        if held_out >= 1:
            message = (
                "validation_split and test_split must leave rows to train on. "
                f"Received: {self.validation_split} + {self.test_split} = {held_out:g}."
            )
            problems.append(Problem(("validation_split",), message, "Make their sum less than 1."))
        if self.inputs is not None and self.features is not None:
            message = "`inputs` already says which columns are used. Received: `features` as well."
            problems.append(Problem(("features",), message, "Remove `features`."))
        if problems:
            raise problems_error(problems)
        return self
