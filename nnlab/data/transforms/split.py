"""Splits rows into training, validation and test rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.transforms.shuffle import split_generator
from nnlab.text import join_names

# One row is right or wrong, and says nothing of a share.
_LEAST_OF_A_FOLD = 2
_USUAL_FOLDS = 5


@dataclass(frozen=True)
class Split:
    """Which rows belong to which part.

    Args:
        order: The rows of all parts, one part after the other; None: as they are.
        sizes: Number of training, validation and test rows.
    """

    order: NDArray[np.int64] | None
    sizes: tuple[int, int, int]

    def slices(self) -> tuple[slice, slice, slice]:
        """Where each part lies once the rows are in order."""
        train, validation, test = self.sizes
        bounds = (0, train, train + validation, train + validation + test)
        first, second, third = (slice(a, b) for a, b in pairwise(bounds))
        return first, second, third

    def source(self, start: int, stop: int) -> slice | NDArray[np.int64]:
        """Which rows come to lie from one place up to another, once the rows are in order.

        Args:
            start: The first place.
            stop: The place after the last.
        """
        return slice(start, stop) if self.order is None else self.order[start:stop]

    def of_rows(self, rows: NDArray[np.int64]) -> Split:
        """The same split of some rows only.

        Args:
            rows: What the rows that were split are among all rows.
        """
        return Split(rows if self.order is None else rows[self.order], self.sizes)


@dataclass(frozen=True)
class SplitPlan:
    """What part of all rows goes where.

    Args:
        validation: Fraction for validation; None: no validation rows.
        test: Fraction for the test; None: none but those that the data bring.
        seed: The experiment's seed: the same one gives the same split.
        fold: In the place of `validation`, the fold that validation is done on, from 1, and how
            many there are. What is not for the test is parted into folds of equal size; the seed
            decides how, so that the folds of one seed have no row in common.
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
    """Draw the test rows, then the validation rows; what is left is trained on.

    Rows come in random order, so that none of the data's own order is left in a part. Where nothing
    is drawn, all rows stay where they are.

    Args:
        rows: Number of rows, those that the data keep for the test included.
        plan: How many rows go where.
        issues: Takes what is wrong.
        own_test: How many of the last rows the data keep for the test.
        classes: The class of each row, [rows]: every part gets the same share of each class.
            None: parts are drawn without regard to it.

    Returns:
        The split; of no use where faults were found.

    Example:
        >>> split = split_rows(10, SplitPlan(validation=0.2, test=0.1, seed=42), DataIssues("ten"))
        >>> split.sizes, sorted(split.order.tolist()) == list(range(10))
        ((7, 2, 1), True)
    """
    free = rows - own_test
    if plan.validation is None and plan.test is None and plan.fold is None:
        if free < 1:
            issues.data(f"Expected rows to train on. Received: {free}.")
        return Split(None, (free, 0, own_test))
    wanted = [round(free * (fraction or 0)) for fraction in (plan.test, plan.validation)]
    asked = [fraction is not None for fraction in (plan.test, plan.validation)]
    if any(ask and not count for ask, count in zip(asked, wanted, strict=True)) or (
        free - sum(wanted) < 1
    ):
        issues.request(
            f"Expected a row or more in each part. Received: {free} rows, {_shares(plan)}.",
            "data",
            "Take larger fractions, or more rows.",
        )
        return Split(None, (free, 0, own_test))
    if plan.fold is not None and not _folds_are_filled(free - sum(wanted), plan.fold[1], issues):
        return Split(None, (free, 0, own_test))

    generator = split_generator(plan.seed)
    if classes is None:
        order = generator.permutation(free)
        test, validation, train = np.split(order, np.cumsum(wanted))
    else:
        _check_classes(classes, free, 1 + sum(asked) + (plan.fold is not None), issues)
        test, validation, train = _stratified(classes.codes[:free], wanted, generator)
    if plan.fold is not None:
        _check_folds(train, classes, plan.fold[1], issues)
        train, validation = _folded(train, classes, plan.fold, generator)
    own = np.arange(free, rows)
    order = np.concatenate([train, validation, test, own]).astype(np.int64, copy=False)
    return Split(order, (len(train), len(validation), len(test) + own_test))


def _shares(plan: SplitPlan) -> str:
    shares = {"test_split": plan.test, "validation_split": plan.validation}
    return ", ".join(f"{name}={share:g}" for name, share in shares.items() if share is not None)


def _folds_are_filled(rows: int, folds: int, issues: DataIssues) -> bool:
    """Whether there are rows enough; a fault is told where not."""
    if rows >= folds * _LEAST_OF_A_FOLD:
        return True
    issues.request(
        f"Expected {_LEAST_OF_A_FOLD} rows or more in each fold. "
        f"Received: {rows} rows beside those of the test, {folds} folds.",
        "data",
        f"Take {max(2, min(_USUAL_FOLDS, rows // _LEAST_OF_A_FOLD))} folds, or more rows.",
    )
    return False


def _check_folds(
    rows: NDArray[np.int64], classes: Categorical | None, folds: int, issues: DataIssues
) -> None:
    """Each fold needs a row of each class: else its score is of other classes than the next."""
    if classes is None:
        return
    _check_counts(
        Categorical(classes.codes[rows], classes.names),
        folds,
        "fold",
        "Take fewer folds, add rows of these classes, or set stratify: false.",
        issues,
    )


def _folded(
    rows: NDArray[np.int64],
    classes: Categorical | None,
    fold: tuple[int, int],
    generator: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows parted into those of the other folds and those of one.

    Rows are dealt out like cards, one class after the other: no two folds differ by more than one
    row, in all and of any class.
    """
    number, folds = fold
    if classes is not None:
        rows = rows[np.argsort(classes.codes[rows], kind="stable")]
    held = np.arange(len(rows)) % folds == number - 1
    return generator.permutation(rows[~held]), generator.permutation(rows[held])


def _check_classes(classes: Categorical, free: int, parts: int, issues: DataIssues) -> None:
    _check_counts(
        Categorical(classes.codes[:free], classes.names),
        parts,
        "part",
        "Add rows of these classes, remove the classes, or set stratify: false.",
        issues,
    )


def _check_counts(
    classes: Categorical, least: int, of_each: str, hint: str, issues: DataIssues
) -> None:
    """Every class that there is needs a row for each part, or for each fold."""
    rare = [
        f"{name} ({count})"
        for name, count in zip(classes.names, classes.counts().tolist(), strict=True)
        if 0 < count < least
    ]
    if rare:
        issues.data(
            f"Expected {least} rows or more of each class, one for each {of_each}. "
            f"Received: fewer of {join_names(rare)}.",
            "data.stratify",
            hint,
        )


def _stratified(
    codes: NDArray[np.int32], wanted: list[int], generator: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Rows of each part drawn class by class, then shuffled; the last part is what is left."""
    order = generator.permutation(len(codes))
    by_class = order[np.argsort(codes[order], kind="stable")]
    counts = np.bincount(codes)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    left = counts.copy()
    taken = np.zeros_like(counts)
    parts: list[Any] = []
    for total in wanted:
        share = _share_out(total, counts, left - 1)
        starts = bounds[:-1] + taken
        runs = [by_class[a : a + n] for a, n in zip(starts, share, strict=True)]
        parts.append(generator.permutation(np.concatenate(runs)))
        taken += share
        left -= share
    rest = [by_class[a:b] for a, b in zip(bounds[:-1] + taken, bounds[1:], strict=True)]
    return [*parts, generator.permutation(np.concatenate(rest))]


def _share_out(total: int, counts: NDArray[np.int64], most: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split a number of rows over classes in proportion, by largest remainder.

    Args:
        total: Rows to give out.
        counts: Rows of each class in all, [classes].
        most: What each class can spare, [classes].

    Returns:
        Rows of each class, [classes]; they add up to `total` where the classes can spare as much.
    """
    most = np.maximum(most, 0)
    exact = counts * (total / counts.sum())
    share: NDArray[np.int64] = np.minimum(np.floor(exact).astype(np.int64), most)
    for position in np.argsort(share - exact, kind="stable"):
        if share.sum() < total and share[position] < most[position]:
            share[position] += 1
    return share
