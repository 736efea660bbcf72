"""Columns of a table as features: filled, encoded and scaled by what the training rows hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.codes import Codes
from nnlab.data.faults import Faults, names_text, rows_text
from nnlab.data.features import Features, Missing
from nnlab.data.prepared import Column, InputSpec
from nnlab.data.rows import permute_rows, row_chunks
from nnlab.data.scaling import Scaling, learn_scaling
from nnlab.data.splitting import Split

Encoding = Literal["one_hot", "integer"]

MOST_CATEGORIES = 1000


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
        categories: dict[str, Codes],
        encoding: Encoding,
    ) -> None:
        super().__init__(name)
        self._columns = columns
        self._numbers = numbers
        self._number_names = tuple(column for column in columns if column not in categories)
        self._categories = categories
        self._encoding: Encoding = encoding

    def check(self, missing: Missing, faults: Faults) -> NDArray[np.bool_] | None:
        """Note missing and infinite values, column by column, and kinds that do not go together."""
        if self._encoding == "integer" and self._categories and self._number_names:
            faults.request(
                f"Expected columns of one kind in the input `{self.name}`, as encoding is integer. "
                f"Received: numbers ({names_text(self._number_names)}) and categories "
                f"({names_text(list(self._categories))}).",
                "data.inputs",
                "Give the categories an input of their own, or take encoding: one_hot.",
            )
        for name, codes in self._categories.items():
            if self._encoding == "one_hot" and len(codes.names) > MOST_CATEGORIES:
                faults.data(
                    f"Expected at most {MOST_CATEGORIES} categories for one-hot encoding. "
                    f"Received: {len(codes.names)} in the column `{name}`.",
                    "data.encoding",
                    "Take encoding: integer and an Embedding layer, or leave the column out.",
                )
        lacks = np.zeros(len(self._numbers), np.bool_)
        for position in np.flatnonzero(~_finite_columns(self._numbers)).tolist():
            name, column = self._number_names[position], self._numbers[:, position]
            lacks |= _check_column(name, np.isnan(column), missing, faults)
            if np.isinf(column).any():
                rows = rows_text(np.flatnonzero(np.isinf(column)))
                faults.data(
                    f"Expected finite numbers. Received: infinity in the column `{name}`, {rows}.",
                    remedy="Correct them; 32-bit numbers end at 3.4e38.",
                )
        for name, codes in self._categories.items():
            lacks |= _check_column(name, codes.missing(), missing, faults)
        return lacks if lacks.any() else None

    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, faults: Faults
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Fill and encode the columns by what the training rows hold."""
        numbers, categories = self._numbers, self._categories
        if split.order is not None:
            numbers = permute_rows(numbers, split.order)
            categories = {name: codes.take(split.order) for name, codes in categories.items()}
        train = split.slices()[0]
        columns = [
            _learn_categories(name, categories[name], train, self._encoding)
            if name in categories
            else Column(name, "number")
            for name in self._columns
        ]
        if missing in {"mean", "median"}:
            learnt = iter(_fill(numbers, train, missing, self._number_names, faults))
            columns = [
                replace(column, fill=next(learnt)) if column.kind == "number" else column
                for column in columns
            ]
        features = _encode(columns, numbers, categories) if categories else numbers
        parts = [features[part] for part in split.slices()]
        numeric = np.repeat(
            [column.kind == "number" for column in columns], [column.width for column in columns]
        )
        codes_alone = features.dtype == np.int32
        scale, offset = (
            (None, None) if codes_alone or faults else learn_scaling(parts[0], scaling, numeric)
        )
        shape, dtype = features.shape[1:], features.dtype.name
        return parts, InputSpec(self.name, shape, dtype, tuple(columns), scale, offset)


def _finite_columns(numbers: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which columns hold neither NaN nor infinity, [columns]."""
    finite = np.ones(numbers.shape[1], np.bool_)
    for start, stop in row_chunks(len(numbers), numbers.shape[1] * numbers.itemsize):
        finite &= np.isfinite(numbers[start:stop]).all(axis=0)
    return finite


def _check_column(
    name: str, lacking: NDArray[np.bool_], missing: Missing, faults: Faults
) -> NDArray[np.bool_]:
    count = int(lacking.sum())
    if count and count == len(lacking):
        message = f"Expected values in the column `{name}`. Received: none at all."
        faults.data(message, "data.features", "Leave the column out.")
    elif count and missing == "error":
        rows = rows_text(np.flatnonzero(lacking))
        faults.data(
            f"Expected a value in every row of the column `{name}`. Received: none in {rows}.",
            "data.missing",
            "Fill the cells, or set data.missing: drop leaves such rows out, mean and median fill "
            "numbers.",
        )
    return lacking


def _learn_categories(name: str, codes: Codes, train: slice, encoding: Encoding) -> Column:
    seen = Codes(codes.codes[train], codes.names).used()
    return Column(name, "category", None, seen.names, encoding)


def _fill(
    numbers: NDArray[np.float32],
    train: slice,
    how: Missing,
    names: tuple[str, ...],
    faults: Faults,
) -> list[float]:
    """Write the training rows' mean or median where a number is missing, and tell it."""
    fills = []
    for position, name in enumerate(names):
        column = numbers[:, position]
        known = column[train][~np.isnan(column[train])]
        if not len(known):
            message = f"Expected a value in a training row of the column `{name}`. Received: none."
            faults.data(message, "data.features", "Leave the column out.")
            fills.append(0.0)
            continue
        middle = known.mean(dtype=np.float64) if how == "mean" else np.median(known)
        fills.append(float(np.float32(middle)))
        column[np.isnan(column)] = fills[-1]
    return fills


def _encode(
    columns: list[Column], numbers: NDArray[np.float32], categories: dict[str, Codes]
) -> NDArray[Any]:
    """Numbers and encoded categories side by side, in the columns' order."""
    integers = all(column.encoding == "integer" for column in columns)
    width = sum(column.width for column in columns)
    features = np.zeros((len(numbers), width), np.int32 if integers else np.float32)
    start, number = 0, 0
    for column in columns:
        if column.kind == "number":
            features[:, start] = numbers[:, number]
            number += 1
        else:
            codes = _codes_in_training(categories[column.name], column.categories)
            if column.encoding == "integer":
                features[:, start] = codes + 1
            else:
                seen = np.flatnonzero(codes >= 0)
                features[seen, start + codes[seen]] = 1
        start += column.width
    return features


def _codes_in_training(codes: Codes, seen: tuple[str, ...]) -> NDArray[np.int32]:
    """Codes by the categories of the training rows, -1 for others and for missing values."""
    position = {name: number for number, name in enumerate(seen)}
    known = np.array([position.get(name, -1) for name in codes.names] + [-1], np.int32)
    return known[codes.codes]
