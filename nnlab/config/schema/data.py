"""The `data` section: source, splits, encoding and scaling of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from nnlab.config.diagnostics import Issue, IssueCollector, issues_error
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.unions import ShapeUnion

Fraction = Annotated[float, Field(gt=0, lt=1)]
Columns = Annotated[list[str], Field(min_length=1)]
FILE_TYPES = (".csv", ".parquet", ".npz")


class ValidationFold(Section):
    """One fold of a cross-validation over the rows that are not test rows."""

    yaml_name: ClassVar[str] = "validation_fold"

    number: int = Field(gt=0, description="The fold used for validation, from 1.")
    folds: int = Field(ge=2, description="Number of folds; the others are training rows.")

    @model_validator(mode="after")
    def _number_is_a_fold(self) -> Self:
        if self.number > self.folds:
            message = f"Expected a fold from 1 to {self.folds}. Received: number={self.number}."
            raise issues_error([Issue(("number",), message)])
        return self


class DataConfig(Section):
    """A built-in data set or a file, and its preparation."""

    section_key: ClassVar[str] = "data"

    dataset: Dataset | None = Field(None, description="Built-in data set; see `nnlab datasets`.")
    file: str | None = Field(
        None, description="A .csv, .parquet or .npz file, relative to the config."
    )
    target: (
        Annotated[str | Columns | dict[str, Annotated[str | Columns, ShapeUnion()]], ShapeUnion()]
        | None
    ) = Field(None, description="Column or columns to predict, or those of each output.")
    features: Columns | None = Field(None, description="Feature columns; None: all other columns.")
    inputs: dict[str, Columns] | None = Field(
        None, description="Columns of each input, for a model with several inputs."
    )
    categorical: list[str] | None = Field(
        None, description="Numeric columns that are categorical; text columns always are."
    )
    encoding: Literal["one_hot", "integer"] = Field(
        "one_hot", description="Encoding of categories; integer: codes for an Embedding."
    )
    missing: Literal["error", "drop", "mean", "median"] = Field(
        "error", description="Handling of missing values; mean, median: of the training rows."
    )
    sample_weight: str | None = Field(
        None, description="Column with the weight of each row in the loss."
    )
    scaling: Literal["none", "minmax", "standard"] = Field(
        "none", description="minmax: to [0, 1]; standard: to mean 0, standard deviation 1."
    )
    validation_split: Fraction | None = Field(
        None, description="Fraction of the rows for validation."
    )
    validation_fold: ValidationFold | None = Field(
        None, description="One fold of a cross-validation, instead of validation_split."
    )
    test_split: Fraction | None = Field(
        None,
        description="Fraction of the rows for the test; None: the test rows of the data, if any.",
    )
    stratify: bool = Field(True, description="Whether each split has the same share of each class.")
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = Field(
        None, description="Seed of generated rows and of the split; None: the experiment's."
    )

    @property
    def has_validation(self) -> bool:
        """Whether there are validation rows."""
        return self.validation_split is not None or self.validation_fold is not None

    @field_validator("file")
    @classmethod
    def _file_type_is_known(cls, file: str | None) -> str | None:
        if file is not None and not file.lower().endswith(FILE_TYPES):
            name = file.rpartition("/")[2]
            message = f"Expected a file of type {', '.join(FILE_TYPES)}. Received: {name}."
            raise issues_error([Issue((), message, "Convert it, or rename it to its type.")])
        return file

    @model_validator(mode="wrap")
    @classmethod
    def _keys_agree(cls, data: Any, validate: ValidatorFunctionWrapHandler) -> Self:
        collector = IssueCollector()
        with collector.collect():
            section: Self = validate(data)
        if data is None or isinstance(data, Mapping):
            collector.add(*_conflicts(data or {}))
        collector.raise_if_any()
        return section


def _conflicts(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield conflicts between keys, even if single keys are invalid."""
    sources = [key for key in ("dataset", "file") if data.get(key) is not None]
    if not sources:
        message = "Expected `dataset` or `file`. Received: neither."
        hint = "Write `dataset: mnist_5k` or `file: data.csv`."
        yield Issue((), message, hint, at_key=True)
    elif len(sources) > 1:
        message = "Expected `dataset` or `file`. Received: both."
        yield Issue(("file",), message, "Remove one of them.", at_key=True)
    if data.get("inputs") is not None and data.get("features") is not None:
        message = "`inputs` already lists the columns. Received: `features` as well."
        yield Issue(("features",), message, "Remove `features`.", at_key=True)
    validation, test = data.get("validation_split"), data.get("test_split")
    if validation is not None and data.get("validation_fold") is not None:
        message = "`validation_fold` already selects the validation rows."
        message += " Received: `validation_split` as well."
        yield Issue(("validation_split",), message, "Remove one of them.", at_key=True)
    if not (isinstance(validation, float) and isinstance(test, float)):
        return
    if 0 < validation < 1 and 0 < test < 1 and validation + test >= 1:
        message = (
            "validation_split and test_split must leave training rows. "
            f"Received: {validation:g} + {test:g} = {validation + test:g}."
        )
        yield Issue(("validation_split",), message, "Make their sum less than 1.")
