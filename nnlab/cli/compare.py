"""`nnlab compare`: the group of the comparing commands."""

from __future__ import annotations

import typer

from nnlab.cli.compare_devices import compare_devices
from nnlab.cli.compare_runs import compare_runs
from nnlab.cli.compare_variants import compare_variants

compare = typer.Typer(
    name="compare",
    help="Compare devices, runs, or variants of a config.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
compare.command("cpu-vs-gpu")(compare_devices)
compare.command("runs")(compare_runs)
compare.command("variants")(compare_variants)
