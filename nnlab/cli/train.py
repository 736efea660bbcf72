"""`nnlab train`: train a config."""

from __future__ import annotations

import sys
import time

from nnlab.cli.options import (
    ConfigArgument,
    DeviceOption,
    JsonOption,
    RunsDirOption,
    SeedOption,
    SetOption,
    overrides,
    print_json,
    resolve_config,
    runs_dir_flag,
    runs_folder,
)


def train(
    config: ConfigArgument = None,
    assignments: SetOption = None,
    device: DeviceOption = None,
    seed: SeedOption = None,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a config and write a run folder.

    Examples:

        nnlab train mnist_5k

        nnlab train my.yaml --set training.epochs=3 --set model.layers.0.Dense.units=64

        nnlab train my.yaml --device cpu --seed 7 --json
    """
    start = time.perf_counter()
    from nnlab.config.lint.check import lint_config
    from nnlab.config.loader import load_concrete_config, locate_errors
    from nnlab.data.prepare import DataPrefetcher
    from nnlab.report.progress import make_progress
    from nnlab.report.text.diagnostics import print_diagnostics

    read = load_concrete_config(resolve_config(config), overrides(assignments, device, seed))
    if warnings := lint_config(read):
        print_diagnostics((), warnings)
    folder = runs_folder(runs_dir)

    # The data is loaded in a thread, while TensorFlow is imported.
    data = DataPrefetcher(read.experiment)

    from nnlab.engine.training.train import train as train_experiment

    with locate_errors(read):
        record = train_experiment(
            read.experiment,
            runs_dir=folder,
            progress=make_progress(),
            command=["nnlab", *sys.argv[1:]],
            data=data,
            start_s=time.perf_counter() - start,
        )
    if as_json:
        print_json(record.to_dict())
        return
    from nnlab.report.runs.tables import result_tables
    from nnlab.report.text.table import print_tables

    flag = runs_dir_flag(runs_dir)
    commands = [
        (f"nnlab show {record.id}{flag}", "print the run"),
        (f"nnlab report {record.id}{flag}", "write it as one HTML file"),
        (f"nnlab dashboard {record.id}{flag}", "curves, histograms and graph in TensorBoard"),
        (f"nnlab reproduce {record.id}{flag}", "repeat it and compare it bit by bit"),
    ]
    print_tables(result_tables(record, folder / record.id, commands))
