"""Reports of runs, searches, comparisons and benchmarks, made from their folders."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnlab.errors import DataError, RequestError
from nnlab.report.html import build_page, write_report
from nnlab.report.html.page import Code, Image, Page, Text
from nnlab.report.html.run_page import summarize_run
from nnlab.runs import RunRecord, RunStatus, StoredRun, atomic_write, read_run
from nnlab.runs.records.benchmark import BenchmarkDirectory, BenchmarkRecord
from nnlab.runs.records.comparison import ComparisonFiles, ComparisonRecord
from nnlab.runs.records.search import SearchFiles, SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from tests.report.devices import cpu_only, with_gpu

HISTOGRAM = {"counts": [1, 3], "size": 4, "zeros": 1, "std": 0.5, "norm": 1.0}
LAYER = {"layer": "dense", "low": -1.0, "high": 1.0, "first": HISTOGRAM, "last": HISTOGRAM}
PLOT_DATA = {"weights": [LAYER | {"kind": "weights"}], "gradients": [LAYER | {"kind": "gradients"}]}
SUMMARY = {
    "name": "net",
    "layers": [
        {
            "name": "dense",
            "type": "Dense",
            "input_shapes": [[None, 2]],
            "output_shape": [None, 1],
            "params": 3,
            "trainable": 3,
            "inbound": [],
        }
    ],
    "params": 3,
    "trainable_params": 3,
    "optimizer_params": None,
}


def create_run(path: Path, **fields: Any) -> StoredRun:
    """Create the folder of a minimal run."""
    path.mkdir(parents=True)
    record = RunRecord(path.name, "net", RunStatus.COMPLETE, metrics={"loss": 0.2}, **fields)
    (path / "record.json").write_text(record.to_json())
    (path / "config.yaml").write_text("name: net\nseed: 1\n")
    (path / "metrics.csv").write_text("epoch,loss,val_loss\n1,0.5,0.6\n2,0.2,0.3\n")
    return read_run(path)


def titles(page: Page) -> list[str]:
    return [section.title for section in page.sections if list(section.blocks)]


def images(page: Page) -> list[Image]:
    blocks = [block for section in page.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Image)]


def commands(page: Page) -> list[list[str]]:
    """Return the suggested commands as a shell parses them."""
    (code,) = (block for block in page.sections[-1].blocks if isinstance(block, Code))
    return [shlex.split(line, comments=True) for line in code.text.splitlines()]


@pytest.mark.slow
def test_missing_plots_are_rendered_from_the_stored_numbers(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", epochs_run=2, best_epoch=2)
    run.plot_data_json.write_text(json.dumps(PLOT_DATA))
    run.summary_json.write_text(json.dumps(SUMMARY))
    page = build_page(run)
    captions = [image.caption.split()[0] for image in images(page)]
    assert captions == ["loss", "Graph", "Weights", "Gradient"]
    assert all(image.alt for image in images(page))
    assert "Predictions" not in titles(page)


def test_missing_plot_data_is_reported(tmp_path: Path) -> None:
    html = write_report(create_run(tmp_path / "run")).read_text()
    assert html.count("Not recorded by this run.") == 2


@pytest.mark.slow
def test_commands_are_quoted_and_versions_are_listed(tmp_path: Path) -> None:
    environment: dict[str, Any] = {
        "python": "3.11.7",
        "packages": {"nnlab": "0.1.0", "keras": None},
    }
    environment["command"] = ["nnlab", "train", "my net.yaml"]
    run = create_run(tmp_path / "two words", environment=environment)
    page = build_page(run)
    assert commands(page) == [
        ["nnlab", "reproduce", str(run.path)],
        ["nnlab", "train", str(run.config_yaml)],
    ]
    (text,) = (block for block in page.sections[-1].blocks if isinstance(block, Text))
    assert "Python 3.11.7, nnlab 0.1.0" in text.text
    html = write_report(run).read_text()
    assert "nnlab train &#39;my net.yaml&#39;" in html
    # Another package on PyPI may have the same name.
    assert "pip install" not in html


def test_failed_run_without_an_epoch_has_a_report(tmp_path: Path) -> None:
    create_run(tmp_path / "run", error="Diverged.").metrics_csv.unlink()
    record = replace(read_run(tmp_path / "run").record, status=RunStatus.FAILED)
    (tmp_path / "run" / "record.json").write_text(record.to_json())
    (tmp_path / "run" / "summary.json").write_text(json.dumps(SUMMARY))
    html = write_report(read_run(tmp_path / "run")).read_text()
    assert "Diverged." in html
    assert "Not recorded" not in html


@pytest.mark.parametrize(
    ("status", "epochs", "summary"),
    [
        (RunStatus.FAILED, 0, "The run failed on cpu before the end of its first epoch."),
        (RunStatus.FAILED, 1, "The run failed on cpu after 1 epoch."),
        (RunStatus.INTERRUPTED, 3, "The run was interrupted on cpu after 3 epochs."),
        (RunStatus.COMPLETE, 3, "The run is complete on cpu after 3 epochs."),
        (RunStatus.RUNNING, 0, "The run is running on cpu."),
    ],
)
def test_summary_has_status_and_progress(status: RunStatus, epochs: int, summary: str) -> None:
    record = RunRecord("a", "a", status, epochs_run=epochs, device="cpu")
    assert summarize_run(record) == summary
    failed = replace(record, error="diverged. Clip.")
    assert summarize_run(failed) == f"{summary} Diverged. Clip."


@pytest.mark.parametrize("name", ["plot_data.json", "summary.json"])
@pytest.mark.parametrize("text", ["{", "[]", '{"layers": 3, "weights": [3]}'])
def test_broken_file_is_reported(tmp_path: Path, name: str, text: str) -> None:
    run = create_run(tmp_path / "run")
    (run.path / name).write_text(text)
    with pytest.raises(DataError, match="changed by another program"):
        build_page(run)


@pytest.mark.slow
def test_out_can_be_a_new_file_but_no_folder(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run")
    assert write_report(run, tmp_path / "new" / "a.html").stat().st_size > 1_000
    with pytest.raises(RequestError, match="a folder"):
        write_report(run, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="--out"):
        write_report(run, tmp_path / "file" / "a.html")


@pytest.mark.slow
def test_search_shows_its_trials_and_its_best_run(tmp_path: Path) -> None:
    search = create_run(tmp_path / "search")
    create_run(search.path / "best")
    (search.path / "best.yaml").write_text("name: best\n")
    complete = FrozenTrial(1, {"training.optimizer": "adam"}, TrialStatus.COMPLETE, (0.4,), 0.4)
    failed = FrozenTrial(2, {"training.optimizer": "sgd"}, TrialStatus.FAILED, error="Diverged.")
    for trial in (complete, failed):
        trial.write(SearchFiles(search.path).trial_json(trial.number))
    retrained = {"val_loss": 0.4, "test_accuracy": 0.8, "test_loss": 0.5}
    record = SearchRecord(
        "search", "net", RunStatus.COMPLETE, best=complete.to_dict(), final_metrics=retrained
    )
    record.write(SearchFiles(search.path).search_json)
    page = build_page(read_run(search.path))
    assert "trial 1, val_loss 0.4000" in page.summary
    assert ("test loss, retrained", "0.5000") in page.facts
    assert {"Trials", "Config of the best trial", "Curves of the best trial"} <= set(titles(page))
    html = write_report(read_run(search.path)).read_text()
    assert "adam" in html
    assert "Diverged." in html


@pytest.mark.slow
def test_comparison_shows_its_verdict_and_each_run(tmp_path: Path) -> None:
    run = create_run(tmp_path / "a comparison")
    names = ("relu", "tanh")
    for name in names:
        for seed in (1, 2, 3):
            create_run(run.path / name / str(seed), directions={"loss": "min"})
    record = ComparisonRecord(
        "comparison",
        "net",
        "complete",
        metric="loss",
        baseline="relu",
        seeds=(1, 2, 3),
        variants=tuple({"name": name, "changes": {"a.b": name, "c": 7}} for name in names),
        verdict="no difference shown",
    )
    record.write(ComparisonFiles(run.path).comparison_json)
    page = build_page(read_run(run.path))
    assert page.summary == "No difference shown."
    folder = str(run.path)
    command = ["nnlab", "compare", "variants"]
    assert commands(page) == [
        [*command, f"{folder}/comparison.yaml"],
        [*command, "--resume", folder],
    ]
    means, curves = images(page)
    assert "relu 0.2000" in means.alt
    assert "val_loss" in curves.alt
    assert curves.alt.endswith("relu, tanh.")
    html = write_report(read_run(run.path)).read_text()
    assert "a.b: tanh" in html
    assert html.count("c: 7") == 1, "a shared change is shown once"
    stored = run.plots / "variants.png"
    atomic_write(stored, means.content)
    results = ComparisonFiles(run.path).comparison_json.stat().st_mtime
    for age, is_current in ((1, False), (-1, True)):
        atomic_write(stored, means.content + b" ")
        os.utime(stored, (results - age, results - age))
        (image, _) = images(build_page(read_run(run.path)))
        assert (image.content[-1:] == b" ") is is_current, "an outdated plot is rendered again"


@pytest.mark.slow
def test_variant_with_a_complete_config_shows_its_differences(tmp_path: Path) -> None:
    run = create_run(tmp_path / "comparison")
    files = ComparisonFiles(run.path)
    for name in ("small", "wide"):
        create_run(run.path / name / "1", directions={"loss": "min"})
    variants = (
        {"name": "small", "changes": {}},
        {"name": "wide", "changes": {}, "file": "wide.yaml"},
    )
    record = ComparisonRecord(
        "comparison", "net", "complete", "loss", "small", (1,), variants=variants
    )
    record.write(files.comparison_json)
    layers = "model: {layers: [Dense: {units: %d}]}\ntraining: {epochs: 5}\n"
    files.base_yaml.write_text(f"name: base\nseed: 1\n{layers % 8}")
    files.full_config("wide").write_text(f"name: wide\nseed: 2\n{layers % 32}")
    html = write_report(read_run(run.path)).read_text()
    assert re.search(r"config wide\.yaml, [^<;]+: model\.layers\.0\.Dense\.units: 32<", html)
    assert "wide.config.yaml" in html
    assert "name: wide" in html
    files.full_config("wide").write_text("{")
    assert ">config wide.yaml<" in write_report(read_run(run.path)).read_text()


def write_benchmark_page(tmp_path: Path, record: BenchmarkRecord) -> str:
    with BenchmarkDirectory.create(tmp_path, "mnist-devices", "name: mnist\n") as run:
        record.write(run.benchmark_json)
        run.finish(RunStatus.COMPLETE)
    return write_report(read_run(run.path)).read_text(encoding="utf-8")


def test_benchmark_has_verdict_plot_config_and_command(tmp_path: Path) -> None:
    record = with_gpu(0.001, 0.0011, 0.0012, 0.001)
    html = write_benchmark_page(tmp_path, replace(record, error="A point is missing."))
    assert "gpu:0 is faster than cpu from batch size 128 on" in html
    assert "A point is missing." in html
    assert html.count("data:image/png;base64,") == 1
    assert "compare cpu-vs-gpu" in html
    assert "--devices cpu,gpu:0 --batch-sizes 32,128,512" in html
    assert "name: mnist" in html


def test_benchmark_without_a_gpu_explains_its_absence(tmp_path: Path) -> None:
    html = write_benchmark_page(tmp_path, cpu_only())
    assert "TensorFlow looked for NVIDIA GPUs and found none." in html
    assert "60,000 random rows" in html


def test_benchmark_interrupted_before_its_first_point_has_a_page(tmp_path: Path) -> None:
    record = replace(cpu_only(), status="interrupted", points=(), verdict="")
    assert "The benchmark was interrupted." in write_benchmark_page(tmp_path, record)
