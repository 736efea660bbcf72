"""TensorBoard logs of a search."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.hparams import metadata

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.engine.search.tensorboard_log import write_space, write_trial
from nnlab.runs import RunFiles
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value


def summaries_in(folder: Path) -> list[tuple[int, Any]]:
    """Return the summaries of the only log in a folder, each with its step."""
    (file,) = folder.glob("events.out.tfevents.*")
    data, summaries = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        event = Event.FromString(data[12 : 12 + length])
        summaries += [(event.step, value) for value in event.summary.value]
        data = data[16 + length :]
    return summaries


def test_hparams_page_has_the_hyperparameters_and_the_objective(tmp_path: Path) -> None:
    space = [
        Hyperparameter("units", "int", 8, min_value=8, max_value=64),
        Hyperparameter("rate", "float", 0.1, min_value=0.1, max_value=0.5),
        Hyperparameter("optimizer", "choice", "adam", values=("adam", "sgd")),
        Hyperparameter("mixed", "choice", 1, values=(1, "many")),
    ]
    write_space(tmp_path, space, "val_accuracy")
    ((_, value),) = summaries_in(tmp_path)
    experiment = metadata.parse_experiment_plugin_data(value.metadata.plugin_data.content)
    assert [info.name for info in experiment.hparam_infos] == [
        "units",
        "rate",
        "optimizer",
        "mixed",
    ]
    assert experiment.hparam_infos[1].domain_interval.max_value == 0.5
    options = experiment.hparam_infos[3].domain_discrete.values
    assert [str(option.string_value) for option in options] == ["1", "many"]
    assert experiment.metric_infos[0].name.tag == "val_accuracy"


def test_trial_log_has_values_curves_and_status(tmp_path: Path) -> None:
    run = RunFiles(tmp_path)
    run.metrics_csv.write_text("epoch,loss,val_loss\n4,0.5,0.5\n5,0.25,0.75\n")
    values: dict[str, Value] = {"units": 16, "optimizer": "sgd"}
    trial = FrozenTrial(7, values, TrialStatus.COMPLETE, score=0.5, seconds=4.5)
    write_trial(run, trial, "search/trials/7", "val_loss", 0.5)
    (_, start), *curves, (_, end) = summaries_in(run.tensorboard)
    session = metadata.parse_session_start_info_plugin_data(start.metadata.plugin_data.content)
    assert session.hparams["units"].number_value == 16
    assert session.hparams["optimizer"].string_value == "sgd"
    session_end = metadata.parse_session_end_info_plugin_data(end.metadata.plugin_data.content)
    assert session_end.status == 1
    assert session_end.end_time_secs - session.start_time_secs == pytest.approx(4.5)
    assert [(step, value.tag, value.simple_value) for step, value in curves] == [
        (3, "epoch_loss", 0.5),
        (3, "epoch_val_loss", 0.5),
        (4, "epoch_loss", 0.25),
        (4, "epoch_val_loss", 0.75),
        (4, "val_loss", 0.5),
    ]
