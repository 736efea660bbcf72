"""Tests of documents: moved values keep their locations; configs read back as they were."""

from __future__ import annotations

from pathlib import Path as FilePath

import pytest
import yaml

from nnlab.config import Experiment, load_config
from nnlab.config.yaml.document import Document, Path, dump_config, format_path, parse_path
from nnlab.config.yaml.parser import read_yaml

CONFIGS = FilePath(__file__).parents[3] / "configs"
WRITTEN = read_yaml("layers:\n  - Dense: 8\n  - {Dropout: 0.2}\nname:\n", "a.yaml")
# After two steps: layer 1 became layer 0, then `layers` was moved below `model`.
MOVED = WRITTEN.with_tree({}, {("layers", 0): ("layers", 1)}).with_tree(
    {}, {("model", "layers"): ("layers",)}
)


def locate(document: Document, path: Path, *, at_key: bool = False) -> str:
    return str(document.locate(path, at_key=at_key)).removeprefix("a.yaml:")


def test_moved_values_are_located_where_they_were_written() -> None:
    assert MOVED.origin(("model", "layers", 0, "Dropout")) == ("layers", 1, "Dropout")
    assert locate(MOVED, ("model", "layers", 0, "Dropout")) == "3:15"
    assert locate(MOVED, ("model", "layers", 0, "Dropout"), at_key=True) == "3:6"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("layers", 0, "Dense", "units"), "2:12"),  # inside a lone value: at the value
        (("layers", 1, "rate"), "3:5"),
        (("name", "first"), "4:1"),  # inside null: at the key
        (("missing",), "1:1"),
    ],
)
def test_missing_values_are_located_at_the_nearest_parent(path: Path, expected: str) -> None:
    assert locate(WRITTEN, path) == expected


def test_a_document_without_marks_has_no_locations() -> None:
    assert Document({"a": 1}).locate(("a",)) is None


def test_unreadable_values_are_not_validated() -> None:
    document = Document({}, unreadable=(("training", "epochs"),))
    assert not document.can_validate(("training", "epochs"))
    assert not document.can_validate(("training", "epochs", "Int"))
    assert document.can_validate(("training",))


def test_only_written_values_of_a_partial_document_are_validated() -> None:
    partial = Document(WRITTEN.tree, WRITTEN.marks, is_partial=True)
    assert partial.can_validate(("layers", 0, "Dense"))
    assert not partial.can_validate(("data",))


def test_paths_are_joined_and_split_at_dots() -> None:
    assert format_path(("model", "layers", 0, "Dense")) == "model.layers.0.Dense"
    assert parse_path("model.layers.0.Dense") == ("model", "layers", 0, "Dense")
    assert format_path(()) == ""


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_built_in_configs_read_back_as_they_were(path: FilePath, tmp_path: FilePath) -> None:
    text = path.read_text(encoding="utf-8")
    if "Repeat:" in text or "Choice:" in text:
        pytest.skip("contains search markers")
    experiment = load_config(path)
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_config(experiment), encoding="utf-8")
    assert load_config(copy) == experiment


def test_collections_of_scalars_are_written_on_one_line() -> None:
    experiment = Experiment.model_validate(
        {
            "data": {"dataset": "xor"},
            "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
            "training": {
                "optimizer": {"SGD": {"learning_rate": 1e-5}},
                "loss": "bce",
                "epochs": 9,
                "class_weight": {0: 1.0, 1: 2.5},
            },
            "tensorboard": False,
        }
    )
    lines = dump_config(experiment).splitlines()
    assert "  - Dense: {units: 1, activation: sigmoid}" in lines
    assert "    SGD: {learning_rate: 1.0e-05}" in lines
    assert yaml.safe_load("\n".join(lines))["training"]["class_weight"] == {0: 1.0, 1: 2.5}
    assert "tensorboard: false" in lines
