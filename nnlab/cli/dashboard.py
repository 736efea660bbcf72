"""`nnlab dashboard`: TensorBoard on the runs."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder


def dashboard(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="A run's folder, its id, a prefix of it, or `last`; "
            "without any: all runs, also those that start later.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="The port to serve on; 0: any that is free.")
    ] = 6006,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve TensorBoard on the runs, to this machine alone, until Ctrl-C.

    Examples:

        nnlab dashboard --open

        nnlab dashboard last mnist_5k-2026

        nnlab dashboard --port 0 --json
    """
    from nnlab.dashboard import logs_of, serve
    from nnlab.runs import RunFiles, find_run, list_runs

    folder = runs_folder(runs_dir)
    named = [find_run(run, folder) for run in runs or []]

    def find_logs() -> dict[str, Path]:
        if not named:
            folders = [folder / one.id for one in list_runs(folder)]
            return {path.name: RunFiles(path).tensorboard for path in folders}
        return {name: logs for run in named for name, logs in logs_of(run.path).items()}

    def tell(url: str) -> None:
        names = [name for name, logs in find_logs().items() if logs.is_dir()]
        if as_json:
            print_json({"url": url, "runs": names})
        else:
            shown = names[0] if len(names) == 1 else f"{len(names)} runs"
            typer.echo(f"TensorBoard on {shown}: {url} (Ctrl-C stops it)", err=True)
        if open_browser:
            typer.launch(url)

    # Whatever stops us politely stops us as Ctrl-C does, with nothing left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    serve(find_logs, port, tell)
