"""Train a config without writing anything during the training, and print the record as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from nnlab.config import load_config
from nnlab.engine.training.train import train
from nnlab.report.progress import SilentProgress
from nnlab.runs import RunDirectory


def _log_nothing(_: RunDirectory, epoch: int, values: Mapping[str, float]) -> None:
    del epoch, values


def main() -> None:
    """Train the config given on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    path = parser.parse_args().config
    experiment = load_config(path, ["tensorboard=false"])
    with mock.patch.object(RunDirectory, "log_epoch", _log_nothing):
        record = train(experiment, runs_dir=Path("runs"), progress=SilentProgress())
    print(json.dumps(record.to_dict()))


if __name__ == "__main__":
    main()
