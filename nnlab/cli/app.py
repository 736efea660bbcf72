"""The `nnlab` command: its subcommands, and the conversion of errors to exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from nnlab import __version__
from nnlab.cli.compare_devices import compare_devices
from nnlab.cli.compare_runs import compare_runs
from nnlab.cli.compare_variants import compare_variants
from nnlab.cli.dashboard import dashboard
from nnlab.cli.datasets import datasets
from nnlab.cli.devices import devices
from nnlab.cli.init import init
from nnlab.cli.output import (
    OutputError,
    discard_output,
    prepare_streams,
    report_error,
    translate_usage_error,
)
from nnlab.cli.report import report
from nnlab.cli.reproduce import reproduce
from nnlab.cli.runs import runs
from nnlab.cli.schema import schema
from nnlab.cli.show import show
from nnlab.cli.summary import summary
from nnlab.cli.train import train
from nnlab.cli.tune import tune
from nnlab.cli.validate import validate
from nnlab.errors import NnlabError

FAILED, INTERRUPTED = 1, 130

app = typer.Typer(
    name="nnlab",
    help="Keras experiments from YAML: one file, one command, one run folder.",
    epilog="To start, run `nnlab init mnist_5k`, then `nnlab train mnist_5k.yaml`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    init,
    train,
    tune,
    validate,
    summary,
    show,
    report,
    reproduce,
    dashboard,
    datasets,
    devices,
    schema,
):
    app.command()(command)
compare = typer.Typer(
    name="compare",
    help="Compare devices, runs, or variants of a config.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
compare.command("cpu-vs-gpu")(compare_devices)
compare.command("runs")(compare_runs)
compare.command("variants")(compare_variants)
app.add_typer(runs)
app.add_typer(compare)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(f"nnlab {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug", help="Show the traceback of errors. Can also follow the command's name."
        ),
    ] = False,
) -> None:
    """Keras experiments from YAML: one file, one command, one run folder."""


def main() -> None:
    """Run the command line and exit with 0 done, 1 failed, 2 wrong request, 130 interrupted."""
    # pydantic would scan all installed packages for plugins at import.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prepare_streams()
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    command_line = [argument for argument in arguments if argument != "--debug"]
    try:
        code = app(args=command_line, prog_name="nnlab", standalone_mode=False) or 0
        # Buffered output that cannot be written would otherwise fail at exit, with a traceback.
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader is gone: `nnlab runs | head`.
        discard_output()
        sys.exit(FAILED)
    except OutputError as error:
        discard_output()
        typer.echo(str(error), err=True)
        sys.exit(FAILED)
    except typer.Abort as error:
        # Typer's prompt raises Abort for Ctrl-C and for the end of the input.
        if isinstance(error.__context__, KeyboardInterrupt):
            typer.echo("\nInterrupted.", err=True)
            sys.exit(INTERRUPTED)
        typer.echo("Aborted.", err=True)
        sys.exit(FAILED)
    except Exception as error:
        translated = translate_usage_error(error)
        if translated is None:
            # The command line has no command, and the help has been printed.
            sys.exit(2)
        if debug:
            raise
        report_error(translated, as_json="--json" in arguments)
        sys.exit(translated.exit_code if isinstance(translated, NnlabError) else FAILED)
    if code == INTERRUPTED:  # Typer prints nothing after Ctrl-C.
        typer.echo("Interrupted.", err=True)
    sys.exit(code)
