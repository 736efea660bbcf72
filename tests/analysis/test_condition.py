"""Conditions on runs: their meaning, rejected expressions, error messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.analysis.condition import Condition, parse_conditions, select
from nnlab.errors import RequestError
from nnlab.runs import RunFiles, RunRecord, RunStatus
from nnlab.runs.query.keys import RunKeys

CONFIG = "training: {batch_size: 32, optimizer: {Adam: {learning_rate: 0.01}}}\n"
CONFIG += "model: {layers: [{Dense: {units: 64}}]}\n"


@pytest.fixture
def run(tmp_path: Path) -> RunKeys:
    (tmp_path / "config.yaml").write_text(CONFIG)
    record = RunRecord(
        "moons-1",
        "moons",
        RunStatus.COMPLETE,
        seed=3,
        metrics={"loss": 0.02, "test_accuracy": 0.98},
        training={"batch_size": 40},
        timing={"epoch_s": 0.5},
    )
    return RunKeys(record, RunFiles(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "metrics.test_accuracy > 0.97",
        "test_accuracy > 0.97 and epoch_s < 1",
        "0.01 < loss < 1e-1",
        "status == 'complete'",
        "status in ['complete', 'failed'] and not error",
        "'moons' in name",
        "config.training.batch_size == 32",
        "training.batch_size == 40",
        "config.model.layers.0.Dense.units >= 64",
        "'Adam' in config.training.optimizer",
        "(seed == 1 or seed == 3) and seed != 2",
        "error == null and finished == None",
        "metrics.loss > -1",
    ],
)
def test_condition_holds(run: RunKeys, text: str) -> None:
    condition = Condition.parse(text)
    assert condition.holds(run.__getitem__)
    assert not Condition.parse(f"not ({text})").holds(run.__getitem__)


@pytest.mark.parametrize(
    "text", ["metrics.val_loss < 1", "metrics.val_loss > 1", "name < 3", "3 in seed", "loss < 'a'"]
)
def test_condition_on_a_missing_or_incomparable_value_does_not_hold(
    run: RunKeys, text: str
) -> None:
    assert not Condition.parse(text).holds(run.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "metrics.loss.__class__()",
        "[x for x in metrics]",
        "(lambda: 1)()",
        "loss + 1 > 2",
        "9 ** 9 ** 9 > 1",
        "loss if seed else name",
        "f'{loss}' == '1'",
        "seed is 3",
        "b'x' in name",
        "(x := 3)",
        "seed[0] == 1",
        "loss >",
        "",
        "(" * 300,
        "loss > 1 and " * 200,
    ],
)
def test_other_expressions_are_rejected(text: str) -> None:
    with pytest.raises(RequestError, match=r"Expected a condition such as .* Received: --where"):
        Condition.parse(text)


def test_single_equals_sign_has_a_hint() -> None:
    with pytest.raises(RequestError, match="two equals signs"):
        Condition.parse("seed = 3")


def test_all_invalid_conditions_are_reported() -> None:
    with pytest.raises(RequestError) as caught:
        parse_conditions(["loss >", "seed == 3", "f()"])
    assert len(str(caught.value).splitlines()) == 2


def test_unknown_keys_are_reported_with_similar_keys(run: RunKeys) -> None:
    conditions = parse_conditions(["test_acuracy > 1", "status == complete"])
    with pytest.raises(RequestError) as caught:
        select([run], conditions)
    first, second = str(caught.value).splitlines()
    assert "'test_acuracy'" in first
    assert "metrics.test_accuracy" in first
    assert "Quote a string: 'complete'." in second


def test_every_condition_must_hold(run: RunKeys) -> None:
    assert select([run], parse_conditions(["seed == 3", "loss < 1"])) == [run]
    assert select([run], parse_conditions(["seed == 3", "loss > 1"])) == []
    assert select([], parse_conditions(["anything == 3"])) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "test_accuracy > '0.9'",
            "Expected a number to compare with test_accuracy. Received: '0.9'",
        ),
        ("3 < name", "Expected a string to compare with name. Received: 3"),
        ("status == 'completed'", "Expected a status: running, complete, failed, interrupted."),
        ("seed == 3 and status in ['fail']", "Received: 'fail' in --where"),
    ],
)
def test_comparisons_that_no_run_can_satisfy_are_errors(
    run: RunKeys, text: str, message: str
) -> None:
    with pytest.raises(RequestError) as caught:
        select([run], [Condition.parse(text)])
    assert message in str(caught.value)


def test_column_titles_are_keys(run: RunKeys) -> None:
    assert select([run], [Condition.parse("run == 'moons-1' and epochs == 0")]) == [run]


def test_without_runs_nothing_is_selected() -> None:
    assert select([], parse_conditions(["seed > 0 and loss < 'a'"])) == []
