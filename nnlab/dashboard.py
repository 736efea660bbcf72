"""TensorBoard on the runs, without TensorFlow: it answers in half a second in place of two.

TensorBoard takes its own small stand-in for TensorFlow where a module named
`tensorboard.compat.notf` can be imported; putting an empty one in place first is all it takes.
It still serves scalars, histograms, graphs, hyperparameters and text.
"""

from __future__ import annotations

import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from nnlab.errors import RequestError
from nnlab.runs import RunFiles

HOST = "127.0.0.1"
"""The only address that is served: logs are nobody else's business."""

_LAST_PORT = 65535

_REFRESH_S = 5.0
"""How often new runs are looked for; TensorBoard itself reads the logs anew every 5 s."""


def serve(
    find_logs: Callable[[], Mapping[str, Path]],
    port: int = 6006,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serves TensorBoard on this machine alone, until Ctrl-C.

    Args:
        find_logs: Gives the name of each run and the folder of its logs. It is asked again every
            few seconds, so that runs that start later appear, and deleted ones go. Folders that do
            not exist (yet) are passed over.
        port: The port; 0 takes any that is free.
        on_ready: Called once with the address, as soon as that answers.

    Raises:
        RequestError: There are no logs to show, or the port cannot be had.

    Example:
        ```python
        serve(lambda: {"mnist": Path("runs/mnist-1/tensorboard")}, on_ready=print)
        ```
    """
    logs = find_logs()
    if not any(path.is_dir() for path in logs.values()):
        runs = "1 run" if len(logs) == 1 else f"{len(logs):,} runs"
        received = f"Received: {runs}, none with logs."
        message = f"Expected a run with TensorBoard logs. {received}"
        hint = "Train a config that has a `tensorboard:` section, then ask again."
        raise RequestError(f"{message} {hint}")
    _claim(port)
    try:
        with tempfile.TemporaryDirectory(prefix="nnlab-dashboard-") as folder:
            # A folder of links, as TensorBoard names a run after its path under one folder. Its own
            # way to name runs, --logdir_spec, breaks on commas and misses those that start later.
            links = Path(folder)
            _link(logs, links)
            url = _launch(links, port)
            if on_ready is not None:
                on_ready(url)
            while True:
                time.sleep(_REFRESH_S)
                _link(find_logs(), links)
    except KeyboardInterrupt:
        return


def logs_of(run: Path) -> dict[str, Path]:
    """The logs of a run, and of those inside it: a search's trials, a comparison's variants.

    Args:
        run: The run's folder.

    Returns:
        Folders by the name that TensorBoard shows: the run's own, and below it those of the others,
        as they lie in it.
    """
    own = RunFiles(run).tensorboard
    inner = {
        f"{run.name}/{path.parent.relative_to(run)}": path
        for path in sorted(run.glob(f"**/{own.name}"))
        if path != own
    }
    # A link holds no other links: beside others, the run's own takes a place among them.
    return {f"{run.name}/{own.name}" if inner else run.name: own, **inner}


def _claim(port: int) -> None:
    """Asks for the port, as a trial: where it is taken, TensorBoard's server ends the program."""
    if not 0 <= port <= _LAST_PORT:
        message = f"Expected a port from 0 to {_LAST_PORT}. Received: port={port}."
        raise RequestError(f"{message} Take any free one with: --port 0")
    try:
        with socket.create_server((HOST, port)):
            pass
    except OSError as error:
        message = f"Expected a port that is free. Received: port={port} ({error.strerror})."
        hint = "Stop what uses it, or take any free one with: --port 0"
        raise RequestError(f"{message} {hint}") from error


def _link(logs: Mapping[str, Path], links: Path) -> None:
    """Makes the folder of links show exactly the logs that exist."""
    wanted = {name: path.resolve() for name, path in logs.items() if path.is_dir()}
    for link in [path for path in links.glob("**/*") if path.is_symlink()]:
        if str(link.relative_to(links)) not in wanted:
            link.unlink()
    for name, path in wanted.items():
        if not (links / name).is_symlink():
            (links / name).parent.mkdir(parents=True, exist_ok=True)
            (links / name).symlink_to(path, target_is_directory=True)


def _launch(logdir: Path, port: int) -> str:
    """Starts TensorBoard in a thread of its own and returns its address."""
    sys.modules.setdefault("tensorboard.compat.notf", ModuleType("tensorboard.compat.notf"))
    from tensorboard import program

    tensorboard = program.TensorBoard()
    tensorboard.configure(
        logdir=str(logdir),
        host=HOST,
        port=port,
        # The other loader starts a process and waits for it in steps of half a second.
        load_fast="false",
        # The op graph is written beside the scalars, into a file of its own: follow both.
        reload_multifile=True,
        window_title="nnlab",
    )
    return str(tensorboard.launch())
