"""Comparison files: what their variants become, and how they are told from configs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.config import load_config
from nnlab.config.comparison.loader import read_comparison
from nnlab.config.comparison.variants import Comparison
from nnlab.config.lint.check import check_config
from nnlab.config.schema.experiment import Experiment
from nnlab.errors import ConfigError
from tests.config.conftest import BAD

Read = Callable[..., Comparison]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a comparison of `bad/stack.yaml`, whose seed is 0, from its text."""
    for base in ("stack.yaml", "graph.yaml"):
        shutil.copy(BAD / base, tmp_path)

    def from_text(text: str, *overrides: str, **flags: object) -> Comparison:
        file = tmp_path / "widths.yaml"
        file.write_text(text)
        return read_comparison(file, overrides, **flags)  # type: ignore[arg-type]

    return from_text


def test_what_is_not_said_follows_from_the_base(read: Read) -> None:
    comparison = read("base: stack.yaml\nvariants: {a: {training.epochs: 3}, b: }\n")
    assert comparison.name == "widths"
    assert comparison.seeds == (0, 1, 2, 3, 4)
    assert comparison.metric == "test_accuracy"
    assert comparison.baseline == "a"
    assert comparison.runs == 10


def test_seeds_count_from_that_of_the_base(read: Read) -> None:
    text = "base: stack.yaml\nseeds: 3\nvariants: {a: , b: {training.epochs: 3}}\n"
    assert read(text).seeds == (0, 1, 2)
    assert read(text, "seed=7").seeds == (7, 8, 9)
    assert read(text, seeds=2).seeds == (0, 1)
    listed = text.replace("seeds: 3", "seeds: [5, 1]")
    assert read(listed).seeds == (5, 1)
    assert read(listed, seeds=1).seeds == (5,)
    assert read(listed, seeds=4).seeds == (5, 1, 6, 7)
    assert read(listed, "--seed seed=7").seeds == (7, 8)
    assert read(listed, "--seed seed=7", seeds=3).seeds == (7, 8, 9)


def test_the_command_line_renames_no_variant(read: Read) -> None:
    with pytest.raises(ConfigError, match="`name` is no variant's to change"):
        read("base: stack.yaml\nvariants: {a: , b: {training.epochs: 3}}\n", "name=other")


def test_changes_are_made_from_the_inside_out_and_the_command_line_is_last(read: Read) -> None:
    comparison = read(
        "base: stack.yaml\n"
        "changes: {training.epochs: 3, training.batch_size: 8}\n"
        "variants: {a: {training.epochs: 4}, b: {}}\n",
        "training.batch_size=full",
    )
    trainings = [variant.config.experiment.training for variant in comparison.variants]
    assert [training.epochs for training in trainings] == [4, 3]
    assert {training.batch_size for training in trainings} == {"full"}
    assert comparison.variants[0].changes == {"training.epochs": 4, "training.batch_size": "full"}


def test_a_grid_makes_each_combination_of_each_variant(read: Read) -> None:
    comparison = read(
        "base: stack.yaml\n"
        "variants: {small: {model.layers.0.Dense.units: 4}, large: }\n"
        "grid: {training.batch_size: [8, full], training.epochs: [1, 2]}\n"
    )
    assert [variant.name for variant in comparison.variants][:3] == [
        "small,batch_size=8,epochs=1",
        "small,batch_size=8,epochs=2",
        "small,batch_size=full,epochs=1",
    ]
    last = comparison.variants[-1]
    assert last.config.experiment.training.batch_size == "full"
    assert last.config.experiment.training.epochs == 2
    assert len(comparison.variants) == 8


def test_a_whole_config_can_be_a_variant(read: Read) -> None:
    comparison = read("changes: {training.epochs: 1}\nvariants: {a: stack.yaml, b: graph.yaml}\n")
    assert [variant.file for variant in comparison.variants] == ["stack.yaml", "graph.yaml"]
    assert {variant.config.experiment.training.epochs for variant in comparison.variants} == {1}
    assert comparison.base is None


def test_the_metric_is_one_that_all_variants_report(read: Read) -> None:
    assert read("variants: {a: stack.yaml, b: graph.yaml}\n").metric == "val_loss"


def test_a_shipped_config_serves_as_base(read: Read) -> None:
    comparison = read("base: mnist_5k\nvariants: {a: , b: {training.epochs: 1}}\n")
    assert comparison.variants[0].config.experiment.name == "mnist_5k"


def test_data_of_a_variant_lie_beside_the_comparison(read: Read, tmp_path: Path) -> None:
    comparison = read("base: stack.yaml\nvariants: {a: , b: {data.file: rows.csv}}\n")
    data = comparison.variants[1].config.experiment.data
    assert data.file == str(tmp_path / "rows.csv")
    assert data.dataset is None


def test_an_experiment_is_called_by_comparison_and_variant(read: Read) -> None:
    comparison = read("base: stack.yaml\ngrid: {training.epochs: [1, 2]}\n")
    experiment = comparison.variants[0].experiment("widths", 4)
    assert (experiment.name, experiment.seed) == ("widths-epochs-1", 4)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("cmp files", "cmp-files"),
        ("réseau", "reseau"),
        ("(1)", "1"),
        ("q+w=1,2", "q-w-1-2"),
        ("_", "comparison"),
        ("long" * 50, ("long" * 50)[:80]),
    ],
)
def test_any_name_of_a_file_makes_experiments_that_can_be_trained(
    stem: str, name: str, tmp_path: Path
) -> None:
    shutil.copy(BAD / "stack.yaml", tmp_path)
    file = tmp_path / f"{stem}.yaml"
    file.write_text("base: stack.yaml\nvariants: {a+b: , c: {training.epochs: 3}}\n")
    comparison = read_comparison(file)
    assert comparison.name == name
    for variant in comparison.variants:
        tree = variant.experiment(comparison.name, 1).to_tree()
        assert Experiment.model_validate(tree).name.startswith(name)


@pytest.mark.parametrize("text", ["", "[1, 2]"])
def test_a_file_without_keys_is_asked_for_those_of_a_comparison(read: Read, text: str) -> None:
    with pytest.raises(ConfigError, match="Expected keys such as `base` and `variants`"):
        read(text)


def test_flags_are_named_where_they_are_wrong(read: Read) -> None:
    with pytest.raises(ConfigError) as told:
        read("base: stack.yaml\nvariants: {a: , b: }\n", metric="lss", baseline="c")
    assert [str(diagnostic.location) for diagnostic in told.value.diagnostics] == [
        "--baseline",
        "--metric",
    ]


def test_each_kind_of_file_says_what_it_is_where_the_other_is_expected(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text("base: mnist_5k\nvariants: {a: , b: }\n")
    with pytest.raises(ConfigError, match=r"is a comparison, not a config. Run it with `nnlab com"):
        load_config(tmp_path / "many.yaml")
    with pytest.raises(ConfigError, match=r"is a config, not a comparison. Train it, `nnlab train"):
        read_comparison(BAD / "stack.yaml")


def test_validating_counts_the_runs_and_finds_twins(tmp_path: Path) -> None:
    text = "base: mnist_5k\nseeds: 3\nvariants: {a: , b: {training.epochs: 20}}\n"
    (tmp_path / "twins.yaml").write_text(text)
    check = check_config(tmp_path / "twins.yaml")
    assert check.remark == "; a comparison of 6 runs"
    assert [diagnostic.message for diagnostic in check.advice] == [
        "Variants `a` and `b` are the same config."
    ]
