"""`nnlab dashboard`: start TensorBoard on runs."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, OpenOption, RunsDirOption, print_json, runs_folder


def dashboard(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="Folders, ids or prefixes of ids of runs, or `last`.",
            show_default="all runs, including later ones",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="Port of the server, or 0 for any free port.")
    ] = 6006,
    open_browser: OpenOption = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Start TensorBoard on runs.

    The server is available on this machine only, and runs until Ctrl-C.

    Examples:

        nnlab dashboard --open

        nnlab dashboard last mnist_5k-2026

        nnlab dashboard --port 0 --json
    """
    from nnlab.dashboard import log_folders, serve
    from nnlab.runs import RunFiles, find_run, list_runs

    folder = runs_folder(runs_dir)
    requested = [find_run(run, folder) for run in runs or []]

    def find_logs() -> dict[str, Path]:
        if not requested:
            paths = [folder / record.id for record in list_runs(folder)]
            return {path.name: RunFiles(path).tensorboard for path in paths}
        return {name: logs for run in requested for name, logs in log_folders(run.path).items()}

    def announce(url: str) -> None:
        names = [name for name, logs in find_logs().items() if logs.is_dir()]
        if as_json:
            print_json({"url": url, "runs": names})
        else:
            subject = names[0] if len(names) == 1 else f"{len(names)} runs"
            typer.echo(f"TensorBoard on {subject}: {url} (press Ctrl-C to stop)", err=True)
        if open_browser:
            typer.launch(url)

    # SIGTERM stops the server as Ctrl-C does, which removes the temporary folder.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    serve(find_logs, port, announce)
