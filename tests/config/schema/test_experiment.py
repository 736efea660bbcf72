"""The whole config: shipped ones read back as what they resolve to, sections in all their forms."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from nnlab.config import Experiment, load_config, read_config
from nnlab.config.loader import validate_concrete
from nnlab.config.schema.tensorboard import TensorBoardConfig
from nnlab.config.yaml.builtin_configs import list_builtin_configs
from nnlab.config.yaml.dump import dump_config
from nnlab.config.yaml.parser import read_yaml
from tests.config.conftest import Make

BAD = Path(__file__).parents[1] / "bad"
CONFIGS = [
    *(shipped.path for shipped in list_builtin_configs()),
    BAD / "stack.yaml",
    BAD / "graph.yaml",
]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in CONFIGS])
def test_a_resolved_config_reads_back_as_itself(path: Path) -> None:
    experiment = read_config(path).experiment
    tree = experiment.to_tree()
    assert Experiment.model_validate(tree) == experiment
    assert Experiment.model_validate(tree).to_tree() == tree
    for text in (yaml.safe_dump(tree, sort_keys=False), dump_config(experiment)):
        assert validate_concrete(read_yaml(text, "config.yaml"))[0] == experiment


def test_every_form_of_value_survives_the_round_trip(graph: Make, tmp_path: Path) -> None:
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
def test_a_time_may_have_its_unit(graph: Make, written: str, seconds: float) -> None:
    tune = graph(f"tune.max_time={written}").tune
    assert tune is not None
    assert tune.max_time == seconds


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", TensorBoardConfig()),
        ("true", TensorBoardConfig()),
        ("{}", TensorBoardConfig()),
        ("false", False),
        ("{histogram_freq: 2}", TensorBoardConfig(histogram_freq=2)),
    ],
)
def test_tensorboard_is_on_unless_it_is_false(stack: Make, value: str, read: object) -> None:
    assert stack(f"tensorboard={value}").tensorboard == read


def test_what_is_not_said_has_a_value(stack: Make) -> None:
    experiment = stack()
    assert (experiment.seed, experiment.tune, experiment.tensorboard) == (
        0,
        None,
        TensorBoardConfig(),
    )


def test_an_experiment_is_frozen(stack: Make) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        stack().seed = 5  # type: ignore[misc]


def test_faults_of_all_sections_come_with_those_between_them() -> None:
    """What the outputs lack is told although the optimizer and the data set are wrong as well."""
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
