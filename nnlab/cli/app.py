"""The `nnlab` command: its subcommands, and the only place where errors become exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from nnlab import __version__
from nnlab.cli.compare import compare
from nnlab.cli.dashboard import dashboard
from nnlab.cli.datasets import datasets
from nnlab.cli.devices import devices
from nnlab.cli.init import init
from nnlab.cli.report import report
from nnlab.cli.reproduce import reproduce
from nnlab.cli.runs import runs
from nnlab.cli.schema import schema
from nnlab.cli.show import show
from nnlab.cli.streams import OutputError, discard_output, prepare_streams
from nnlab.cli.summary import summary
from nnlab.cli.train import train
from nnlab.cli.tune import tune
from nnlab.cli.validate import validate
from nnlab.errors import NnlabError

FAILED, INTERRUPTED = 1, 130

app = typer.Typer(
    name="nnlab",
    help="Keras experiments from YAML: one file, one command, a run that explains itself.",
    epilog="Start with `nnlab init mnist_5k`, then `nnlab train mnist_5k.yaml`.",
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
app.add_typer(runs)
app.add_typer(compare)


def _print_version(wanted: bool) -> None:
    if wanted:
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
        bool, typer.Option("--debug", help="Show the traceback of an error; may stand anywhere.")
    ] = False,
) -> None:
    """Keras experiments from YAML: one file, one command, a run that explains itself."""


def main() -> None:
    """Run the command line; exit 0 done, 1 failed, 2 wrong request, 130 interrupted."""
    # To find plugins that nobody needs here, pydantic would ask every installed package for one.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prepare_streams()
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    given = [argument for argument in arguments if argument != "--debug"]
    try:
        code = app(args=given, prog_name="nnlab", standalone_mode=False) or 0
        # What nobody has written yet would fail when Python ends.
        sys.stdout.flush()
    except BrokenPipeError:
        # Our reader has gone: `nnlab runs | head`.
        discard_output()
        sys.exit(FAILED)
    except OutputError as error:
        discard_output()
        typer.echo(str(error), err=True)
        sys.exit(FAILED)
    except typer.Abort as error:
        # Typer's question takes Ctrl-C and the end of the input for the same.
        if isinstance(error.__context__, KeyboardInterrupt):
            typer.echo("\nInterrupted.", err=True)
            sys.exit(INTERRUPTED)
        typer.echo("Aborted.", err=True)
        sys.exit(FAILED)
    except Exception as error:
        from nnlab.cli.errors import report_error, translate_usage_error

        told = translate_usage_error(error)
        if told is None:
            # No command was named: its help has been shown.
            sys.exit(2)
        if debug:
            raise
        report_error(told, as_json="--json" in arguments)
        sys.exit(told.exit_code if isinstance(told, NnlabError) else FAILED)
    if code == INTERRUPTED:  # Typer's own word for Ctrl-C is silence
        typer.echo("Interrupted.", err=True)
    sys.exit(code)
