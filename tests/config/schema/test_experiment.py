"""The whole config: built-in configs, forms of sections, errors of several sections."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from nnlab.config import Experiment, load_config, read_config
from nnlab.config.loader import validate_concrete
from nnlab.config.schema.experiment import to_valid_name
from nnlab.config.schema.training import TensorBoardConfig
from nnlab.config.yaml.builtin_configs import list_builtin_configs
from nnlab.config.yaml.document import dump_config
from nnlab.config.yaml.parser import read_yaml
from tests.config.conftest import MakeExperiment

BAD = Path(__file__).parents[1] / "bad"
CONFIGS = [
    *(builtin.path for builtin in list_builtin_configs()),
    BAD / "stack.yaml",
    BAD / "graph.yaml",
]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in CONFIGS])
def test_resolved_config_survives_a_round_trip(path: Path) -> None:
    experiment = read_config(path).experiment
    tree = experiment.to_tree()
    assert Experiment.model_validate(tree) == experiment
    assert Experiment.model_validate(tree).to_tree() == tree
    for text in (yaml.safe_dump(tree, sort_keys=False), dump_config(experiment)):
        assert validate_concrete(read_yaml(text, "config.yaml"))[0] == experiment


def test_every_form_of_value_survives_a_round_trip(graph: MakeExperiment, tmp_path: Path) -> None:
    experiment = graph(
        "seed=4294967295",
        "tensorboard=false",
        "tune={max_time: 90.5, direction: max, objective: val_cultivar_accuracy}",
        "data.stratify=false",
        "training.optimizer={SGD: {learning_rate: {CosineDecay: [1, 2]}}}".replace(
            "[1, 2]", "{initial_learning_rate: 1e-3, decay_steps: 50}"
        ),
        "training.loss.alcohol={Huber: {delta: 0.5}}",
        "training.loss_weights=[1, 0.2]",
        "training.metrics.alcohol=[mae, {R2Score: {name: r2}}]",
        "training.batch_size=full",
        "training.early_stopping={monitor: val_loss, baseline: -1.5, patience: 3}",
        "model.layers.hidden.Dense.kernel_regularizer={L1L2: {l1: 1e-5, l2: 1e-4}}",
        "model.layers.hidden.Dense.kernel_initializer={RandomNormal: {stddev: 0.1, seed: 3}}",
        "model.layers.hidden.Dense.activation=",
    )
    (tmp_path / "config.yaml").write_text(dump_config(experiment))
    assert load_config(tmp_path / "config.yaml") == experiment


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90", 90.0),
        ("90s", 90.0),
        ("1.5m", 90.0),
        ("'15 m'", 900.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        ("1h30", 5400.0),
        ("1h30s", 3630.0),
        ("15m30", 930.0),
    ],
)
def test_time_may_have_units(graph: MakeExperiment, written: str, seconds: float) -> None:
    tune = graph(f"tune.max_time={written}").tune
    assert tune is not None
    assert tune.max_time == seconds


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", TensorBoardConfig()),
        ("true", TensorBoardConfig()),
        ("{}", TensorBoardConfig()),
        ("false", False),
        ("{histogram_freq: 2}", TensorBoardConfig(histogram_freq=2)),
    ],
)
def test_tensorboard_is_on_unless_false(
    stack: MakeExperiment, value: str, expected: object
) -> None:
    assert stack(f"tensorboard={value}").tensorboard == expected


def test_optional_keys_have_defaults(stack: MakeExperiment) -> None:
    experiment = stack()
    assert (experiment.seed, experiment.tune, experiment.tensorboard) == (
        0,
        None,
        TensorBoardConfig(),
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [("réseau (1)", "reseau-1"), ("日本", "default"), ("a" * 100, "a" * 80)],
)
def test_valid_name_is_derived_from_any_text(text: str, name: str) -> None:
    assert to_valid_name(text, "default") == name


def test_experiment_is_frozen(stack: MakeExperiment) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        stack().seed = 5  # type: ignore[misc]


def test_cross_checks_run_despite_errors_in_sections() -> None:
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(
            {
                "data": {"dataset": "irs"},
                "model": {"layers": [{"Dense": 3}]},
                "training": {
                    "optimizer": "adamm",
                    "loss": "mse",
                    "epochs": 3,
                    "early_stopping": {"monitor": "val_loss"},
                },
            }
        )
    assert [error["loc"] for error in caught.value.errors()] == [
        ("data", "dataset"),
        ("training", "optimizer"),
        ("training", "early_stopping", "monitor"),
    ]
