from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.transforms.split import (
    Split,
    SplitPlan,
    shuffled_indices,
    split_rows,
)
from nnlab.errors import DataError, RequestError


def parts(split: Split) -> list[list[int]]:
    assert split.order is not None
    return [split.order[part].tolist() for part in split.slices()]


def draw(
    rows: int, plan: SplitPlan, classes: Categorical | None = None, own_test: int = 0
) -> Split:
    issues = DataIssues("rows")
    split = split_rows(rows, plan, issues, own_test=own_test, classes=classes)
    issues.raise_if_any()
    return split


def test_parts_are_disjoint_and_complete() -> None:
    split = draw(400, SplitPlan(0.2, 0.1, seed=1))
    train, validation, test = parts(split)
    assert (len(train), len(validation), len(test)) == (280, 80, 40)
    assert sorted(train + validation + test) == list(range(400))


def test_seed_determines_the_split() -> None:
    first, again, other = (draw(50, SplitPlan(0.2, None, seed)) for seed in (1, 1, 2))
    assert parts(first) == parts(again)
    assert parts(first) != parts(other)


def test_test_rows_do_not_depend_on_the_validation_split() -> None:
    with_validation = parts(draw(100, SplitPlan(0.2, 0.1, seed=3)))[2]
    without = parts(draw(100, SplitPlan(None, 0.1, seed=3)))[2]
    assert with_validation == without


def test_parts_are_shuffled() -> None:
    train = parts(draw(100, SplitPlan(0.2, None, seed=3)))[0]
    assert train != sorted(train)


def test_rows_keep_their_order_without_fractions() -> None:
    assert draw(10, SplitPlan(None, None, seed=3), own_test=2) == Split(None, (8, 0, 2))


def test_own_test_rows_are_last_and_excluded_from_fractions() -> None:
    split = draw(120, SplitPlan(0.1, None, seed=3), own_test=20)
    assert split.sizes == (90, 10, 20)
    assert parts(split)[2] == list(range(100, 120))


def test_stratified_parts_have_equal_class_fractions() -> None:
    classes = Categorical(np.array([0] * 60 + [1] * 30 + [2] * 10, np.int32), ("a", "b", "c"))
    split = draw(100, SplitPlan(0.2, 0.1, seed=5), classes)
    shares = [np.bincount(classes.codes[part]).tolist() for part in parts(split)]
    assert shares == [[42, 21, 7], [12, 6, 2], [6, 3, 1]]


def test_stratified_parts_have_the_requested_sizes() -> None:
    classes = Categorical(np.arange(97, dtype=np.int32) % 10, tuple("abcdefghij"))
    assert draw(97, SplitPlan(0.15, 0.2, seed=5), classes).sizes == (63, 15, 19)


def test_stratified_rows_are_shuffled_across_classes() -> None:
    classes = Categorical(np.repeat([0, 1], 50).astype(np.int32), ("a", "b"))
    train = parts(draw(100, SplitPlan(0.2, None, seed=5), classes))[0]
    assert np.diff(classes.codes[train]).astype(bool).sum() > 10


def test_every_class_keeps_a_training_row() -> None:
    classes = Categorical(np.array([0] * 20 + [1] * 3, np.int32), ("often", "seldom"))
    train = parts(draw(23, SplitPlan(0.45, 0.45, seed=5), classes))[0]
    assert 1 in classes.codes[train]


def test_class_with_fewer_rows_than_parts_is_an_error() -> None:
    classes = Categorical(np.array([0] * 20 + [1] * 2, np.int32), ("often", "seldom"))
    with pytest.raises(DataError, match=r"3 rows of each class.*seldom \(2\).*stratify: false"):
        draw(22, SplitPlan(0.2, 0.2, seed=5), classes)


@pytest.mark.parametrize(
    ("rows", "plan"), [(4, SplitPlan(0.1, None, 0)), (3, SplitPlan(0.5, 0.4, 0))]
)
def test_empty_part_is_an_error(rows: int, plan: SplitPlan) -> None:
    with pytest.raises(RequestError, match=rf"Received: {rows} rows"):
        draw(rows, plan)


def test_no_training_rows_are_an_error() -> None:
    with pytest.raises(DataError, match="at least one training row"):
        draw(5, SplitPlan(None, None, 0), own_test=5)


def test_map_rows_replaces_positions_by_rows() -> None:
    split = Split(np.array([1, 0]), (1, 1, 0)).map_rows(np.array([10, 20]))
    assert split.order is not None
    assert split.order.tolist() == [20, 10]


def folds(
    rows: int, count: int, classes: Categorical | None = None, test: float | None = 0.2
) -> list[Split]:
    numbers = range(1, count + 1)
    return [draw(rows, SplitPlan(None, test, 4, fold=(n, count)), classes) for n in numbers]


def test_folds_partition_all_but_the_test_rows() -> None:
    splits = [parts(split) for split in folds(53, 4)]
    held_out = [row for _, validation, _ in splits for row in validation]
    tests = [test for *_, test in splits]
    assert sorted(held_out) == sorted(set(range(53)) - set(tests[0]))
    assert tests == [tests[0]] * 4
    for train, validation, test in splits:
        assert sorted(train + validation + test) == list(range(53))
        assert len(validation) in {10, 11}
        assert train != sorted(train)


def test_folds_are_stratified() -> None:
    classes = Categorical(np.array([0] * 33 + [1] * 20 + [2] * 7, np.int32), ("a", "b", "c"))
    for split in folds(60, 5, classes, test=None):
        counts = np.bincount(classes.codes[parts(split)[1]]).tolist()
        assert sum(counts) == 12
        assert all(abs(count - n / 5) < 1 for count, n in zip(counts, (33, 20, 7), strict=True))


@pytest.mark.parametrize(("rows", "count", "suggested"), [(4, 5, 2), (9, 5, 4), (100, 51, 5)])
def test_folds_with_fewer_than_two_rows_are_reported(rows: int, count: int, suggested: int) -> None:
    with pytest.raises(
        RequestError, match=rf"{rows} rows .*, {count} folds\. Use {suggested} folds"
    ):
        folds(rows, count, test=None)


def test_fold_without_a_class_is_reported() -> None:
    classes = Categorical(np.array([0] * 16 + [1] * 4, np.int32), ("many", "few"))
    assert len(folds(20, 4, classes, test=None)) == 4
    with pytest.raises(DataError, match=r"each fold\. Received: fewer of few \(4\)"):
        folds(20, 5, classes, test=None)


def test_class_with_one_row_cannot_be_split_into_folds() -> None:
    classes = Categorical(np.array([0] * 9 + [1], np.int32), ("a", "b"))
    with pytest.raises(DataError, match=r"fewer of b \(1\)"):
        folds(10, 2, classes, test=None)


def test_shuffled_indices_are_a_permutation() -> None:
    assert sorted(shuffled_indices(7, 3, 100).tolist()) == list(range(100))


def test_shuffled_indices_depend_only_on_their_arguments() -> None:
    before = shuffled_indices(7, 3, 100)
    shuffled_indices(7, 4, 1000)
    assert (before == shuffled_indices(7, 3, 100)).all()


def test_each_epoch_and_seed_has_a_different_order() -> None:
    orders = [shuffled_indices(seed, epoch, 50) for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(order.tolist()) for order in orders}) == 4


def test_shuffled_indices_are_int64() -> None:
    assert shuffled_indices(0, 0, 3).dtype == np.int64


def test_split_uses_a_separate_random_stream() -> None:
    train, validation, _ = parts(draw(50, SplitPlan(0.2, None, seed=7)))
    assert validation + train != shuffled_indices(7, 0, 50).tolist()
