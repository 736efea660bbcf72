"""Features of an input, from arrays or from the columns of a table, imputed, encoded and scaled."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import MISSING, Categorical
from nnlab.data.containers.issues import DataIssues, format_row_numbers
from nnlab.data.containers.memory import any_in_row, row_chunks
from nnlab.data.containers.prepared import Column, InputSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.imputation import impute
from nnlab.data.transforms.partition import arrange_rows
from nnlab.data.transforms.scaling import Scaling, learn_scaling
from nnlab.data.transforms.split import Split
from nnlab.text import join_names

Encoding = Literal["one_hot", "integer"]
Missing = Literal["error", "drop", "mean", "median"]

MAX_CATEGORIES = 1000


class Features(ABC):
    """The features of one input, before the split."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Report invalid values, and missing ones if `missing` is `error`.

        Returns which rows lack a value, `(rows,)`, or None if no row does.
        """

    @abstractmethod
    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Split and encode the rows, in place if possible; can be called only once.

        Returns:
            Training, validation and test rows, each `(rows, *shape)`, and the input's spec.
        """


class ArrayFeatures(Features):
    """An array of images, or of numbers without column names.

    Args:
        name: The input's name.
        values: `(rows, *shape)`: uint8 pixels, float32 numbers or bools.
    """

    def __init__(self, name: str, values: NDArray[Any]) -> None:
        super().__init__(name)
        self._values = values

    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Report NaN and infinity in an array of numbers."""
        if self._values.dtype.kind != "f":
            return None
        flat = self._values.reshape(len(self._values), -1)
        has_nan, _, infinity_counts = _count_non_finite(flat)
        if infinity_counts.any():
            rows = format_row_numbers(np.flatnonzero(any_in_row(np.isinf, flat)))
            issues.add_data_error(
                f"Expected finite numbers. Received: infinity in `{self.name}`, {rows}."
            )
        if not has_nan.any():
            return None
        if missing != "drop":
            rows = format_row_numbers(np.flatnonzero(has_nan))
            issues.add_data_error(
                f"Expected numbers without gaps. Received: NaN in `{self.name}`, {rows}.",
                hint="Fill them, or set data.missing: drop to leave out these rows.",
            )
        return has_nan

    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Reorder the rows; arrays need no encoding."""
        del missing, issues
        parts = arrange_rows(self._values, split, storage)
        self._values = self._values[:0].copy()  # releases the file that held the rows
        scale, offset = learn_scaling(parts[0], scaling)
        if parts[0].dtype == np.bool_:
            parts = [part.view(np.uint8) for part in parts]
        shape, dtype = parts[0].shape[1:], parts[0].dtype.name
        spec = InputSpec(self.name, shape, dtype, scale=scale, offset=offset)
        return parts, spec


def max_features(
    columns: tuple[str, ...], categorical: Mapping[str, Categorical], encoding: Encoding
) -> int:
    """Return the number of features if the training rows contain every category.

    A column with too many categories, which is an error, counts as one.
    """
    if encoding == "integer":
        return len(columns)
    counts = [len(categorical[name].categories) if name in categorical else 1 for name in columns]
    return sum(count if count <= MAX_CATEGORIES else 1 for count in counts)


class TableFeatures(Features):
    """Columns of a table.

    Args:
        name: The input's name.
        columns: The names of all columns, in the order of the features.
        numbers: `(rows, numeric columns)` float32: the numeric columns in that order, NaN where a
            number is missing; overwritten.
        categorical: The categorical columns, by name.
        encoding: The encoding of categories.
    """

    def __init__(
        self,
        name: str,
        columns: tuple[str, ...],
        numbers: NDArray[np.float32],
        categorical: dict[str, Categorical],
        encoding: Encoding,
    ) -> None:
        super().__init__(name)
        self._columns = columns
        self._numbers = numbers
        self._numeric_columns = tuple(column for column in columns if column not in categorical)
        self._categorical = categorical
        self._encoding: Encoding = encoding

    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Report missing and infinite values by column, and kinds that cannot be combined."""
        if self._encoding == "integer" and self._categorical and self._numeric_columns:
            issues.add_request_error(
                f"Expected either numbers or categories in the input `{self.name}`, as encoding is "
                f"integer. Received: numbers ({join_names(self._numeric_columns)}) and categories "
                f"({join_names(list(self._categorical))}).",
                "data.inputs",
                "Give the categories a separate input, or set encoding: one_hot.",
            )
        for name, column in self._categorical.items():
            if self._encoding == "one_hot" and len(column.categories) > MAX_CATEGORIES:
                issues.add_data_error(
                    f"Expected at most {MAX_CATEGORIES} categories for one-hot encoding. "
                    f"Received: {len(column.categories)} in the column `{name}`.",
                    "data.encoding",
                    "Set encoding: integer and use an Embedding layer, or leave out the column.",
                )
        lacks_value, nan_counts, infinity_counts = _count_non_finite(self._numbers)
        for position in np.flatnonzero(nan_counts + infinity_counts).tolist():
            name, numbers = self._numeric_columns[position], self._numbers[:, position]
            self._check_missing(
                name, nan_counts[position], partial(np.isnan, numbers), missing, issues
            )
            if infinity_counts[position]:
                rows = format_row_numbers(np.flatnonzero(np.isinf(numbers)))
                issues.add_data_error(
                    f"Expected finite numbers. Received: infinity in the column `{name}`, {rows}.",
                    hint="Fix these cells; the largest 32-bit number is 3.4e38.",
                )
        for name, column in self._categorical.items():
            is_missing = column.is_missing()
            self._check_missing(name, is_missing.sum(), column.is_missing, missing, issues)
            lacks_value |= is_missing
        return lacks_value if lacks_value.any() else None

    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Split the rows, then impute, encode and scale the columns from the training rows."""
        parts = arrange_rows(self._numbers, split, storage)
        self._numbers = self._numbers[:0].copy()  # releases the file that held the rows
        fills: dict[str, float] = {}
        if missing in {"mean", "median"}:
            values = impute(parts, missing, self._numeric_columns, issues)
            fills = dict(zip(self._numeric_columns, values, strict=True))
        columns = []
        for name in self._columns:
            if name in self._categorical:
                train = self._categorical[name].take(split.rows_at(0, split.sizes[0]))
                categories = train.remove_unused().categories
                columns.append(Column(name, "category", None, categories, self._encoding))
            else:
                columns.append(Column(name, "number", fills.get(name)))
        if self._categorical:
            parts = _encode(columns, parts, self._categorical, split, storage)
        numeric = np.repeat(
            [column.kind == "number" for column in columns], [column.width for column in columns]
        )
        are_codes = parts[0].dtype == np.int32
        scale, offset = (
            (None, None) if are_codes or issues else learn_scaling(parts[0], scaling, numeric)
        )
        shape, dtype = parts[0].shape[1:], parts[0].dtype.name
        return parts, InputSpec(self.name, shape, dtype, tuple(columns), scale, offset)

    def _check_missing(
        self,
        name: str,
        count: int,
        is_missing: Callable[[], NDArray[np.bool_]],
        missing: Missing,
        issues: DataIssues,
    ) -> None:
        if count and count == len(self._numbers):
            message = f"Expected values in the column `{name}`. Received: only missing values."
            issues.add_data_error(message, "data.features", "Leave out the column.")
        elif count and missing == "error":
            rows = format_row_numbers(np.flatnonzero(is_missing()))
            issues.add_data_error(
                f"Expected a value in every row of the column `{name}`. Received: none in {rows}.",
                "data.missing",
                "Fill these cells, or set data.missing: drop leaves out these rows, mean and "
                "median fill numbers.",
            )


def _count_non_finite(
    numbers: NDArray[np.float32],
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Return which rows contain NaN, `(rows,)`, and the NaN and infinity counts, `(columns,)`."""
    has_nan = np.zeros(len(numbers), np.bool_)
    nan_counts, infinity_counts = np.zeros((2, numbers.shape[1]), np.int64)
    for start, stop in row_chunks(len(numbers), numbers.shape[1] * numbers.itemsize):
        chunk = numbers[start:stop]
        if not np.isfinite(chunk).all():
            is_nan = np.isnan(chunk)
            has_nan[start:stop] = is_nan.any(axis=1)
            nan_counts += is_nan.sum(axis=0)
            infinity_counts += np.isinf(chunk).sum(axis=0)
    return has_nan, nan_counts, infinity_counts


def _encode(
    columns: list[Column],
    parts: list[NDArray[np.float32]],
    categorical: dict[str, Categorical],
    split: Split,
    storage: Storage,
) -> list[NDArray[Any]]:
    """Return numbers and encoded categories in the order of the columns, for each part."""
    are_codes = all(column.encoding == "integer" for column in columns)
    width = sum(column.width for column in columns)
    code_maps = {}
    for column in columns:
        if column.kind == "category":
            train_codes = {category: code for code, category in enumerate(column.categories)}
            codes = [train_codes.get(name, MISSING) for name in categorical[column.name].categories]
            # The last entry is for the code of a missing value.
            code_maps[column.name] = np.array([*codes, MISSING], np.int32)
    encoded = []
    for numbers, places in zip(parts, split.slices(), strict=True):
        features = storage.empty((len(numbers), width), np.int32 if are_codes else np.float32)
        for start, stop in row_chunks(len(features), width * features.itemsize):
            rows = split.rows_at(places.start + start, places.start + stop)
            chunk_codes = {
                name: code_map[categorical[name].codes[rows]]
                for name, code_map in code_maps.items()
            }
            _encode_rows(columns, numbers[start:stop], chunk_codes, features[start:stop])
        encoded.append(features)
    return encoded


def _encode_rows(
    columns: list[Column],
    numbers: NDArray[np.float32],
    codes: dict[str, NDArray[np.int32]],
    features: NDArray[Any],
) -> None:
    features[:] = 0
    start, number = 0, 0
    for column in columns:
        if column.kind == "number":
            features[:, start] = numbers[:, number]
            number += 1
        elif column.encoding == "integer":
            features[:, start] = codes[column.name] + 1
        else:
            known = np.flatnonzero(codes[column.name] >= 0)
            features[known, start + codes[column.name][known]] = 1
        start += column.width
