"""Columns of categories or classes, stored as integer codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.memory import row_chunks

MISSING = -1
# 3,14 and 1.234,56 and 1 234,5 and 12 %: digits, optionally in groups of three, with a fraction.
_FORMATTED_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}([.,' \u00a0\u202f]\d{3})+)([.,]\d+)?( ?%)?")


@dataclass(frozen=True)
class Categorical:
    """A column of categories, like pandas' `Categorical`.

    Args:
        codes: `(rows,)` int32: the position of each row's category in `categories`, -1 if missing.
        categories: The distinct categories.

    Example:
        >>> species = Categorical.from_values(np.array(["setosa", "virginica", "setosa"]))
        >>> species.categories, species.codes.tolist()
        (('setosa', 'virginica'), [0, 1, 0])
    """

    codes: NDArray[np.int32]
    categories: tuple[str, ...]

    @classmethod
    def from_values(cls, values: NDArray[Any]) -> Self:
        """Encode values by their sorted distinct values.

        Args:
            values: `(rows,)`: numbers (NaN is missing), bools or text.
        """
        codes = np.empty(len(values), np.int32)
        chunks = list(row_chunks(len(values), values.itemsize))
        chunk_values = []
        for start, stop in chunks:
            distinct, codes[start:stop] = np.unique(values[start:stop], return_inverse=True)
            chunk_values.append(distinct)
        all_values = np.unique(np.concatenate([values[:0], *chunk_values]))
        if values.dtype.kind == "f":
            all_values = all_values[~np.isnan(all_values)]
        for (start, stop), distinct in zip(chunks, chunk_values, strict=True):
            positions = np.searchsorted(all_values, distinct).astype(np.int32)
            positions[positions == len(all_values)] = MISSING  # NaN sorts last
            codes[start:stop] = positions[codes[start:stop]]
        return cls(codes, tuple(category_name(value) for value in all_values.tolist()))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def take(self, rows: slice | NDArray[np.int64]) -> Categorical:
        """Return the given rows in the given order, with the same categories."""
        return Categorical(self.codes[rows], self.categories)

    def remove_unused(self) -> Categorical:
        """Return the same rows without the categories that no row has."""
        is_used = self.counts() > 0
        if is_used.all():
            return self
        new_codes = np.append(np.cumsum(is_used) - 1, MISSING).astype(np.int32)
        categories = tuple(np.array(self.categories, object)[is_used].tolist())
        return Categorical(new_codes[self.codes], categories)

    def counts(self) -> NDArray[np.int64]:
        """Return the number of rows of each category, `(categories,)`."""
        counts = np.zeros(len(self.categories), np.int64)
        for start, stop in row_chunks(len(self), self.codes.itemsize):
            codes = self.codes[start:stop]
            counts += np.bincount(codes[codes >= 0], minlength=len(counts))
        return counts

    def is_missing(self) -> NDArray[np.bool_]:
        """Return which rows have no category, `(rows,)`."""
        return self.codes < 0

    def numeric_categories(self) -> NDArray[np.float64] | None:
        """Return the categories as numbers, `(categories,)`, or None if one is not a number."""
        numbers = [parse_number(category) for category in self.categories]
        return None if None in numbers else np.array(numbers, np.float64)


def category_name(value: object) -> str:
    """Return the name of a category: its text, with `.0` removed from a whole number."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def parse_number(text: str) -> float | None:
    """Return the number that a text represents, or None."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def is_formatted_number(text: str) -> bool:
    """Return whether a text is likely a number formatted for readers: `3,14`, `1.234,5`, `50 %`."""
    return parse_number(text) is None and _FORMATTED_NUMBER.fullmatch(text.strip()) is not None
