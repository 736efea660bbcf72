"""The commands that only look: validate, runs, show, summary, init, datasets, devices, schema."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.running import Command, Trained, call_nnlab


def test_validate_says_that_a_config_is_valid(nnlab: Command, config: Path) -> None:
    checked = nnlab("validate", config)
    assert (checked.code, checked.out) == (0, f"{config}: valid\n")


def test_validate_tells_all_faults_of_all_files(nnlab: Command, config: Path) -> None:
    broken = config.with_name("broken.yaml")
    broken.write_text(config.read_text().replace("units: 4", "unit: 4").replace("adam", "adamm"))
    checked = nnlab("validate", config, broken, "--json")
    assert checked.code == 2
    assert [row["valid"] for row in checked.json["configs"]] == [True, False]
    diagnostics = checked.json["configs"][1]["faults"]
    assert [(row["line"], row["path"]) for row in diagnostics] == [
        (11, "model.layers.0.Dense.unit"),
        (15, "training.optimizer"),
    ]


def test_validate_gives_advice_as_warnings(nnlab: Command, config: Path) -> None:
    checked = nnlab("validate", config, "--set", "model.layers.1.Dense.activation=softmax")
    assert checked.code == 0
    assert "warning" in checked.err
    assert "softmax over one unit" in checked.err


def test_runs_lists_the_run(trained: Trained) -> None:
    listed = call_nnlab("runs", "--sort", "val_loss", cwd=trained.folder)
    assert listed.code == 0
    assert trained.run.name in listed.out
    assert call_nnlab("runs", "--json", cwd=trained.folder).json[0]["id"] == trained.run.name


def test_runs_without_any_says_how_to_make_one(nnlab: Command) -> None:
    listed = nnlab("runs")
    assert listed.code == 0
    assert "nnlab train" in listed.err


@pytest.mark.parametrize("name", ["last", "small-2"])
def test_show_finds_a_run_by_prefix_or_as_last(trained: Trained, name: str) -> None:
    shown = call_nnlab("show", name, cwd=trained.folder)
    assert shown.code == 0
    assert trained.run.name in shown.out
    assert "accuracy" in shown.out


def test_runs_dir_comes_from_the_environment(trained: Trained, nnlab: Command) -> None:
    shown = nnlab("show", "last", "--json", NNLAB_RUNS_DIR=str(trained.folder / "runs"))
    assert shown.json["id"] == trained.run.name


def test_summary_counts_parameters_and_draws(nnlab: Command, config: Path) -> None:
    picture = config.with_name("model.svg")
    shown = nnlab("summary", config, "--plot", picture, "--json")
    assert shown.code == 0, shown.err
    assert shown.json["params"] == 17
    assert ET.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 - our own file
    assert not (config.parent / "runs").exists()


def test_summary_locates_a_layer_that_does_not_fit(nnlab: Command, config: Path) -> None:
    refused = nnlab("summary", config, "--set", "model.layers.0={Reshape: [3, 5]}")
    assert refused.code == 2
    assert "model.layers.0" in refused.err
    assert "Traceback" not in refused.err


def test_init_writes_a_config_that_trains_with_its_schema(nnlab: Command, tmp_path: Path) -> None:
    written = nnlab("init", "mlp_xor")
    assert written.code == 0, written.err
    assert json.loads((tmp_path / "nnlab.schema.json").read_text())["$defs"]
    assert nnlab("validate", "mlp_xor.yaml").code == 0
    refused = nnlab("init", "mlp_xor")
    assert refused.code == 2
    assert "--force" in refused.err


def test_init_lists_shipped_configs_with_their_purpose(nnlab: Command) -> None:
    listed = nnlab("init", "--json").json
    purposes = {row["name"]: row["purpose"] for row in listed}
    assert "mnist_5k" in purposes
    assert all(purposes.values())


def test_unknown_shipped_config_is_refused_with_the_nearest(nnlab: Command) -> None:
    refused = nnlab("train", "mnist_5")
    assert refused.code == 2
    assert "mnist_5k" in refused.err


def test_datasets_tell_which_need_the_network(nnlab: Command) -> None:
    rows = {row["name"]: row for row in nnlab("datasets", "--json").json}
    assert rows["mnist"]["source"] == "download"
    assert rows["mnist_5k"]["source"] == "packaged"


def test_devices_lists_the_cpu(nnlab: Command) -> None:
    found = nnlab("devices", "--json").json
    assert found["devices"][0]["name"] == "cpu"


def test_schema_is_what_the_shipped_configs_name(nnlab: Command) -> None:
    schema = nnlab("schema").json
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"data", "model", "training"} <= schema["properties"].keys()
