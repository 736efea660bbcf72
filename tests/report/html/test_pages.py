"""Reports of a run, a search and a comparison, from their folders alone."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnlab.errors import DataError, RequestError
from nnlab.report.html.page import Code, Page, Picture, Text
from nnlab.report.html.run_page import lead
from nnlab.report.html.writer import page_of, write_report
from nnlab.runs import RunRecord, RunStatus, StoredRun, atomic_write, read_run
from nnlab.runs.records.comparison import ComparisonFiles, ComparisonRecord
from nnlab.runs.records.search import SearchFiles, SearchRecord
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

SPREAD = {"counts": [1, 3], "size": 4, "zeros": 1, "std": 0.5, "norm": 1.0}
LAYER = {"layer": "dense", "low": -1.0, "high": 1.0, "first": SPREAD, "last": SPREAD}
FIGURES = {"weights": [LAYER | {"kind": "weights"}], "gradients": [LAYER | {"kind": "gradients"}]}
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


def made(path: Path, **fields: Any) -> StoredRun:
    """A run's folder with the least that a run leaves."""
    path.mkdir(parents=True)
    record = RunRecord(path.name, "net", RunStatus.COMPLETE, metrics={"loss": 0.2}, **fields)
    (path / "record.json").write_text(record.to_json())
    (path / "config.yaml").write_text("name: net\nseed: 1\n")
    (path / "metrics.csv").write_text("epoch,loss,val_loss\n1,0.5,0.6\n2,0.2,0.3\n")
    return read_run(path)


def titles(page: Page) -> list[str]:
    return [section.title for section in page.sections if list(section.blocks)]


def pictures(page: Page) -> list[Picture]:
    blocks = [block for section in page.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Picture)]


def commands(page: Page) -> list[list[str]]:
    """What a shell makes of the commands that repeat it."""
    (code,) = (block for block in page.sections[-1].blocks if isinstance(block, Code))
    return [shlex.split(line, comments=True) for line in code.text.splitlines()]


def test_a_run_without_pictures_gets_those_that_its_numbers_allow(tmp_path: Path) -> None:
    run = made(tmp_path / "run", epochs_run=2, best_epoch=2)
    run.figures_json.write_text(json.dumps(FIGURES))
    run.summary_json.write_text(json.dumps(SUMMARY))
    page = page_of(run)
    captions = [picture.caption.split()[0] for picture in pictures(page)]
    assert captions == ["loss", "The", "Weights", "Sizes"]
    assert all(picture.alt for picture in pictures(page))
    assert "Predictions" not in titles(page)


def test_a_run_without_figures_says_what_it_lacks(tmp_path: Path) -> None:
    html = write_report(made(tmp_path / "run")).read_text()
    assert html.count("did not record it") == 2


def test_a_shell_understands_the_commands_and_versions_are_facts(tmp_path: Path) -> None:
    known = {"python": "3.11.7", "packages": {"nnlab": "0.1.0", "keras": None}}
    known["command"] = ["nnlab", "train", "my net.yaml"]
    run = made(tmp_path / "two words", environment=known)
    page = page_of(run)
    assert commands(page) == [
        ["nnlab", "reproduce", str(run.path)],
        ["nnlab", "train", str(run.config_yaml)],
    ]
    (text,) = (block for block in page.sections[-1].blocks if isinstance(block, Text))
    assert "the run was made with Python 3.11.7, nnlab 0.1.0." in text.text
    html = write_report(run).read_text()
    assert "nnlab train &#39;my net.yaml&#39;" in html
    # A stranger's package may have the name.
    assert "pip install" not in html


def test_a_failed_run_without_an_epoch_has_a_report(tmp_path: Path) -> None:
    made(tmp_path / "run", error="Diverged.").metrics_csv.unlink()
    record = replace(read_run(tmp_path / "run").record, status=RunStatus.FAILED)
    (tmp_path / "run" / "record.json").write_text(record.to_json())
    (tmp_path / "run" / "summary.json").write_text(json.dumps(SUMMARY))
    html = write_report(read_run(tmp_path / "run")).read_text()
    assert "Diverged." in html
    assert "did not record it" not in html


@pytest.mark.parametrize(
    ("status", "epochs", "words"),
    [
        (RunStatus.FAILED, 0, "The run failed on cpu before its first epoch was over."),
        (RunStatus.FAILED, 1, "The run failed on cpu after 1 epoch."),
        (RunStatus.INTERRUPTED, 3, "The run was interrupted on cpu after 3 epochs."),
        (RunStatus.COMPLETE, 3, "The run is complete on cpu after 3 epochs."),
        (RunStatus.RUNNING, 0, "The run is at work on cpu."),
    ],
)
def test_the_lead_says_how_far_a_run_came(status: RunStatus, epochs: int, words: str) -> None:
    record = RunRecord("a", "a", status, epochs_run=epochs, device="cpu")
    assert lead(record) == words
    assert lead(replace(record, error="diverged. Clip.")) == f"{words} Diverged. Clip."


@pytest.mark.parametrize("name", ["figures.json", "summary.json"])
@pytest.mark.parametrize("text", ["{", "[]", '{"layers": 3, "weights": [3]}'])
def test_a_broken_file_is_told(tmp_path: Path, name: str, text: str) -> None:
    run = made(tmp_path / "run")
    (run.path / name).write_text(text)
    with pytest.raises(DataError, match="Something else has changed the file"):
        page_of(run)


def test_the_file_can_be_named_but_is_no_folder(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    assert write_report(run, tmp_path / "new" / "a.html").stat().st_size > 1_000
    with pytest.raises(RequestError, match="a folder"):
        write_report(run, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="--out"):
        write_report(run, tmp_path / "file" / "a.html")


def test_a_search_shows_its_trials_and_its_best_run(tmp_path: Path) -> None:
    search = made(tmp_path / "search")
    made(search.path / "best")
    (search.path / "best.yaml").write_text("name: best\n")
    done = FrozenTrial(1, {"training.optimizer": "adam"}, TrialStatus.COMPLETE, (0.4,), 0.4)
    failed = FrozenTrial(2, {"training.optimizer": "sgd"}, TrialStatus.FAILED, error="Diverged.")
    for trial in (done, failed):
        trial.write(SearchFiles(search.path).trial_json(trial.number))
    retrained = {"val_loss": 0.4, "test_accuracy": 0.8, "test_loss": 0.5}
    record = SearchRecord(
        "search", "net", RunStatus.COMPLETE, best=done.to_dict(), retrained=retrained
    )
    record.write(SearchFiles(search.path).search_json)
    page = page_of(read_run(search.path))
    assert "The best is trial 1, val_loss 0.4000." in page.lead
    assert ("test loss, retrained", "0.5000") in page.facts
    assert {"Trials", "Config of the best trial", "Curves of the best"} <= set(titles(page))
    html = write_report(read_run(search.path)).read_text()
    assert "adam" in html
    assert "Diverged." in html


def test_a_comparison_shows_its_verdict_and_each_run(tmp_path: Path) -> None:
    run = made(tmp_path / "a comparison")
    names = ("relu", "tanh")
    for name in names:
        for seed in (1, 2, 3):
            made(run.path / name / str(seed), directions={"loss": "min"})
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
    page = page_of(read_run(run.path))
    assert page.lead == "No difference shown."
    folder = str(run.path)
    own = ["nnlab", "compare", "variants"]
    assert commands(page) == [[*own, f"{folder}/comparison.yaml"], [*own, "--resume", folder]]
    means, curves = pictures(page)
    assert "relu 0.2000" in means.alt
    assert curves.alt == (
        "Curves of val_loss over the epochs: a mean and a band for each of relu, tanh."
    )
    html = write_report(read_run(run.path)).read_text()
    assert "a.b: tanh" in html
    assert html.count("c: 7") == 1, "what all variants change is told once"
    stored = run.plots / "variants.png"
    atomic_write(stored, means.content)
    results = ComparisonFiles(run.path).comparison_json.stat().st_mtime
    for age, is_stored in ((1, False), (-1, True)):
        atomic_write(stored, means.content + b" ")
        os.utime(stored, (results - age, results - age))
        (found, _) = pictures(page_of(read_run(run.path)))
        assert (found.content[-1:] == b" ") is is_stored, "drawn anew where it is of before"


def test_a_variant_that_is_a_whole_config_is_shown_with_what_differs(tmp_path: Path) -> None:
    run = made(tmp_path / "comparison")
    files = ComparisonFiles(run.path)
    for name in ("small", "wide"):
        made(run.path / name / "1", directions={"loss": "min"})
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
    files.whole_config("wide").write_text(f"name: wide\nseed: 2\n{layers % 32}")
    html = write_report(read_run(run.path)).read_text()
    told = "the config wide.yaml, which differs from the base: model.layers.0.Dense.units: 32<"
    assert told in html
    assert "wide.config.yaml" in html
    assert "name: wide" in html
    files.whole_config("wide").write_text("{")
    assert "the config wide.yaml<" in write_report(read_run(run.path)).read_text()
