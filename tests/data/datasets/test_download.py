from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from nnlab.config.vocabulary.datasets.downloads import Mnist
from nnlab.data.datasets.download import RemoteFile, fetch, keras_dataset_folders
from nnlab.errors import DataError

CONTENT = bytes(range(256)) * 20_000  # several blocks
FILE = RemoteFile("digits.npz", sha256=hashlib.sha256(CONTENT).hexdigest())


class Server(BaseHTTPRequestHandler):
    """Serves one file, which may be cut off."""

    requests: ClassVar[list[str]] = []
    cut: ClassVar[int | None] = None
    status: ClassVar[int] = HTTPStatus.OK

    def do_GET(self) -> None:
        self.requests.append(self.path)
        self.send_response(self.status)
        content = CONTENT if self.status == HTTPStatus.OK else b""
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.cut])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Server]]:
    """Start a server for one test, configured as the mirror."""
    handler = type("Handler", (Server,), {"requests": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("NNLAB_DATASETS_URL", f"http://127.0.0.1:{running.server_port}/mirror")
        monkeypatch.setenv("no_proxy", "*")
        yield handler
        running.shutdown()


@pytest.fixture
def keras_datasets() -> Path:
    return keras_dataset_folders()[0]


def test_file_is_downloaded_once(server: type[Server], keras_datasets: Path) -> None:
    for _ in range(2):
        path = fetch(FILE, Mnist)
        assert path == keras_datasets / "digits.npz"
        assert path.read_bytes() == CONTENT
    assert server.requests == ["/mirror/digits.npz"]


def test_existing_file_is_not_hashed(server: type[Server], keras_datasets: Path) -> None:
    keras_datasets.mkdir(parents=True)
    (keras_datasets / "digits.npz").write_bytes(b"compressed differently")
    assert fetch(FILE, Mnist).read_bytes() == b"compressed differently"
    assert server.requests == []


def test_file_is_found_by_any_of_its_names(server: type[Server], keras_datasets: Path) -> None:
    file = RemoteFile("digits.tar.gz", saved_as=("folder/new_name", "old_name"))
    keras_datasets.mkdir(parents=True)
    (keras_datasets / "old_name").write_bytes(b"old")
    assert fetch(file, Mnist).read_bytes() == b"old"
    (keras_datasets / "old_name").unlink()
    assert fetch(file, Mnist) == keras_datasets / "folder" / "new_name"
    assert server.requests == ["/mirror/digits.tar.gz"]


def test_wrong_checksum_is_rejected(server: type[Server], keras_datasets: Path) -> None:
    other = RemoteFile("digits.npz", sha256="0" * 64)
    with pytest.raises(DataError, match=f"SHA-256 is {FILE.sha256}, not 0000"):
        fetch(other, Mnist)
    assert server.requests
    assert list(keras_datasets.iterdir()) == []


def test_broken_connection_is_detected(server: type[Server], keras_datasets: Path) -> None:
    server.cut = 3_000_000
    with pytest.raises(DataError, match="3000000 of 5120000 bytes"):
        fetch(RemoteFile("digits.npz"), Mnist)
    assert list(keras_datasets.iterdir()) == []


def test_http_error_is_reported_with_hints(server: type[Server], keras_datasets: Path) -> None:
    server.status = HTTPStatus.NOT_FOUND
    with pytest.raises(DataError) as error:
        fetch(FILE, Mnist)
    message = str(error.value)
    assert message.startswith("mnist: ")
    assert re.search(r"/mirror/digits\.npz .*\(404 Not Found\)", message)
    assert f"{keras_datasets / 'digits.npz'}," in message
    assert "`dataset: mnist_5k`" in message


def test_refused_connection_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_DATASETS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DataError, match="Connection refused"):
        fetch(FILE, Mnist)


def test_temporary_folder_replaces_a_keras_home_that_is_not_writable(
    server: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a-file"
    blocked.touch()
    monkeypatch.setenv("KERAS_HOME", str(blocked))
    for _ in range(2):
        assert fetch(FILE, Mnist) == keras_dataset_folders()[1] / "digits.npz"
    assert len(server.requests) == 1


def test_no_writable_folder_is_reported(
    server: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a-file"
    blocked.touch()
    monkeypatch.setenv("KERAS_HOME", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(blocked))
    with pytest.raises(DataError, match=r"neither .* nor .* is writable"):
        fetch(FILE, Mnist)
    assert server.requests == []


def test_dataset_folder_is_in_the_home_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert keras_dataset_folders()[0] == Path("/home/someone/.keras/datasets")
