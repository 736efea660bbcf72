"""Tests of loading configs: bases, paths of data files, search markers, errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config import load_config, read_config
from nnlab.config.diagnostics import Issue
from nnlab.config.loader import validate_concrete
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.extends import load_document
from nnlab.errors import ConfigError

BAD = Path(__file__).parent / "bad"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_chain_of_bases_is_merged_from_its_end(tmp_path: Path) -> None:
    write(
        tmp_path,
        first=f"extends: {BAD}/stack.yaml\nseed: 1\nname: first\n",
        inner__second="extends: ../first.yaml\nseed: 2\ntraining: {epochs: 2}\n",
        third="extends: inner/second.yaml\nseed: 3\n",
    )
    experiment = load_config(tmp_path / "third.yaml")
    assert (experiment.name, experiment.seed, experiment.training.epochs) == ("first", 3, 2)
    assert experiment.data.scaling == "standard"


def test_a_base_may_be_extended_through_another_one(tmp_path: Path) -> None:
    write(tmp_path, one=f"extends: {BAD}/stack.yaml\n", two="extends: one.yaml\nseed: 4\n")
    assert load_config(tmp_path / "two.yaml").seed == 4
    assert load_config(tmp_path / "two.yaml") == load_config(tmp_path / "two.yaml")


def test_a_data_file_is_relative_to_the_config_that_names_it(tmp_path: Path) -> None:
    base = (BAD / "stack.yaml").read_text().replace("dataset: iris", "file: rows/a.csv")
    write(tmp_path, data__base=base, over="extends: data/base.yaml\nseed: 1\n")
    expected = str(tmp_path / "data" / "rows" / "a.csv")
    assert load_config(tmp_path / "data" / "base.yaml").data.file == expected
    assert load_config(tmp_path / "over.yaml").data.file == expected


def test_searched_data_files_are_relative_to_the_config(tmp_path: Path) -> None:
    files = "{Choice: [rows/a.csv, b.csv]}"
    base = (BAD / "stack.yaml").read_text().replace("dataset: iris", f"file: {files}")
    write(tmp_path, data__base=base)
    config = read_config(tmp_path / "data" / "base.yaml")
    names = [str(tmp_path / "data" / "rows" / "a.csv"), str(tmp_path / "data" / "b.csv")]
    assert list(config.hyperparameters[0].values) == names
    assert config.experiment.data.file == names[0]


def test_a_data_file_of_the_command_line_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for flag in ("data.file=b.csv", "data={file: b.csv, validation_split: 0.2}"):
        experiment = load_config(BAD / "stack.yaml", [flag])
        assert experiment.data.file == str(tmp_path / "b.csv")
        assert experiment.data.dataset is None


def test_a_data_file_may_be_absolute_or_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for written in (f"{tmp_path}/c.csv", "~/c.csv"):
        experiment = load_config(BAD / "stack.yaml", [f"data.file={written}"])
        assert experiment.data.file == str(tmp_path / "c.csv")


def test_assignments_are_applied_in_order() -> None:
    flags = ["training.optimizer=sgd", "training.optimizer.SGD.momentum=0.5", "seed=1", "seed=2"]
    experiment = load_config(BAD / "stack.yaml", flags)
    assert experiment.seed == 2
    assert experiment.training.optimizer.to_tree() == {"SGD": {"momentum": 0.5}}


SEARCH = """\
extends: {base}
training:
  epochs: {{Int: {{min_value: 5, max_value: 20, step: 5}}}}
  optimizer: {{Choice: [sgd, adam]}}
"""


def test_the_experiment_of_a_search_has_the_defaults(tmp_path: Path) -> None:
    write(tmp_path, search=SEARCH.format(base=BAD / "stack.yaml"))
    config = read_config(tmp_path / "search.yaml")
    assert [str(placed) for placed in config.markers] == [
        "training.optimizer: {'Choice': {'values': ['sgd', 'adam']}}",
        "training.epochs: {'Int': {'min_value': 5, 'max_value': 20, 'step': 5}}",
    ]
    assert config.experiment.training.epochs == 5
    assert config.experiment.training.optimizer.display_name() == "SGD"


def test_training_refuses_search_markers(tmp_path: Path) -> None:
    times = "{Int: {min_value: 0, max_value: 2}}"
    repeat = f"model.layers.0={{Repeat: {{times: {times}, layers: [{{Dense: 8}}]}}}}"
    write(tmp_path, search=SEARCH.format(base=BAD / "stack.yaml"))
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "search.yaml", [repeat])
    errors = caught.value.diagnostics
    assert [str(error.location).removeprefix(f"{tmp_path}/") for error in errors] == [
        "--set model.layers.0",
        "search.yaml:3:11",
        "search.yaml:4:14",
    ]
    for error, name in zip(errors, ("Repeat", "Int", "Choice"), strict=True):
        assert error.message.endswith(f"Received: a search marker, {name}.")
    assert [error.hint.partition(": ")[2] for error in errors] == [
        "--set model.layers.0.Repeat.times=VALUE.",
        "--set training.epochs=VALUE.",
        "--set training.optimizer=VALUE.",
    ]
    assert all("`nnlab tune`" in error.hint for error in errors)


def test_repeat_with_a_fixed_number_is_concrete() -> None:
    repeat = "model.layers.0={Repeat: {times: 3, layers: [{Dense: {units: 8}}, {Dropout: 0.1}]}}"
    experiment = load_config(BAD / "stack.yaml", [repeat])
    names = [layer.display_name() for layer in experiment.model.layers]  # type: ignore[union-attr]
    assert names == ["Dense", "Dropout"] * 3 + ["Dropout", "Dense"]


def test_markers_inside_zero_repetitions_are_ignored() -> None:
    layers = "[{Dense: {units: {Choice: [4, 8]}}}]"
    repeat = f"model.layers.0={{Repeat: {{times: 0, layers: {layers}}}}}"
    experiment = load_config(BAD / "stack.yaml", [repeat])
    assert [layer.display_name() for layer in experiment.model.layers] == ["Dropout", "Dense"]  # type: ignore[union-attr]


def test_set_replaces_search_markers(tmp_path: Path) -> None:
    write(tmp_path, search=SEARCH.format(base=BAD / "stack.yaml"))
    flags = ["training.epochs=7", "training.optimizer=adam"]
    assert load_config(tmp_path / "search.yaml", flags).training.epochs == 7


def test_validate_concrete_builds_an_experiment_from_a_document() -> None:
    document = load_document(BAD / "stack.yaml")
    experiment, resolved = validate_concrete(document)
    assert experiment == load_config(BAD / "stack.yaml")
    assert resolved.tree == document.tree
    with pytest.raises(ConfigError, match="Key `data` is missing"):
        validate_concrete(Document({}))


def test_errors_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        bad=f"training: {{loss: mxe}}\nseed: -1\ndata: {{scaling: x}}\nextends: {BAD}/stack.yaml\n",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "bad.yaml")
    errors = caught.value.diagnostics
    lines = [error.location.line for error in errors if error.location]
    assert lines == [1, 2, 3]
    assert str(caught.value).count("\n") == 2
    assert not isinstance(caught.value.diagnostics[0], Issue)
