"""Tests of loading comparisons: defaults, variants, and errors."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.config import load_config
from nnlab.config.comparison.loader import Comparison, dump_comparison, read_comparison
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


def test_defaults_follow_from_the_base(read: Read) -> None:
    comparison = read("base: stack.yaml\nvariants: {a: {training.epochs: 3}, b: }\n")
    assert comparison.name == "widths"
    assert comparison.seeds == (0, 1, 2, 3, 4)
    assert comparison.metric == "test_accuracy"
    assert comparison.baseline == "a"
    assert comparison.runs == 10


def test_seeds_are_counted_from_that_of_the_base(read: Read) -> None:
    text = "base: stack.yaml\nseeds: 3\nvariants: {a: , b: {training.epochs: 3}}\n"
    assert read(text).seeds == (0, 1, 2)
    assert read(text, "seed=7").seeds == (7, 8, 9)
    assert read(text, seeds=2).seeds == (0, 1)
    with_list = text.replace("seeds: 3", "seeds: [5, 1]")
    assert read(with_list).seeds == (5, 1)
    assert read(with_list, seeds=1).seeds == (5,)
    assert read(with_list, seeds=4).seeds == (5, 1, 6, 7)
    assert read(with_list, "--seed seed=7").seeds == (7, 8)
    assert read(with_list, "--seed seed=7", seeds=3).seeds == (7, 8, 9)


def test_the_command_line_cannot_rename_variants(read: Read) -> None:
    with pytest.raises(ConfigError, match="cannot change `name`"):
        read("base: stack.yaml\nvariants: {a: , b: {training.epochs: 3}}\n", "name=other")


def test_the_command_line_overrides_variants_which_override_common_changes(read: Read) -> None:
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


def test_a_grid_combines_with_each_variant(read: Read) -> None:
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


def test_a_config_file_can_be_a_variant(read: Read) -> None:
    comparison = read("changes: {training.epochs: 1}\nvariants: {a: stack.yaml, b: graph.yaml}\n")
    assert [variant.file for variant in comparison.variants] == ["stack.yaml", "graph.yaml"]
    assert {variant.config.experiment.training.epochs for variant in comparison.variants} == {1}
    assert comparison.base is None


def test_the_default_metric_is_reported_by_all_variants(read: Read) -> None:
    assert read("variants: {a: stack.yaml, b: graph.yaml}\n").metric == "val_loss"


def test_a_built_in_config_can_be_the_base(read: Read) -> None:
    comparison = read("base: mnist_5k\nvariants: {a: , b: {training.epochs: 1}}\n")
    assert comparison.variants[0].config.experiment.name == "mnist_5k"


def test_data_files_are_relative_to_the_comparison(read: Read, tmp_path: Path) -> None:
    comparison = read("base: stack.yaml\nvariants: {a: , b: {data.file: rows.csv}}\n")
    data = comparison.variants[1].config.experiment.data
    assert data.file == str(tmp_path / "rows.csv")
    assert data.dataset is None


def test_experiments_are_named_after_comparison_and_variant(read: Read) -> None:
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
def test_any_file_name_gives_valid_experiment_names(stem: str, name: str, tmp_path: Path) -> None:
    shutil.copy(BAD / "stack.yaml", tmp_path)
    file = tmp_path / f"{stem}.yaml"
    file.write_text("base: stack.yaml\nvariants: {a+b: , c: {training.epochs: 3}}\n")
    comparison = read_comparison(file)
    assert comparison.name == name
    for variant in comparison.variants:
        tree = variant.experiment(comparison.name, 1).to_tree()
        assert Experiment.model_validate(tree).name.startswith(name)


@pytest.mark.parametrize("text", ["", "[1, 2]"])
def test_a_file_that_is_not_a_mapping_is_refused(read: Read, text: str) -> None:
    with pytest.raises(ConfigError, match="Expected keys such as `base` and `variants`"):
        read(text)


def test_errors_of_flags_are_located_at_the_flag(read: Read) -> None:
    with pytest.raises(ConfigError) as caught:
        read("base: stack.yaml\nvariants: {a: , b: }\n", metric="lss", baseline="c")
    assert [str(diagnostic.location) for diagnostic in caught.value.diagnostics] == [
        "--baseline",
        "--metric",
    ]


def test_configs_and_comparisons_are_not_interchangeable(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text("base: mnist_5k\nvariants: {a: , b: }\n")
    with pytest.raises(ConfigError, match="Run it with `nnlab compare"):
        load_config(tmp_path / "many.yaml")
    with pytest.raises(ConfigError, match="Train it with `nnlab train"):
        read_comparison(BAD / "stack.yaml")


def test_checking_counts_runs_and_finds_duplicate_variants(tmp_path: Path) -> None:
    text = "base: mnist_5k\nseeds: 3\nvariants: {a: , b: {training.epochs: 20}}\n"
    (tmp_path / "duplicates.yaml").write_text(text)
    check = check_config(tmp_path / "duplicates.yaml")
    assert check.remark == "; a comparison of 6 runs"
    assert [(warning.path, warning.message) for warning in check.warnings] == [
        ("variants.b", "Variants `a` and `b` are the same config.")
    ]


TEXT = """\
base: stack.yaml
seeds: 2
baseline: whole,epochs=2
changes: {training.batch_size: full}
variants:
  adam: {training.optimizer: {Adam: {learning_rate: 1e-5}}}
  whole: graph.yaml
grid: {training.epochs: [1, 2]}
"""


def summarize(comparison: Comparison) -> dict[str, object]:
    """Return what determines the runs and the results of a comparison."""
    return {
        "baseline": comparison.baseline,
        "metric": comparison.metric,
        "experiments": {
            (variant.name, seed): variant.experiment(comparison.name, seed)
            for variant in comparison.variants
            for seed in comparison.seeds
        },
    }


def test_a_comparison_reads_back_in_another_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    for base in ("stack.yaml", "graph.yaml"):
        shutil.copy(BAD / base, here)
    (here / "widths.yaml").write_text(TEXT)
    before = read_comparison(here / "widths.yaml", ["model.name=net", "data.scaling=none"])
    for name, text in dump_comparison(before).items():
        (there / name).write_text(text)
    shutil.rmtree(here)
    assert summarize(read_comparison(there / "comparison.yaml")) == summarize(before)


@pytest.mark.parametrize("data", [[], ["data.file=other.csv"]])
def test_changes_of_the_command_line_read_back(
    data: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, elsewhere = (tmp_path / name for name in ("here", "there", "elsewhere"))
    for folder in (here, there, elsewhere):
        folder.mkdir()
    shutil.copy(BAD / "stack.yaml", here)
    (here / "rows.yaml").write_text(
        "base: stack.yaml\n"
        "variants:\n"
        "  one: {data: {file: rows.csv, target: y}}\n"
        "  two: {data.file: rows.csv, data.target: y}\n"
    )
    monkeypatch.chdir(elsewhere)
    flags = ["--device training.device=cpu", "--seed seed=9", *data]
    before = read_comparison(here / "rows.yaml", flags)
    for name, text in dump_comparison(before).items():
        (there / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert summarize(read_comparison(there / "comparison.yaml")) == summarize(before)
    for variant in before.variants:
        assert variant.changes["training.device"] == "cpu"
        assert "seed" not in variant.changes


def test_shared_values_are_written_without_aliases(tmp_path: Path) -> None:
    shutil.copy(BAD / "stack.yaml", tmp_path)
    text = "base: stack.yaml\nchanges: {training.optimizer: {SGD: 0.1}}\nvariants: {a: , b: }\n"
    (tmp_path / "same.yaml").write_text(text)
    written = dump_comparison(read_comparison(tmp_path / "same.yaml"))
    assert "*" not in written["comparison.yaml"]
