"""The dashboard: a server on logs of TensorFlow, read over HTTP and by a browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from nnlab import dashboard
from nnlab.errors import RequestError

RUN = "moons-20260102T030405Z-1a2b3c"

WRITE_LOGS = """
import sys
import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp

root = sys.argv[1]
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
callback = keras.callbacks.TensorBoard(root, histogram_freq=1)
model.fit(x, y, epochs=2, verbose=0, callbacks=[callback])
with tf.summary.create_file_writer(f"{root}/train").as_default():
    tf.summary.graph(tf.function(lambda a: a * a).get_concrete_function(tf.constant(1.0)).graph)
with tf.summary.create_file_writer(root).as_default():
    hp.hparams({"units": 1})
    tf.summary.text("config", "name: moons", step=0)
"""

SERVE = """
import sys
from pathlib import Path
from nnlab.dashboard import serve

def print_url(url):
    print(url, flush=True)
    print("tensorflow" in sys.modules, flush=True)

runs = Path(sys.argv[1])
serve(lambda: {run.name: run / "tensorboard" for run in runs.iterdir()}, port=0, on_ready=print_url)
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the logs of a run in a TensorFlow process."""
    folder = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-c", WRITE_LOGS, str(folder / RUN / "tensorboard")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def server(runs: Path) -> Iterator[tuple[str, bool]]:
    """Start a dashboard, and return its URL and whether its process has imported TensorFlow."""
    command = [sys.executable, "-c", SERVE, str(runs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.stdout.readline() == "True\n"
        process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def url(server: tuple[str, bool]) -> str:
    """Return the dashboard's URL once it has read the logs, which it does in the background."""
    address, _ = server
    deadline = time.monotonic() + 60
    while f"{RUN}/train" not in get(address, "runs") or "hparams" not in enabled_plugins(address):
        assert time.monotonic() < deadline, "the dashboard has not read the logs"
        time.sleep(0.1)
    return address


def get(url: str, path: str, body: dict[str, str] | None = None) -> Any:
    """Return the dashboard's response, as text or parsed JSON."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        method, data = ("GET", None) if body is None else ("POST", json.dumps(body))
        connection.request(method, f"/data/{path}", data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode()
    return json.loads(text) if response.headers["Content-Type"] == "application/json" else text


def enabled_plugins(url: str) -> set[str]:
    """Return the names of the plugins that have data."""
    return {name for name, tab in get(url, "plugins_listing").items() if tab["enabled"]}


@pytest.mark.slow
def test_tensorflow_is_not_imported(server: tuple[str, bool]) -> None:
    _, tensorflow_loaded = server
    assert not tensorflow_loaded


@pytest.mark.slow
def test_scalars_are_served(url: str) -> None:
    assert "epoch_loss" in get(url, "plugin/scalars/tags")[f"{RUN}/train"]
    points = get(url, f"plugin/scalars/scalars?tag=epoch_loss&run={RUN}/train")
    assert [step for _, step, _ in points] == [0, 1]


@pytest.mark.slow
def test_histograms_are_served(url: str) -> None:
    (kernel,) = (
        tag for tag in get(url, "plugin/histograms/tags")[f"{RUN}/train"] if "kernel" in tag
    )
    assert len(get(url, f"plugin/histograms/histograms?tag={kernel}&run={RUN}/train")) == 2


@pytest.mark.slow
def test_the_keras_graph_and_the_op_graph_are_served(url: str) -> None:
    info = get(url, "plugin/graphs/info")[f"{RUN}/train"]
    assert info["run_graph"]
    assert info["tags"]["keras"]["conceptual_graph"]
    assert 'op: "Mul"' in get(url, f"plugin/graphs/graph?run={RUN}/train&conceptual=false")


@pytest.mark.slow
def test_hyperparameters_are_served(url: str) -> None:
    experiment = get(url, "plugin/hparams/experiment", {"experimentName": ""})
    assert [info["name"] for info in experiment["hparamInfos"]] == ["units"]


@pytest.mark.slow
def test_text_is_served(url: str) -> None:
    assert get(url, "plugin/text/tags")[RUN] == ["config"]
    assert "name: moons" in get(url, f"plugin/text/text?run={RUN}&tag=config")[0]["text"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="requires the whole block 127.0.0.0/8")
def test_other_addresses_are_not_served(url: str) -> None:
    port = urlsplit(url).port
    assert port is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed")
def test_browser_shows_the_run_and_its_loss(url: str, tmp_path: Path) -> None:
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    command += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    command += ["--disable-sync", f"--user-data-dir={tmp_path}"]
    command += ["--virtual-time-budget=20000", "--dump-dom", f"{url}#timeseries"]
    page = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    assert f"{RUN}/train" in page
    assert "epoch_loss" in page


def test_links_are_updated_with_the_runs(tmp_path: Path) -> None:
    links, first, second = tmp_path / "links", tmp_path / "a, b:c", tmp_path / "second"
    for folder in (links, first, second):
        folder.mkdir()
    dashboard._update_links({"first": first, "not yet": tmp_path / "absent"}, links)
    assert {link.name: link.resolve() for link in links.iterdir()} == {"first": first}
    dashboard._update_links({"second": second}, links)
    assert {link.name: link.resolve() for link in links.iterdir()} == {"second": second}
    assert first.is_dir()


@pytest.mark.slow
def test_interrupt_removes_the_temporary_folder(runs: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVE, str(runs)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors, list(tmp_path.iterdir())) == (0, "", [])


def test_missing_logs_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"1 run, none with logs\..*`tensorboard:`"):
        dashboard.serve(lambda: {"run": tmp_path / "absent"})


def test_port_in_use_is_an_error(tmp_path: Path) -> None:
    with socket.create_server((dashboard.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RequestError, match=rf"Received: port={port} .*--port 0"):
            dashboard.serve(lambda: {"run": tmp_path}, port=port)


def test_invalid_port_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"0 to 65535\. Received: port=70000\."):
        dashboard.serve(lambda: {"run": tmp_path}, port=70_000)


def test_logs_inside_a_run_are_shown_below_it(tmp_path: Path) -> None:
    run = tmp_path / "search"
    for inner in ("tensorboard", "trials/1/tensorboard", "trials/2/1/tensorboard/train"):
        (run / inner).mkdir(parents=True)
    logs = dashboard.log_folders(run)
    assert logs == {
        "search/tensorboard": run / "tensorboard",
        "search/trials/1": run / "trials/1/tensorboard",
        "search/trials/2/1": run / "trials/2/1/tensorboard",
    }
    links = tmp_path / "links"
    links.mkdir()
    dashboard._update_links(logs, links)
    assert (links / "search/trials/2/1/train").is_dir()
    dashboard._update_links({"search/trials/1": logs["search/trials/1"]}, links)
    assert {path.name for path in links.glob("**/*") if path.is_symlink()} == {"1"}
    (tmp_path / "run" / "tensorboard").mkdir(parents=True)
    assert list(dashboard.log_folders(tmp_path / "run")) == ["run"]
