"""`nnlab compare runs`."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import TrainedRun, call_nnlab

PRINT_IMPORTS = """
import sys
from nnlab.cli.app import main
sys.argv = ["nnlab", *sys.argv[1:]]
try:
    main()
finally:
    print({"tensorflow", "keras", "matplotlib"} & set(sys.modules), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def pair(trained: TrainedRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run and a copy with another config and engine."""
    folder = tmp_path_factory.mktemp("pair")
    first, second = folder / "runs" / "first", folder / "runs" / "second"
    for path in (first, second):
        shutil.copytree(trained.run, path)
    config = second / "config.yaml"
    config.write_text(config.read_text().replace("units: 4", "units: 9"))
    record = second / "record.json"
    record.write_text(record.read_text().replace('"engine": "compiled"', '"engine": "keras"'))
    for path in (first, second):
        text = (path / "record.json").read_text().replace(trained.run.name, path.name)
        (path / "record.json").write_text(text)
    return folder


def test_only_differences_are_printed(pair: Path) -> None:
    result = call_nnlab("compare", "runs", "first", "second", cwd=pair)
    assert result.code == 0, result.err
    assert "model.layers.0.Dense.units  4  9" in result.out
    assert "batch_size" not in result.out
    assert "engine  compiled  keras" in result.out
    assert "val_loss\n" in result.out


def test_neither_tensorflow_nor_matplotlib_is_imported(pair: Path) -> None:
    command = [sys.executable, "-c", PRINT_IMPORTS, "compare", "runs", "first", "second"]
    result = subprocess.run(
        command, cwd=pair, capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stderr == "set()\n"


def test_json_csv_and_markdown_contain_the_same_difference(pair: Path) -> None:
    def run(option: str) -> str:
        return call_nnlab("compare", "runs", "first", "second", option, cwd=pair).out

    document = call_nnlab("compare", "runs", "first", "second", "--json", cwd=pair).json
    key = "model.layers.0.Dense.units"
    assert document["config"] == [{"path": key, "values": [4, 9], "defaults": [False, False]}]
    rows = list(csv.DictReader(io.StringIO(run("--csv"))))
    assert [row[f"config.{key}"] for row in rows] == ["4", "9"]
    assert f"| {key} | 4 | 9 |" in run("--markdown")


def test_curves_are_drawn_to_a_file(pair: Path) -> None:
    options = ["--metric", "val_accuracy", "--plot", "curves.png"]
    result = call_nnlab("compare", "runs", "first", "second", *options, cwd=pair)
    assert (result.code, result.err) == (0, "Wrote curves.png\n")
    assert (pair / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "\nval_accuracy\n" in result.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["first"], "2 to 52 runs"),
        (["first", "first"], "first"),
        (["first", "second", "--json", "--csv"], "one output format"),
        (["first", "second", "--metric", "f1"], "--metric f1"),
        (["first", "second", "--plot", "curves.jpg"], ".svg or .png"),
        (["frist", "secund"], "'secund'"),
    ],
)
def test_wrong_request_is_an_error(pair: Path, arguments: list[str], message: str) -> None:
    result = call_nnlab("compare", "runs", *arguments, cwd=pair)
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err


def test_error_is_printed_once_if_both_streams_are_one(pair: Path) -> None:
    command = [sys.executable, "-m", "nnlab", "compare", "runs", "first", "second"]
    result = subprocess.run(
        [*command, "--json", "--csv"],
        cwd=pair,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert json.loads(result.stdout)["error"]["type"] == "RequestError"


def test_repeated_metric_is_drawn_once_and_test_metrics_have_no_curve(pair: Path) -> None:
    repeated = ["--metric", "loss", "--metric", "loss"]
    output = call_nnlab("compare", "runs", "first", "second", *repeated, cwd=pair).out
    assert output.splitlines().count("loss") == 1
    result = call_nnlab("compare", "runs", "first", "second", "--metric", "test_loss", cwd=pair)
    assert result.code == 2
    assert "Test metrics" in result.err
