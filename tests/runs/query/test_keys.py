"""Access to runs by dotted keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.errors import DataError
from nnlab.runs import RunFiles, RunRecord
from nnlab.runs.query.keys import RunKeys, read_config_tree


@pytest.fixture
def keys(tmp_path: Path) -> RunKeys:
    """Return the keys of a run with a record and a config."""
    text = "training: {epochs: 3}\nmodel: {layers: [Flatten, {Dense: {units: 4}}]}\n"
    (tmp_path / "config.yaml").write_text(text)
    record = RunRecord(
        "a", "a", metrics={"loss": 0.0}, timing={"fit_s": 2.0}, training={"epochs": 9}
    )
    return RunKeys(record, RunFiles(tmp_path))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("metrics.loss", 0.0),
        ("loss", 0.0),
        ("fit_s", 2.0),
        ("training.epochs", 9),
        ("config.training.epochs", 3),
        ("model.layers.1.Dense.units", 4),
        ("config.model.layers.7", None),
        ("config.model.layers.1", "Dense"),
        ("nothing", None),
        ("config.seed", None),
    ],
)
def test_keys_are_looked_up_in_the_record_then_in_the_config(
    keys: RunKeys, key: str, value: object
) -> None:
    assert keys[key] == value


def test_fields_without_a_value_are_keys(keys: RunKeys) -> None:
    assert keys.has("error")
    assert not keys.has("config.seed")


def test_names_lists_keys_with_a_value(keys: RunKeys) -> None:
    names = keys.names()
    assert {"metrics.loss", "timing.fit_s", "config.model.layers.1.Dense.units"} <= set(names)
    assert "error" not in names


@pytest.mark.parametrize("text", ["a: [", "- a list", "a: !!python/object/apply:os.getcwd []"])
def test_broken_config_does_not_hide_the_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    files = RunFiles(tmp_path)
    with pytest.raises(DataError, match=r"config\.yaml to "):
        read_config_tree(files)
    assert RunKeys(RunRecord("a", "a", seed=1), files)["seed"] == 1


def test_missing_config_is_empty(tmp_path: Path) -> None:
    assert read_config_tree(RunFiles(tmp_path)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "data:\n  dataset: xor\n\n  scaling: none\ntraining:\n  epochs: 3\n",
        "training: {epochs: 3}\ndata: {dataset: xor, scaling: none}",
        "{data: {dataset: xor, scaling: none}, training: {epochs: 3}}",
    ],
)
def test_section_equals_that_of_the_full_config(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    keys = RunKeys(RunRecord("xor-1", "xor"), RunFiles(tmp_path))
    assert keys.section("data") == {"dataset": "xor", "scaling": "none"}
    assert keys.section("training") == keys.config["training"] == {"epochs": 3}
    assert keys.section("tune") is None


@pytest.mark.parametrize("text", [None, "data: {", "data:\n  - : {\n", "[]"])
def test_section_of_an_unreadable_config_is_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "config.yaml").write_text(text)
    assert RunKeys(RunRecord("xor-1", "xor"), RunFiles(tmp_path)).section("data") is None
