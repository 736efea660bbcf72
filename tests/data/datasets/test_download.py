from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from nnlab.config.vocabulary.datasets.downloads import Mnist
from nnlab.data.datasets.download import RemoteFile, fetch, keras_folders
from nnlab.errors import DataError

CONTENT = bytes(range(256)) * 20_000  # several blocks
FILE = RemoteFile("digits.npz", sha256=hashlib.sha256(CONTENT).hexdigest())


class Server(BaseHTTPRequestHandler):
    """Serves one file, whole or not."""

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
    """A server of this test's own, named as the mirror."""
    handler = type("Handler", (Server,), {"requests": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("NNLAB_DATASETS_URL", f"http://127.0.0.1:{running.server_port}/mirror")
        monkeypatch.setenv("no_proxy", "*")
        yield handler
        running.shutdown()


@pytest.fixture
def keras_datasets() -> Path:
    return keras_folders()[0]


def test_a_file_is_downloaded_once(server: type[Server], keras_datasets: Path) -> None:
    for _ in range(2):
        path = fetch(FILE, Mnist)
        assert path == keras_datasets / "digits.npz"
        assert path.read_bytes() == CONTENT
    assert server.requests == ["/mirror/digits.npz"]


def test_a_file_put_there_by_hand_is_taken_as_it_is(
    server: type[Server], keras_datasets: Path
) -> None:
    keras_datasets.mkdir(parents=True)
    (keras_datasets / "digits.npz").write_bytes(b"packed in another way")
    assert fetch(FILE, Mnist).read_bytes() == b"packed in another way"
    assert server.requests == []


def test_any_name_that_keras_gave_the_file_is_found(
    server: type[Server], keras_datasets: Path
) -> None:
    file = RemoteFile("digits.tar.gz", kept_as=("folder/new_name", "old_name"))
    keras_datasets.mkdir(parents=True)
    (keras_datasets / "old_name").write_bytes(b"old")
    assert fetch(file, Mnist).read_bytes() == b"old"
    (keras_datasets / "old_name").unlink()
    assert fetch(file, Mnist) == keras_datasets / "folder" / "new_name"
    assert server.requests == ["/mirror/digits.tar.gz"]


def test_a_wrong_checksum_is_refused(server: type[Server], keras_datasets: Path) -> None:
    other = RemoteFile("digits.npz", sha256="0" * 64)
    with pytest.raises(DataError, match=f"SHA-256 is {FILE.sha256}, not 0000"):
        fetch(other, Mnist)
    assert server.requests
    assert list(keras_datasets.iterdir()) == []


def test_a_cut_connection_is_noticed(server: type[Server], keras_datasets: Path) -> None:
    server.cut = 3_000_000
    with pytest.raises(DataError, match="broke after 3000000 of 5120000 bytes"):
        fetch(RemoteFile("digits.npz"), Mnist)
    assert list(keras_datasets.iterdir()) == []


def test_a_refusal_is_told_with_every_way_out(server: type[Server], keras_datasets: Path) -> None:
    server.status = HTTPStatus.NOT_FOUND
    with pytest.raises(DataError) as told:
        fetch(FILE, Mnist)
    message = str(told.value)
    assert message.startswith("mnist: Expected the file digits.npz. Received: it is not in ")
    assert "/mirror/digits.npz could not be fetched (404 Not Found)" in message
    assert f"Put it there by hand as {keras_datasets / 'digits.npz'}" in message
    assert "take `dataset: mnist_5k`, which needs no network." in message


def test_no_network_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_DATASETS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DataError, match="Connection refused"):
        fetch(FILE, Mnist)


def test_where_keras_home_cannot_be_written_the_file_goes_where_keras_puts_it_then(
    server: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a-file"
    blocked.touch()
    monkeypatch.setenv("KERAS_HOME", str(blocked))
    for _ in range(2):
        assert fetch(FILE, Mnist) == keras_folders()[1] / "digits.npz"
    assert len(server.requests) == 1


def test_nowhere_to_write_is_told(
    server: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a-file"
    blocked.touch()
    monkeypatch.setenv("KERAS_HOME", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(blocked))
    with pytest.raises(DataError, match="can be written"):
        fetch(FILE, Mnist)
    assert server.requests == []


def test_folders_are_keras_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert keras_folders()[0] == Path("/home/someone/.keras/datasets")
