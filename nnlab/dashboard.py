"""TensorBoard on runs, without importing TensorFlow: it starts in half a second instead of two.

TensorBoard uses its built-in stub of TensorFlow if a module `tensorboard.compat.notf` can be
imported, so an empty module of that name is registered first. Scalars, histograms, graphs,
hyperparameters and text are still available.
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
from nnlab.text import plural

HOST = "127.0.0.1"
"""The address of the server, which other machines cannot reach."""

_MAX_PORT = 65535
_REFRESH_INTERVAL_S = 5.0


def serve(
    find_logs: Callable[[], Mapping[str, Path]],
    port: int = 6006,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve TensorBoard on this machine until Ctrl-C.

    Args:
        find_logs: Returns the log folders by run name. It is called every few seconds, so later
            runs appear and deleted ones disappear. Folders that do not exist are skipped.
        port: The port, or 0 for any free port. Defaults to 6006.
        on_ready: Called with the URL once the server is ready. Defaults to None.

    Raises:
        RequestError: If there are no logs, or the port is not available.
    """
    logs = find_logs()
    if not any(path.is_dir() for path in logs.values()):
        message = "Expected a run with TensorBoard logs."
        received = f"Received: {plural(len(logs), 'run')}, none with logs."
        hint = "Train a config with a `tensorboard:` section first."
        raise RequestError(f"{message} {received} {hint}")
    if not 0 <= port <= _MAX_PORT:
        message = f"Expected a port from 0 to {_MAX_PORT}. Received: port={port}."
        raise RequestError(f"{message} For any free port, use: --port 0")
    try:
        # If the port is in use, TensorBoard would exit the process.
        with socket.create_server((HOST, port)):
            pass
    except OSError as error:
        message = f"Expected a free port. Received: port={port} ({error.strerror})."
        hint = "Stop the program that uses it, or use any free port: --port 0"
        raise RequestError(f"{message} {hint}") from error
    try:
        with tempfile.TemporaryDirectory(prefix="nnlab-dashboard-") as folder:
            # A folder of links, because TensorBoard names runs by their path below one folder. Its
            # option --logdir_spec fails on commas and does not find runs that start later.
            links = Path(folder)
            _update_links(logs, links)
            url = _launch(links, port)
            if on_ready is not None:
                on_ready(url)
            while True:
                time.sleep(_REFRESH_INTERVAL_S)
                _update_links(find_logs(), links)
    except KeyboardInterrupt:
        return


def log_folders(run: Path) -> dict[str, Path]:
    """Return the log folders of a run and of the runs inside it, by the name to show.

    Names are the run's own, followed by the path inside the run: `digits-1/trials/3`.
    """
    own_logs = RunFiles(run).tensorboard
    child_logs = {
        f"{run.name}/{path.parent.relative_to(run)}": path
        for path in sorted(run.glob(f"**/{own_logs.name}"))
        if path != own_logs
    }
    # A link cannot contain other links, so with child runs the run's own logs become one of them.
    return {f"{run.name}/{own_logs.name}" if child_logs else run.name: own_logs, **child_logs}


def _update_links(logs: Mapping[str, Path], links: Path) -> None:
    """Create and remove links in a folder to match the existing log folders."""
    targets = {name: path.resolve() for name, path in logs.items() if path.is_dir()}
    for link in [path for path in links.glob("**/*") if path.is_symlink()]:
        if str(link.relative_to(links)) not in targets:
            link.unlink()
    for name, path in targets.items():
        if not (links / name).is_symlink():
            (links / name).parent.mkdir(parents=True, exist_ok=True)
            (links / name).symlink_to(path, target_is_directory=True)


def _launch(logdir: Path, port: int) -> str:
    """Start TensorBoard in a thread and return its URL."""
    sys.modules.setdefault("tensorboard.compat.notf", ModuleType("tensorboard.compat.notf"))
    from tensorboard import program

    tensorboard = program.TensorBoard()
    tensorboard.configure(
        logdir=str(logdir),
        host=HOST,
        port=port,
        # The fast loader starts a process and polls it every half second.
        load_fast="false",
        # The graph is in another event file than the scalars: load both.
        reload_multifile=True,
        window_title="nnlab",
    )
    return str(tensorboard.launch())
