"""Values that are names (of classes, of categories), held as one small integer a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.chunks import row_chunks

MISSING = -1
# 3,14 and 1.234,56 and 1 234,5 and 12 %: digits, perhaps in groups of three, perhaps a fraction.
_OTHER_NOTATION = re.compile(r"[+-]?(\d+|\d{1,3}([.,' \u00a0\u202f]\d{3})+)([.,]\d+)?( ?%)?")


@dataclass(frozen=True)
class Categorical:
    """A column of names.

    Args:
        codes: Position of each row's name in `names`, -1 where it is missing, [rows] int32.
        names: The different names.

    Example:
        >>> species = Categorical.of(np.array(["setosa", "virginica", "setosa"]))
        >>> species.names, species.codes.tolist()
        (('setosa', 'virginica'), [0, 1, 0])
    """

    codes: NDArray[np.int32]
    names: tuple[str, ...]

    @classmethod
    def of(cls, values: NDArray[Any]) -> Self:
        """Number the different values in sorted order: numbers by size, text by alphabet.

        Args:
            values: Numbers (NaN is missing), bools or text, [rows].

        Returns:
            The codes.
        """
        codes = np.empty(len(values), np.int32)
        chunks = list(row_chunks(len(values), values.itemsize))
        found = []
        for start, stop in chunks:
            names, codes[start:stop] = np.unique(values[start:stop], return_inverse=True)
            found.append(names)
        different = np.unique(np.concatenate([values[:0], *found]))
        if values.dtype.kind == "f":
            different = different[~np.isnan(different)]
        for (start, stop), names in zip(chunks, found, strict=True):
            among_all = np.searchsorted(different, names).astype(np.int32)
            among_all[among_all == len(different)] = MISSING  # NaN, which comes last
            codes[start:stop] = among_all[codes[start:stop]]
        return cls(codes, tuple(label(value) for value in different.tolist()))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.codes)

    def take(self, rows: NDArray[np.int64]) -> Categorical:
        """The given rows, in the given order; the names stay what they are."""
        return Categorical(self.codes[rows], self.names)

    def used(self) -> Categorical:
        """The same rows, without names that no row has."""
        there = self.counts() > 0
        if there.all():
            return self
        renumbered = np.append(np.cumsum(there) - 1, MISSING).astype(np.int32)
        names = tuple(np.array(self.names, object)[there].tolist())
        return Categorical(renumbered[self.codes], names)

    def counts(self) -> NDArray[np.int64]:
        """Rows of each name, [names]."""
        counts = np.zeros(len(self.names), np.int64)
        for start, stop in row_chunks(len(self), self.codes.itemsize):
            codes = self.codes[start:stop]
            counts += np.bincount(codes[codes >= 0], minlength=len(counts))
        return counts

    def missing(self) -> NDArray[np.bool_]:
        """Which rows have no name, [rows]."""
        return self.codes < 0

    def numbers(self) -> NDArray[np.float64] | None:
        """The number that each name spells, [names]; None where one spells none."""
        spelt = [spelt_number(name) for name in self.names]
        return None if None in spelt else np.array(spelt, np.float64)


def label(value: object) -> str:
    """The name of a class or category: a whole number without its `.0`.

    Args:
        value: A number, a bool or a text.

    Returns:
        The name.

    Example:
        >>> label(3.0), label(2.5), label(True), label("red")
        ('3', '2.5', 'True', 'red')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def spelt_number(text: str) -> float | None:
    """The number that a text spells, or None.

    Args:
        text: Any text.

    Example:
        >>> spelt_number(" 1e3"), spelt_number("n/a")
        (1000.0, None)
    """
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def in_other_notation(text: str) -> bool:
    """Whether a text is most likely a number that is not written as computers write it.

    Args:
        text: Any text.

    Example:
        >>> [in_other_notation(text) for text in ("3,14", "1.234,5", "50 %", "3.14", "B 3,14")]
        [True, True, True, False, False]
    """
    return spelt_number(text) is None and _OTHER_NOTATION.fullmatch(text.strip()) is not None
