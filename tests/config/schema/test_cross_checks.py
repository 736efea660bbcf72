"""Checks across sections: outputs, monitors."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from nnlab.config import Experiment
from tests.config.conftest import MakeExperiment


@pytest.mark.parametrize(
    "flags",
    [
        ("training.early_stopping={monitor: val_cultivar_accuracy}",),
        ("training.checkpoint.monitor=learning_rate",),
        ("training.loss_weights={cultivar: 1}",),
        ("training.metrics={alcohol: mae}",),
        ("tune.objective=alcohol_mae",),
        ("data={file: a.npz, validation_split: 0.2}",),
    ],
)
def test_sections_agree(graph: MakeExperiment, flags: tuple[str, ...]) -> None:
    assert graph(*flags).model.output_names == ("cultivar", "alcohol")


def test_graph_with_one_output_needs_no_output_names(graph: MakeExperiment) -> None:
    layers = "{kind: {Dense: 3, from: x}}"
    model = f"{{inputs: {{x: {{shape: [4]}}}}, layers: {layers}, outputs: [kind]}}"
    flags = [f"model={model}", "training={optimizer: adam, loss: mse, metrics: [mae], epochs: 1}"]
    assert graph(*flags, "data={dataset: iris}").model.output_units == {"kind": 3}


def paths_and_hints(config: dict[str, object]) -> list[tuple[str, str]]:
    """Return the path and hint of each error."""
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(config)
    return [
        (".".join(map(str, error["loc"])), error["ctx"]["hint"])
        for error in caught.value.errors(include_url=False)
    ]


def one_unit(**training: object) -> dict[str, object]:
    """Return a config whose model has one output unit."""
    settings = {"optimizer": "adam", "loss": "binary_crossentropy", "epochs": 1} | training
    layers = [{"Dense": {"units": 1, "activation": "sigmoid"}}]
    return {"data": {"dataset": "moons"}, "model": {"layers": layers}, "training": settings}


def test_metric_with_one_value_per_class_is_rejected() -> None:
    ((path, hint),) = paths_and_hints(one_unit(metrics=["accuracy", "F1Score"]))
    assert path == "training.metrics.1"
    assert "average: macro" in hint


def test_schedule_and_plateau_are_exclusive() -> None:
    decay = {"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10}}
    config = one_unit(
        optimizer={"SGD": {"learning_rate": decay}}, reduce_lr_on_plateau={"monitor": "loss"}
    )
    ((path, hint),) = paths_and_hints(config)
    assert path == "training.reduce_lr_on_plateau"
    assert "constant learning_rate" in hint
