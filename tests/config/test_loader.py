"""From a file to an experiment: chains of bases, places of data files, open values."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config import load_config, read_config
from nnlab.config.diagnostics.issues import Issue
from nnlab.config.loader import validate
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.extends import load_document
from nnlab.errors import ConfigError

BAD = Path(__file__).parent / "bad"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_chain_of_bases_is_merged_from_the_far_end(tmp_path: Path) -> None:
    write(
        tmp_path,
        first=f"extends: {BAD}/stack.yaml\nseed: 1\nname: first\n",
        inner__second="extends: ../first.yaml\nseed: 2\ntraining: {epochs: 2}\n",
        third="extends: inner/second.yaml\nseed: 3\n",
    )
    experiment = load_config(tmp_path / "third.yaml")
    assert (experiment.name, experiment.seed, experiment.training.epochs) == ("first", 3, 2)
    assert experiment.data.scaling == "standard"


def test_a_base_may_be_extended_twice_on_two_ways(tmp_path: Path) -> None:
    write(tmp_path, one=f"extends: {BAD}/stack.yaml\n", two="extends: one.yaml\nseed: 4\n")
    assert load_config(tmp_path / "two.yaml").seed == 4
    assert load_config(tmp_path / "two.yaml") == load_config(tmp_path / "two.yaml")


def test_a_data_file_is_found_from_the_folder_of_the_config_that_names_it(tmp_path: Path) -> None:
    base = (BAD / "stack.yaml").read_text().replace("dataset: iris", "file: rows/a.csv")
    write(tmp_path, data__base=base, over="extends: data/base.yaml\nseed: 1\n")
    wanted = str(tmp_path / "data" / "rows" / "a.csv")
    assert load_config(tmp_path / "data" / "base.yaml").data.file == wanted
    assert load_config(tmp_path / "over.yaml").data.file == wanted


def test_data_files_to_choose_from_are_found_from_there_too(tmp_path: Path) -> None:
    files = "{Choice: [rows/a.csv, b.csv]}"
    base = (BAD / "stack.yaml").read_text().replace("dataset: iris", f"file: {files}")
    write(tmp_path, data__base=base)
    config = read_config(tmp_path / "data" / "base.yaml")
    names = [str(tmp_path / "data" / "rows" / "a.csv"), str(tmp_path / "data" / "b.csv")]
    assert list(config.hyperparameters[0].values) == names
    assert config.experiment.data.file == names[0]


def test_a_data_file_of_the_command_line_is_found_from_the_working_directory(
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


def test_assignments_apply_in_turn() -> None:
    flags = ["training.optimizer=sgd", "training.optimizer.SGD.momentum=0.5", "seed=1", "seed=2"]
    experiment = load_config(BAD / "stack.yaml", flags)
    assert experiment.seed == 2
    assert experiment.training.optimizer.to_tree() == {"SGD": {"momentum": 0.5}}


OPEN = """\
extends: {base}
training:
  epochs: {{Int: {{min_value: 5, max_value: 20, step: 5}}}}
  optimizer: {{Choice: [sgd, adam]}}
"""


def test_a_config_with_open_values_is_read_with_the_first_of_each(tmp_path: Path) -> None:
    write(tmp_path, open=OPEN.format(base=BAD / "stack.yaml"))
    config = read_config(tmp_path / "open.yaml")
    assert [str(value) for value in config.space] == [
        "training.optimizer: {'Choice': {'values': ['sgd', 'adam']}}",
        "training.epochs: {'Int': {'min_value': 5, 'max_value': 20, 'step': 5}}",
    ]
    assert config.experiment.training.epochs == 5
    assert config.experiment.training.optimizer.display_name() == "SGD"


def test_training_refuses_open_values_and_says_what_to_do(tmp_path: Path) -> None:
    times = "{Int: {min_value: 0, max_value: 2}}"
    repeat = f"model.layers.0={{Repeat: {{times: {times}, layers: [{{Dense: 8}}]}}}}"
    write(tmp_path, open=OPEN.format(base=BAD / "stack.yaml"))
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "open.yaml", [repeat])
    found = caught.value.diagnostics
    assert [str(diagnostic.location).removeprefix(f"{tmp_path}/") for diagnostic in found] == [
        "--set model.layers.0",
        "open.yaml:3:11",
        "open.yaml:4:14",
    ]
    assert [diagnostic.message for diagnostic in found] == [
        f"The value is open: a search marker, {name}, stands here."
        for name in ("Repeat", "Int", "Choice")
    ]
    assert [diagnostic.hint.partition(": ")[2] for diagnostic in found] == [
        "--set model.layers.0.Repeat.times=VALUE.",
        "--set training.epochs=VALUE.",
        "--set training.optimizer=VALUE.",
    ]
    assert all("`nnlab tune`" in diagnostic.hint for diagnostic in found)


def test_repeat_with_a_plain_number_is_no_open_value() -> None:
    repeat = "model.layers.0={Repeat: {times: 3, layers: [{Dense: {units: 8}}, {Dropout: 0.1}]}}"
    experiment = load_config(BAD / "stack.yaml", [repeat])
    names = [layer.display_name() for layer in experiment.model.layers]  # type: ignore[union-attr]
    assert names == ["Dense", "Dropout"] * 3 + ["Dropout", "Dense"]


def test_what_is_repeated_no_time_leaves_nothing_open() -> None:
    layers = "[{Dense: {units: {Choice: [4, 8]}}}]"
    repeat = f"model.layers.0={{Repeat: {{times: 0, layers: {layers}}}}}"
    experiment = load_config(BAD / "stack.yaml", [repeat])
    assert [layer.display_name() for layer in experiment.model.layers] == ["Dropout", "Dense"]  # type: ignore[union-attr]


def test_set_closes_an_open_value(tmp_path: Path) -> None:
    write(tmp_path, open=OPEN.format(base=BAD / "stack.yaml"))
    flags = ["training.epochs=7", "training.optimizer=adam"]
    assert load_config(tmp_path / "open.yaml", flags).training.epochs == 7


def test_a_document_can_be_validated_by_itself() -> None:
    document = load_document(BAD / "stack.yaml")
    experiment, resolved = validate(document)
    assert experiment == load_config(BAD / "stack.yaml")
    assert resolved.tree == document.tree
    with pytest.raises(ConfigError, match="Key `data` is missing"):
        validate(Document({}))


def test_faults_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        bad=f"training: {{loss: mxe}}\nseed: -1\ndata: {{scaling: x}}\nextends: {BAD}/stack.yaml\n",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "bad.yaml")
    found = caught.value.diagnostics
    lines = [diagnostic.location.line for diagnostic in found if diagnostic.location]
    assert lines == [1, 2, 3]
    assert str(caught.value).count("\n") == 2
    assert not isinstance(caught.value.diagnostics[0], Issue)
