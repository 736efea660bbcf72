"""`nnlab train`: from a config to a run."""

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
    """Train the network that CONFIG describes; leaves a run's folder.

    Examples:

        nnlab train mnist_5k

        nnlab train my.yaml --set training.epochs=3 --set model.layers.0.Dense.units=64

        nnlab train my.yaml --device cpu --seed 7 --json
    """
    begun = time.perf_counter()
    from nnlab.config.lint.check import lint_config
    from nnlab.config.loader import load_concrete_config, locate_errors
    from nnlab.data.prefetch import DataPrefetcher
    from nnlab.report.progress import make_progress
    from nnlab.report.text.diagnostics import print_diagnostics

    read = load_concrete_config(resolve_config(config), overrides(assignments, device, seed))
    if advice := lint_config(read):
        print_diagnostics((), advice)
    folder = runs_folder(runs_dir)

    data = DataPrefetcher(read.experiment)

    from nnlab.engine.training.train import train as train_experiment

    with locate_errors(read):
        record = train_experiment(
            read.experiment,
            runs_dir=folder,
            progress=make_progress(),
            command=["nnlab", *sys.argv[1:]],
            data=data,
            start_s=time.perf_counter() - begun,
        )
    if as_json:
        print_json(record.to_dict())
        return
    from nnlab.report.runs.tables import closing_table
    from nnlab.report.text.table import print_tables

    option = runs_dir_flag(runs_dir)
    commands = [
        (f"nnlab show {record.id}{option}", "the run in full"),
        (f"nnlab report {record.id}{option}", "all of it in one HTML file"),
        (f"nnlab dashboard {record.id}{option}", "its curves, histograms and graph"),
        (f"nnlab reproduce {record.id}{option}", "repeat it, and hold the figures against these"),
    ]
    print_tables(closing_table(record, folder / record.id, commands))
