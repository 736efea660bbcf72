"""The `data` section: where the rows come from, how they are split, encoded and scaled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from nnlab.config.diagnostics.issues import Issue, IssueCollector, issues_error
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.unions import ShapeUnion

Fraction = Annotated[float, Field(gt=0, lt=1)]
Columns = Annotated[list[str], Field(min_length=1)]
FILE_TYPES = (".csv", ".parquet", ".npz")


class ValidationFold(Section):
    """One fold of a cross-validation: the rows that are not tested on, parted into equal folds."""

    number: int = Field(gt=0, description="The fold that validation is done on, from 1.")
    folds: int = Field(ge=2, description="How many folds there are; the others are trained on.")

    @classmethod
    def display_name(cls) -> str:
        """What messages call this section."""
        return "validation_fold"

    @model_validator(mode="after")
    def _number_is_one_of_them(self) -> Self:
        if self.number > self.folds:
            message = f"Expected a fold from 1 to {self.folds}. Received: number={self.number}."
            raise issues_error([Issue(("number",), message)])
        return self


class DataConfig(Section):
    """A built-in data set or a file, and what is done to it before the model sees it."""

    section_key: ClassVar[str] = "data"

    dataset: Dataset | None = Field(None, description="A built-in data set: see `nnlab datasets`.")
    file: str | None = Field(
        None,
        description="A .csv, .parquet or .npz file; relative to the config's folder.",
    )
    target: (
        Annotated[str | Columns | dict[str, Annotated[str | Columns, ShapeUnion()]], ShapeUnion()]
        | None
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
        description="What becomes of missing numbers; mean, median: those of the training rows.",
    )
    sample_weight: str | None = Field(
        None, description="A column with each row's weight in the loss."
    )
    scaling: Literal["none", "minmax", "standard"] = Field(
        "none",
        description="minmax: to [0, 1]; standard: to mean 0, deviation 1; by the training rows.",
    )
    validation_split: Fraction | None = Field(
        None, description="The fraction of the rows that validation is done on."
    )
    validation_fold: ValidationFold | None = Field(
        None, description="In the place of validation_split: one fold of a cross-validation."
    )
    test_split: Fraction | None = Field(
        None,
        description="The fraction of the rows kept for the test; None: the data's own test rows.",
    )
    stratify: bool = Field(True, description="Keep the share of each class equal in all parts.")
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = Field(
        None, description="What generated rows and the split follow from; None: the experiment's."
    )

    @classmethod
    def display_name(cls) -> str:
        """What messages call this section."""
        return "data"

    @property
    def has_validation(self) -> bool:
        """Whether some rows are kept for validation."""
        return self.validation_split is not None or self.validation_fold is not None

    @field_validator("file")
    @classmethod
    def _file_is_of_a_known_kind(cls, file: str | None) -> str | None:
        if file is not None and not file.lower().endswith(FILE_TYPES):
            name = file.rpartition("/")[2]
            message = f"Expected a file of type {', '.join(FILE_TYPES)}. Received: {name}."
            raise issues_error([Issue((), message, "Convert it, or rename it to what it is.")])
        return file

    @model_validator(mode="wrap")
    @classmethod
    def _keys_agree(cls, data: Any, validate: ValidatorFunctionWrapHandler) -> Self:
        collector = IssueCollector()
        with collector.collect():
            section: Self = validate(data)
        if data is None or isinstance(data, Mapping):
            collector.add(*_disagreements(data or {}))
        collector.raise_if_any()
        return section


def _disagreements(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Keys that do not go together, beside whatever is wrong with one of them."""
    sources = [key for key in ("dataset", "file") if data.get(key) is not None]
    if not sources:
        message = "Expected `dataset` or `file`. Received: neither."
        hint = "Write `dataset: mnist_5k` or `file: data.csv`."
        yield Issue((), message, hint, at_key=True)
    elif len(sources) > 1:
        message = "Expected `dataset` or `file`. Received: both."
        yield Issue(("file",), message, "Remove one of them.", at_key=True)
    if data.get("inputs") is not None and data.get("features") is not None:
        message = "`inputs` already says which columns are used. Received: `features` as well."
        yield Issue(("features",), message, "Remove `features`.", at_key=True)
    validation, test = data.get("validation_split"), data.get("test_split")
    if validation is not None and data.get("validation_fold") is not None:
        message = "`validation_fold` already says which rows validation is done on."
        message += " Received: `validation_split` as well."
        yield Issue(("validation_split",), message, "Remove one of them.", at_key=True)
    if not (isinstance(validation, float) and isinstance(test, float)):
        return
    if 0 < validation < 1 and 0 < test < 1 and validation + test >= 1:
        message = (
            "validation_split and test_split must leave rows to train on. "
            f"Received: {validation:g} + {test:g} = {validation + test:g}."
        )
        yield Issue(("validation_split",), message, "Make their sum less than 1.")
