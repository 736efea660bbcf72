"""Split of rows into training, validation and test rows, and the random orders of rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.text import join_names

# The score of a single row is 0 or 1, not a fraction.
_MIN_FOLD_ROWS = 2
_DEFAULT_FOLDS = 5
# A separate stream of random numbers per purpose: none depends on how much another draws.
_SPLIT_STREAM = 0
_EPOCH_STREAM = 1


@dataclass(frozen=True)
class Split:
    """The rows of each part.

    Args:
        order: `(kept rows,)` int64: the training, then the validation, then the test rows; None to
            keep the order of the data.
        sizes: The numbers of training, validation and test rows.
    """

    order: NDArray[np.int64] | None
    sizes: tuple[int, int, int]

    def slices(self) -> tuple[slice, slice, slice]:
        """Return the positions of each part in `order`."""
        train, validation, test = self.sizes
        bounds = (0, train, train + validation, train + validation + test)
        first, second, third = (slice(a, b) for a, b in pairwise(bounds))
        return first, second, third

    def rows_at(self, start: int, stop: int) -> slice | NDArray[np.int64]:
        """Return the rows at positions `start` to `stop` of `order`."""
        return slice(start, stop) if self.order is None else self.order[start:stop]

    def map_rows(self, rows: NDArray[np.int64]) -> Split:
        """Return the split with row `i` replaced by `rows[i]`: of a subset, among all rows."""
        return Split(rows if self.order is None else rows[self.order], self.sizes)


@dataclass(frozen=True)
class SplitPlan:
    """The fractions of the rows for each part.

    Args:
        validation: The fraction of validation rows; None for no validation rows.
        test: The fraction of test rows; None for only those that the data define.
        seed: The experiment's seed; it determines the split.
        fold: Replaces `validation`: the fold to validate on, from 1, and the number of folds. All
            rows but the test rows are split into folds of equal size, which are disjoint for a
            given seed.
    """

    validation: float | None
    test: float | None
    seed: int
    fold: tuple[int, int] | None = None


def split_rows(
    rows: int,
    plan: SplitPlan,
    issues: DataIssues,
    *,
    own_test: int = 0,
    classes: Categorical | None = None,
) -> Split:
    """Draw the test rows, then the validation rows; the rest are training rows.

    The rows of each part are shuffled. If nothing is drawn, all rows keep their order.

    Args:
        rows: The number of rows, including test rows that the data define.
        plan: The fractions.
        issues: Receives errors.
        own_test: The number of last rows that the data define as test rows.
        classes: `(rows,)`: the class of each row, for a stratified split. Defaults to a split that
            is not stratified.

    Returns:
        The split; invalid if there are issues.

    Example:
        >>> split = split_rows(10, SplitPlan(validation=0.2, test=0.1, seed=42), DataIssues("ten"))
        >>> split.sizes, sorted(split.order.tolist()) == list(range(10))
        ((7, 2, 1), True)
    """
    free = rows - own_test
    unsplit = Split(None, (free, 0, own_test))
    if plan.validation is None and plan.test is None and plan.fold is None:
        if free < 1:
            issues.add_data_error(f"Expected at least one training row. Received: {free}.")
        return unsplit
    counts = [round(free * (fraction or 0)) for fraction in (plan.test, plan.validation)]
    fractions = {"test_split": plan.test, "validation_split": plan.validation}
    requested = {key: value for key, value in fractions.items() if value is not None}
    if free - sum(counts) < 1 or not all(round(free * value) for value in requested.values()):
        shown = ", ".join(f"{key}={value:g}" for key, value in requested.items())
        message = f"Expected at least one row in each part. Received: {free} rows, {shown}."
        issues.add_request_error(message, "data", "Change the fractions, or add rows.")
        return unsplit
    if plan.fold is not None and not _check_fold_size(free - sum(counts), plan.fold[1], issues):
        return unsplit

    generator = _generator(plan.seed, _SPLIT_STREAM)
    if classes is None:
        order = generator.permutation(free)
        test, validation, train = np.split(order, np.cumsum(counts))
    else:
        _check_class_counts(
            classes.take(slice(free)),
            1 + len(requested) + (plan.fold is not None),
            "part",
            "Add rows of these classes, remove the classes, or set stratify: false.",
            issues,
        )
        test, validation, train = _draw_stratified(classes.codes[:free], counts, generator)
    if plan.fold is not None:
        if classes is not None:
            # Without a row of each class in each fold, the scores of the folds are not comparable.
            _check_class_counts(
                classes.take(train),
                plan.fold[1],
                "fold",
                "Use fewer folds, add rows of these classes, or set stratify: false.",
                issues,
            )
        train, validation = _split_fold(train, classes, plan.fold, generator)
    own_test_rows = np.arange(free, rows)
    order = np.concatenate([train, validation, test, own_test_rows]).astype(np.int64, copy=False)
    return Split(order, (len(train), len(validation), len(test) + own_test))


def shuffled_indices(seed: int, epoch: int, rows: int) -> NDArray[np.int64]:
    """Return the order of the training rows in an epoch (from 0), a permutation of `(rows,)`.

    It depends only on the arguments, so a resumed training continues with the same order.
    """
    return _generator(seed, _EPOCH_STREAM, epoch).permutation(rows)


def _generator(seed: int, *stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=stream))


def _check_fold_size(rows: int, folds: int, issues: DataIssues) -> bool:
    """Return whether there are enough rows for the folds; report an error if not."""
    if rows >= folds * _MIN_FOLD_ROWS:
        return True
    issues.add_request_error(
        f"Expected at least {_MIN_FOLD_ROWS} rows in each fold. "
        f"Received: {rows} rows (without test rows), {folds} folds.",
        "data",
        f"Use {max(2, min(_DEFAULT_FOLDS, rows // _MIN_FOLD_ROWS))} folds, or add rows.",
    )
    return False


def _split_fold(
    rows: NDArray[np.int64],
    classes: Categorical | None,
    fold: tuple[int, int],
    generator: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split rows into those of the other folds and those of one fold.

    Rows are dealt to the folds in turn, one class after the other: the sizes of two folds differ by
    one row at most, in total and within each class.
    """
    number, folds = fold
    if classes is not None:
        rows = rows[np.argsort(classes.codes[rows], kind="stable")]
    is_held_out = np.arange(len(rows)) % folds == number - 1
    return generator.permutation(rows[~is_held_out]), generator.permutation(rows[is_held_out])


def _check_class_counts(
    classes: Categorical, min_rows: int, group: str, hint: str, issues: DataIssues
) -> None:
    """Report classes with too few rows for one in each group (part or fold)."""
    rare = [
        f"{name} ({count})"
        for name, count in zip(classes.categories, classes.counts().tolist(), strict=True)
        if 0 < count < min_rows
    ]
    if rare:
        issues.add_data_error(
            f"Expected at least {min_rows} rows of each class, one for each {group}. "
            f"Received: fewer of {join_names(rare)}.",
            "data.stratify",
            hint,
        )


def _draw_stratified(
    codes: NDArray[np.int32], counts: list[int], generator: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Draw the rows of each part class by class and shuffle them; the last part is the rest."""
    order = generator.permutation(len(codes))
    by_class = order[np.argsort(codes[order], kind="stable")]
    class_counts = np.bincount(codes)
    bounds = np.concatenate([[0], np.cumsum(class_counts)])
    left = class_counts.copy()
    taken = np.zeros_like(class_counts)
    parts: list[Any] = []
    for total in counts:
        share = _apportion(total, class_counts, left - 1)
        starts = bounds[:-1] + taken
        drawn = [by_class[a : a + n] for a, n in zip(starts, share, strict=True)]
        parts.append(generator.permutation(np.concatenate(drawn)))
        taken += share
        left -= share
    rest = [by_class[a:b] for a, b in zip(bounds[:-1] + taken, bounds[1:], strict=True)]
    return [*parts, generator.permutation(np.concatenate(rest))]


def _apportion(
    total: int, counts: NDArray[np.int64], limits: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Divide a number of rows over classes in proportion to their counts, by largest remainder.

    Counts, limits and the result are `(classes,)`. The result adds up to `total` if the limits
    permit.
    """
    limits = np.maximum(limits, 0)
    exact = counts * (total / counts.sum())
    share: NDArray[np.int64] = np.minimum(np.floor(exact).astype(np.int64), limits)
    for position in np.argsort(share - exact, kind="stable"):
        if share.sum() < total and share[position] < limits[position]:
            share[position] += 1
    return share
