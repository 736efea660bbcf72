"""The checks of a search before it starts: data that some values do not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.config import Config, Experiment, read_config
from nnlab.data import prepare
from nnlab.engine.search.search import check_data
from nnlab.engine.workers.shared_data import SharedData
from nnlab.errors import DataError, RequestError

ROWS = "area,rooms,kind\n" + "".join(f"{row},{row % 5},{'abc'[row % 3]}\n" for row in range(30))
MISSING = ",2,a\n"
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


def errors_of(config: Config, kind: type[Exception]) -> list[str]:
    with pytest.raises(kind) as raised:
        check_data(config, prepare)
    return str(raised.value).splitlines()


@pytest.mark.parametrize("options", ["error, median", "median, error"])
def test_option_that_the_data_do_not_fit_is_reported_in_any_order(read: Read, options: str) -> None:
    config = read(f"data.missing={{Choice: [{options}]}}", rows=ROWS + MISSING)
    (error,) = errors_of(config, DataError)
    assert "none in row 31" in error
    assert error.endswith("if `data.missing` is `error`.")


def test_every_unknown_column_is_reported_with_its_option(read: Read) -> None:
    first, second = errors_of(
        read("data.features={Choice: [[area], [area, romms], [aera]]}"), RequestError
    )
    assert "`romms`. Did you mean `rooms`?" in first
    assert first.endswith("if `data.features` is `[area, romms]`.")
    assert second.endswith("if `data.features` is `[aera]`.")


@pytest.mark.parametrize("options", ["2, 3", "3, 2"])
def test_output_with_too_few_units_is_reported_with_other_errors(read: Read, options: str) -> None:
    config = read(
        f"model.layers.0.Dense.units={{Choice: [{options}]}}",
        "data.features={Choice: [[area], [rooms, aera]]}",
    )
    errors = errors_of(config, DataError)
    assert sum("3 classes" in line and line.endswith("`2`.") for line in errors) == 1
    assert sum("`aera`" in line for line in errors) == 1


def test_error_of_every_value_names_no_value(read: Read) -> None:
    (error,) = errors_of(
        read("data.target=knid", "data.missing={Choice: [error, drop]}"), RequestError
    )
    assert error.endswith("Did you mean `kind`?")


def test_data_shared_by_several_values_are_prepared_once(read: Read) -> None:
    prepared: list[Experiment] = []
    check_data(read("data.scaling={Choice: [none, minmax, standard]}"), prepared.append)
    assert [experiment.data.scaling for experiment in prepared] == ["none", "minmax", "standard"]


def test_folds_are_prepared(read: Read) -> None:
    prepared: list[Experiment] = []
    check_data(read("data.validation_split=null", "tune.cv=4"), prepared.append)
    (fold,) = [experiment.data.validation_fold for experiment in prepared]
    assert fold is not None
    assert (fold.number, fold.folds) == (1, 4)


def test_class_weights_of_a_numeric_target_are_reported(read: Read) -> None:
    config = read(
        "data.target=rooms",
        "model={layers: [{Dense: {units: 1}}]}",
        "training.loss=mse",
        "training.class_weight={Choice: [null, balanced]}",
    )
    with pytest.raises(RequestError) as raised:
        check_data(config, SharedData().add)
    error = str(raised.value)
    assert "class_weight needs a target of classes" in error
    assert error.endswith("if `training.class_weight` is `balanced`.")
