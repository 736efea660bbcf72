"""Data that some value of a search does not fit: told before anything is made, in any order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.config import Config, Experiment, read_config
from nnlab.data import prepare
from nnlab.engine.search.data_checks import check_data
from nnlab.engine.workers.shared_data import SharedData
from nnlab.errors import DataError, RequestError

ROWS = "area,rooms,kind\n" + "".join(f"{at},{at % 5},{'abc'[at % 3]}\n" for at in range(30))
GAP = ",2,a\n"
SPACE = """\
data: {file: homes.csv, target: kind, features: [area], scaling: standard, validation_split: 0.2}
model: {layers: [{Dense: {units: 3, activation: softmax}}]}
training: {optimizer: {Choice: [adam, sgd]}, loss: categorical_crossentropy, epochs: 1}
"""
Read = Callable[..., Config]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*overrides: str, rows: str = ROWS) -> Config:
        (tmp_path / "homes.csv").write_text(rows)
        (tmp_path / "space.yaml").write_text(SPACE)
        return read_config(tmp_path / "space.yaml", overrides)

    return read


def refusal(config: Config, kind: type[Exception]) -> list[str]:
    with pytest.raises(kind) as refused:
        check_data(config, prepare)
    return str(refused.value).splitlines()


@pytest.mark.parametrize("options", ["error, median", "median, error"])
def test_value_that_the_data_do_not_fit_is_told_wherever_it_stands(
    read: Read, options: str
) -> None:
    config = read(f"data.missing={{Choice: [{options}]}}", rows=ROWS + GAP)
    (told,) = refusal(config, DataError)
    assert "none in row 31" in told
    assert told.endswith("This occurs if `data.missing` is `error`.")


def test_every_column_that_is_not_there_is_told_with_its_option(read: Read) -> None:
    first, second = refusal(
        read("data.features={Choice: [[area], [area, romms], [aera]]}"), RequestError
    )
    assert "`romms`. Did you mean `rooms`?" in first
    assert first.endswith("if `data.features` is `[area, romms]`.")
    assert second.endswith("if `data.features` is `[aera]`.")


@pytest.mark.parametrize("options", ["2, 3", "3, 2"])
def test_output_that_is_too_small_for_the_classes_is_told_beside_other_options(
    read: Read, options: str
) -> None:
    config = read(
        f"model.layers.0.Dense.units={{Choice: [{options}]}}",
        "data.features={Choice: [[area], [rooms, aera]]}",
    )
    told = refusal(config, DataError)
    assert sum("3 classes" in line and line.endswith("`2`.") for line in told) == 1
    assert sum("`aera`" in line for line in told) == 1


def test_what_no_value_mends_is_told_as_it_is(read: Read) -> None:
    (told,) = refusal(
        read("data.target=knid", "data.missing={Choice: [error, drop]}"), RequestError
    )
    assert told.endswith("Did you mean `kind`?")


def test_data_that_several_values_share_are_prepared_once(read: Read) -> None:
    prepared: list[Experiment] = []
    check_data(read("data.scaling={Choice: [none, minmax, standard]}"), prepared.append)
    assert [one.data.scaling for one in prepared] == ["none", "minmax", "standard"]


def test_folds_are_prepared_as_they_will_be(read: Read) -> None:
    prepared: list[Experiment] = []
    check_data(read("data.validation_split=null", "tune.cv=4"), prepared.append)
    (fold,) = [one.data.validation_fold for one in prepared]
    assert fold is not None
    assert (fold.number, fold.folds) == (1, 4)


def test_class_weights_of_numbers_are_told_before_the_search(read: Read) -> None:
    config = read(
        "data.target=rooms",
        "model={layers: [{Dense: {units: 1}}]}",
        "training.loss=mse",
        "training.class_weight={Choice: [null, balanced]}",
    )
    with pytest.raises(RequestError) as refused:
        check_data(config, SharedData().add)
    told = str(refused.value)
    assert "class_weight needs a target of classes" in told
    assert told.endswith("if `training.class_weight` is `balanced`.")
