"""Columns of a table as features: filled, encoded and scaled by what the training rows hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.chunks import row_chunks
from nnlab.data.containers.issues import DataIssues, rows_text
from nnlab.data.containers.prepared import Column, InputSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import Features, Missing
from nnlab.data.transforms.imputation import impute
from nnlab.data.transforms.partition import arrange_rows
from nnlab.data.transforms.scaling import Scaling, learn_scaling
from nnlab.data.transforms.split import Split
from nnlab.text import join_names

Encoding = Literal["one_hot", "integer"]

MOST_CATEGORIES = 1000


def most_features(
    columns: tuple[str, ...], categories: Mapping[str, Categorical], encoding: Encoding
) -> int:
    """How many features columns become if the training rows hold every category.

    Args:
        columns: The columns' names.
        categories: Those of them that are categories; other columns are left alone.
        encoding: How categories are fed.

    Returns:
        The features; 1 for a column of more categories than can be encoded.

    Example:
        >>> town = Categorical.of(np.array(["Ayr", "Bath", "Ely"]))
        >>> most_features(("town", "rooms"), {"town": town}, "one_hot")
        4
    """
    if encoding == "integer":
        return len(columns)
    counts = [len(categories[name].names) if name in categories else 1 for name in columns]
    return sum(count if count <= MOST_CATEGORIES else 1 for count in counts)


class TableFeatures(Features):
    """Columns of a table.

    Args:
        name: The input's name.
        columns: The columns' names in the order of the features.
        numbers: The columns of numbers, in that order, [rows, columns of numbers] float32, NaN
            where one is missing; overwritten.
        categories: The columns of categories.
        encoding: How categories are fed.
    """

    def __init__(
        self,
        name: str,
        columns: tuple[str, ...],
        numbers: NDArray[np.float32],
        categories: dict[str, Categorical],
        encoding: Encoding,
    ) -> None:
        super().__init__(name)
        self._columns = columns
        self._numbers = numbers
        self._number_names = tuple(column for column in columns if column not in categories)
        self._categories = categories
        self._encoding: Encoding = encoding

    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Note missing and infinite values, column by column, and kinds that do not go together."""
        if self._encoding == "integer" and self._categories and self._number_names:
            issues.request(
                f"Expected columns of one kind in the input `{self.name}`, as encoding is integer. "
                f"Received: numbers ({join_names(self._number_names)}) and categories "
                f"({join_names(list(self._categories))}).",
                "data.inputs",
                "Give the categories an input of their own, or take encoding: one_hot.",
            )
        for name, codes in self._categories.items():
            if self._encoding == "one_hot" and len(codes.names) > MOST_CATEGORIES:
                issues.data(
                    f"Expected at most {MOST_CATEGORIES} categories for one-hot encoding. "
                    f"Received: {len(codes.names)} in the column `{name}`.",
                    "data.encoding",
                    "Take encoding: integer and an Embedding layer, or leave the column out.",
                )
        lacks, gaps, infinite = _not_finite(self._numbers)
        for position in np.flatnonzero(gaps + infinite).tolist():
            name, column = self._number_names[position], self._numbers[:, position]
            self._check_gaps(name, gaps[position], partial(np.isnan, column), missing, issues)
            if infinite[position]:
                rows = rows_text(np.flatnonzero(np.isinf(column)))
                issues.data(
                    f"Expected finite numbers. Received: infinity in the column `{name}`, {rows}.",
                    hint="Correct them; 32-bit numbers end at 3.4e38.",
                )
        for name, codes in self._categories.items():
            lacking = codes.missing()
            self._check_gaps(name, lacking.sum(), codes.missing, missing, issues)
            lacks |= lacking
        return lacks if lacks.any() else None

    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Fill and encode the columns by what the training rows hold."""
        parts = arrange_rows(self._numbers, split, storage)
        self._numbers = self._numbers[:0].copy()  # lets go of the file that the rows were in
        columns = [
            _learn_categories(name, self._categories[name], split, self._encoding)
            if name in self._categories
            else Column(name, "number")
            for name in self._columns
        ]
        if missing in {"mean", "median"}:
            learnt = iter(impute(parts, missing, self._number_names, issues))
            columns = [
                replace(column, fill=next(learnt)) if column.kind == "number" else column
                for column in columns
            ]
        if self._categories:
            parts = _encode(columns, parts, self._categories, split, storage)
        numeric = np.repeat(
            [column.kind == "number" for column in columns], [column.width for column in columns]
        )
        codes_alone = parts[0].dtype == np.int32
        scale, offset = (
            (None, None) if codes_alone or issues else learn_scaling(parts[0], scaling, numeric)
        )
        shape, dtype = parts[0].shape[1:], parts[0].dtype.name
        return parts, InputSpec(self.name, shape, dtype, tuple(columns), scale, offset)

    def _check_gaps(
        self,
        name: str,
        count: int,
        lacking: Callable[[], NDArray[np.bool_]],
        missing: Missing,
        issues: DataIssues,
    ) -> None:
        if count and count == len(self._numbers):
            message = f"Expected values in the column `{name}`. Received: none at all."
            issues.data(message, "data.features", "Leave the column out.")
        elif count and missing == "error":
            rows = rows_text(np.flatnonzero(lacking()))
            issues.data(
                f"Expected a value in every row of the column `{name}`. Received: none in {rows}.",
                "data.missing",
                "Fill the cells, or set data.missing: drop leaves such rows out, mean and median "
                "fill numbers.",
            )


def _not_finite(
    numbers: NDArray[np.float32],
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Which rows lack a number, [rows], and how many NaN and infinities there are, [columns]."""
    lacks = np.zeros(len(numbers), np.bool_)
    gaps, infinite = np.zeros((2, numbers.shape[1]), np.int64)
    for start, stop in row_chunks(len(numbers), numbers.shape[1] * numbers.itemsize):
        chunk = numbers[start:stop]
        if not np.isfinite(chunk).all():
            nan = np.isnan(chunk)
            lacks[start:stop] = nan.any(axis=1)
            gaps += nan.sum(axis=0)
            infinite += np.isinf(chunk).sum(axis=0)
    return lacks, gaps, infinite


def _learn_categories(name: str, codes: Categorical, split: Split, encoding: Encoding) -> Column:
    train = codes.codes[split.source(0, split.sizes[0])]
    return Column(name, "category", None, Categorical(train, codes.names).used().names, encoding)


def _encode(
    columns: list[Column],
    parts: list[NDArray[np.float32]],
    categories: dict[str, Categorical],
    split: Split,
    storage: Storage,
) -> list[NDArray[Any]]:
    """Numbers and encoded categories side by side, in the columns' order."""
    integers = all(column.encoding == "integer" for column in columns)
    width = sum(column.width for column in columns)
    known = {
        column.name: _codes_in_training(categories[column.name].names, column.categories)
        for column in columns
        if column.kind == "category"
    }
    encoded = []
    for numbers, places in zip(parts, split.slices(), strict=True):
        features = storage.empty((len(numbers), width), np.int32 if integers else np.float32)
        for start, stop in row_chunks(len(features), width * features.itemsize):
            source = split.source(places.start + start, places.start + stop)
            codes = {name: known[name][categories[name].codes[source]] for name in known}
            _encode_rows(columns, numbers[start:stop], codes, features[start:stop])
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
            seen = np.flatnonzero(codes[column.name] >= 0)
            features[seen, start + codes[column.name][seen]] = 1
        start += column.width


def _codes_in_training(names: tuple[str, ...], seen: tuple[str, ...]) -> NDArray[np.int32]:
    """For each code of all rows that by the categories of the training rows, else -1.

    The last is for the code of a missing value, which is -1.
    """
    position = {name: number for number, name in enumerate(seen)}
    return np.array([position.get(name, -1) for name in names] + [-1], np.int32)
