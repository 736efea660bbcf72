"""Commands that train nothing: validate, runs, show, summary, init, datasets, devices, schema."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.runner import Command, TrainedRun, call_nnlab


def test_validate_accepts_a_valid_config(nnlab: Command, config: Path) -> None:
    result = nnlab("validate", config)
    assert (result.code, result.out) == (0, f"{config}: valid\n")


def test_validate_lists_all_errors_of_all_files(nnlab: Command, config: Path) -> None:
    broken = config.with_name("broken.yaml")
    broken.write_text(config.read_text().replace("units: 4", "unit: 4").replace("adam", "adamm"))
    result = nnlab("validate", config, broken, "--json")
    assert result.code == 2
    assert [row["valid"] for row in result.json["configs"]] == [True, False]
    valid, invalid = result.json["configs"]
    assert (valid["errors"], valid["warnings"], invalid["warnings"]) == ([], [], [])
    assert [(row["line"], row["path"]) for row in invalid["errors"]] == [
        (11, "model.layers.0.Dense.unit"),
        (15, "training.optimizer"),
    ]


def test_validate_prints_warnings(nnlab: Command, config: Path) -> None:
    result = nnlab("validate", config, "--set", "model.layers.1.Dense.activation=softmax")
    assert result.code == 0
    assert "warning" in result.err
    assert "softmax over one unit" in result.err


def test_runs_lists_the_run(trained: TrainedRun) -> None:
    result = call_nnlab("runs", "--sort", "val_loss", cwd=trained.folder)
    assert result.code == 0
    assert trained.run.name in result.out
    assert call_nnlab("runs", "--json", cwd=trained.folder).json[0]["id"] == trained.run.name


def test_empty_list_of_runs_names_the_train_command(nnlab: Command) -> None:
    result = nnlab("runs")
    assert result.code == 0
    assert "nnlab train" in result.err


@pytest.mark.parametrize("name", ["last", "small-2"])
def test_show_finds_a_run_by_prefix_or_last(trained: TrainedRun, name: str) -> None:
    result = call_nnlab("show", name, cwd=trained.folder)
    assert result.code == 0
    assert trained.run.name in result.out
    assert "accuracy" in result.out


def test_runs_dir_comes_from_the_environment(trained: TrainedRun, nnlab: Command) -> None:
    result = nnlab("show", "last", "--json", NNLAB_RUNS_DIR=str(trained.folder / "runs"))
    assert result.json["id"] == trained.run.name


def test_summary_counts_parameters_and_draws(nnlab: Command, config: Path) -> None:
    plot = config.with_name("model.svg")
    result = nnlab("summary", config, "--plot", plot, "--json")
    assert result.code == 0, result.err
    assert result.json["params"] == 17
    assert result.json["plot"] == str(plot)
    assert ET.parse(plot).getroot().tag.endswith("svg")  # noqa: S314 - written by nnlab
    assert not (config.parent / "runs").exists()


def test_summary_locates_a_layer_with_an_invalid_shape(nnlab: Command, config: Path) -> None:
    result = nnlab("summary", config, "--set", "model.layers.0={Reshape: [3, 5]}")
    assert result.code == 2
    assert "model.layers.0" in result.err
    assert "Traceback" not in result.err


def test_init_writes_a_valid_config_and_its_schema(nnlab: Command, tmp_path: Path) -> None:
    result = nnlab("init", "mlp_xor")
    assert result.code == 0, result.err
    assert json.loads((tmp_path / "nnlab.schema.json").read_text())["$defs"]
    assert nnlab("validate", "mlp_xor.yaml").code == 0
    result = nnlab("init", "mlp_xor")
    assert result.code == 2
    assert "--force" in result.err


def test_init_lists_builtin_configs_with_their_purpose(nnlab: Command) -> None:
    result = nnlab("init", "--json").json
    purposes = {row["name"]: row["purpose"] for row in result}
    assert "mnist_5k" in purposes
    assert all(purposes.values())


def test_unknown_builtin_config_suggests_the_nearest(nnlab: Command) -> None:
    result = nnlab("train", "mnist_5")
    assert result.code == 2
    assert "mnist_5k" in result.err


def test_datasets_lists_their_sources(nnlab: Command) -> None:
    rows = {row["name"]: row for row in nnlab("datasets", "--json").json}
    assert rows["mnist"]["source"] == "download"
    assert rows["mnist_5k"]["source"] == "packaged"


def test_devices_lists_the_cpu(nnlab: Command) -> None:
    document = nnlab("devices", "--json").json
    assert document["devices"][0]["name"] == "cpu"


def test_schema_is_that_of_configs(nnlab: Command) -> None:
    schema = nnlab("schema").json
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"data", "model", "training"} <= schema["properties"].keys()
