"""`nnlab compare runs` as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import Trained, call_nnlab

TELL_TENSORFLOW = """
import sys
from nnlab.cli.app import main
sys.argv = ["nnlab", *sys.argv[1:]]
try:
    main()
finally:
    print({"tensorflow", "keras", "matplotlib"} & set(sys.modules), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def pair(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run and a changed copy of it."""
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


def test_it_tells_what_differs_and_nothing_else(pair: Path) -> None:
    shown = call_nnlab("compare", "runs", "first", "second", cwd=pair)
    assert shown.code == 0, shown.err
    assert "model.layers.0.Dense.units  4  9" in shown.out
    assert "batch_size" not in shown.out
    assert "engine  compiled  keras" in shown.out
    assert "val_loss\n" in shown.out


def test_it_loads_neither_tensorflow_nor_matplotlib(pair: Path) -> None:
    command = [sys.executable, "-c", TELL_TENSORFLOW, "compare", "runs", "first", "second"]
    told = subprocess.run(command, cwd=pair, capture_output=True, text=True, check=True, timeout=60)
    assert told.stderr == "set()\n"


def test_json_csv_and_markdown_hold_the_same_difference(pair: Path) -> None:
    def run(option: str) -> str:
        return call_nnlab("compare", "runs", "first", "second", option, cwd=pair).out

    plain = call_nnlab("compare", "runs", "first", "second", "--json", cwd=pair).json
    key = "model.layers.0.Dense.units"
    assert plain["config"] == [{"path": key, "values": [4, 9], "defaults": [False, False]}]
    rows = list(csv.DictReader(io.StringIO(run("--csv"))))
    assert [row[f"config.{key}"] for row in rows] == ["4", "9"]
    assert f"| {key} | 4 | 9 |" in run("--markdown")


def test_curves_are_drawn_into_a_file(pair: Path) -> None:
    options = ["--metric", "val_accuracy", "--plot", "curves.png"]
    shown = call_nnlab("compare", "runs", "first", "second", *options, cwd=pair)
    assert (shown.code, shown.err) == (0, "Drew curves.png\n")
    assert (pair / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "\nval_accuracy\n" in shown.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["first"], "2 to 52 runs"),
        (["first", "first"], "more than once"),
        (["first", "second", "--json", "--csv"], "one form of output"),
        (["first", "second", "--metric", "f1"], "There are: loss"),
        (["first", "second", "--plot", "curves.jpg"], ".svg or .png"),
        (["frist", "secund"], "'secund'"),
    ],
)
def test_a_wrong_request_is_told(pair: Path, arguments: list[str], told: str) -> None:
    refused = call_nnlab("compare", "runs", *arguments, cwd=pair)
    assert refused.code == 2
    assert told in refused.err
    assert "Traceback" not in refused.err


def test_an_error_is_told_once_where_both_outputs_are_one(pair: Path) -> None:
    command = [sys.executable, "-m", "nnlab", "compare", "runs", "first", "second"]
    done = subprocess.run(
        [*command, "--json", "--csv"],
        cwd=pair,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout)["error"]["message"].startswith("Expected one form of output.")


def test_a_metric_named_twice_is_drawn_once_and_one_of_the_test_has_no_curve(pair: Path) -> None:
    twice = ["--metric", "loss", "--metric", "loss"]
    shown = call_nnlab("compare", "runs", "first", "second", *twice, cwd=pair).out
    assert shown.splitlines().count("loss") == 1
    refused = call_nnlab("compare", "runs", "first", "second", "--metric", "test_loss", cwd=pair)
    assert refused.code == 2
    assert "Test figures are measured once" in refused.err
