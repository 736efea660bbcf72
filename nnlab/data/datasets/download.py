"""Fetches data sets' files into the folder where Keras keeps them: each comes once for both."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.errors import DataError

GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
TORONTO = "https://www.cs.toronto.edu/~kriz"

_TIMEOUT_S = 30
_BLOCK_BYTES = 1 << 20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RemoteFile:
    """A file that Keras, too, would download.

    Args:
        name: Its name where it comes from.
        origin: The address of the folder it comes from.
        sha256: What its bytes must hash to; None where Keras names none either.
        kept_as: Its path in Keras' folder of data sets; empty: its name. Of several the first is
            written, and any is read.
    """

    name: str
    origin: str = GOOGLE
    sha256: str | None = None
    kept_as: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it comes from; `$NNLAB_DATASETS_URL` names a mirror in place of all others."""
        return f"{os.environ.get('NNLAB_DATASETS_URL') or self.origin}/{self.name}"

    @property
    def paths(self) -> tuple[str, ...]:
        """Its paths in Keras' folder of data sets."""
        return self.kept_as or (self.name,)


def keras_folders() -> tuple[Path, Path]:
    """Where Keras looks for data sets: in its home, and where that cannot be written, elsewhere.

    Returns:
        `$KERAS_HOME/datasets`, else `~/.keras/datasets`; and the one for temporary files.
    """
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    return home / "datasets", Path(tempfile.gettempdir(), ".keras", "datasets")


def fetch(file: RemoteFile, dataset: type[Dataset]) -> Path:
    """The path of a data set's file, which is downloaded if it is not there.

    What is there is not hashed again: a user may have put it there, packed in another way.

    Args:
        file: The file.
        dataset: The data set that needs it, for messages.

    Returns:
        Its path.

    Raises:
        DataError: If it is not there and cannot be had.
    """
    for folder in keras_folders():
        for path in file.paths:
            if (folder / path).is_file():
                return folder / path
    logger.info("Downloading %s", file.url)
    try:
        target = _writable(file.paths[0])
        _download(file, target)
    except (OSError, HTTPException, _BrokenDownloadError) as error:
        reason = getattr(error, "reason", None) or error
        message = (
            f"{dataset.yaml_name}: Expected the file {file.name}. Received: it is not in "
            f"{keras_folders()[0]}, and {file.url} could not be fetched ({reason}). "
            f"Put it there by hand as {keras_folders()[0] / file.paths[0]}, or take "
            f"`dataset: {dataset.instead}`, which needs no network."
        )
        raise DataError(message) from error
    return target


class _BrokenDownloadError(Exception):
    """What came is not what was expected."""


def _writable(name: str) -> Path:
    """Where to put a file: the first of Keras' folders that can be written."""
    for folder in keras_folders():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(path.parent, os.W_OK):
            return path
    message = f"neither {' nor '.join(map(str, keras_folders()))} can be written"
    raise OSError(message)


def _download(file: RemoteFile, target: Path) -> None:
    """Write a file beside its place, check it, and only then put it there."""
    descriptor, beside = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as out, _open(file.url) as response:
            digest = hashlib.sha256()
            received = 0
            for block in _blocks(response):
                out.write(block)
                digest.update(block)
                received += len(block)
            # The library does not notice a connection that breaks between two reads.
            announced = response.headers.get("Content-Length")
            if announced is not None and received != int(announced):
                message = f"the connection broke after {received} of {announced} bytes"
                raise _BrokenDownloadError(message)
            if file.sha256 not in {None, digest.hexdigest()}:
                message = f"its SHA-256 is {digest.hexdigest()}, not {file.sha256}"
                raise _BrokenDownloadError(message)
        Path(beside).replace(target)
    finally:
        Path(beside).unlink(missing_ok=True)


def _open(url: str) -> Any:
    # The addresses above, or a mirror of the user's own.
    request = urllib.request.Request(url, headers={"User-Agent": "nnlab"})  # noqa: S310
    try:
        return urllib.request.urlopen(request, timeout=_TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as refusal:
        with refusal:  # it holds the connection open
            message = f"{refusal.code} {refusal.reason}"
            raise _BrokenDownloadError(message) from None


def _blocks(response: IO[Any]) -> Iterator[bytes]:
    while block := response.read(_BLOCK_BYTES):
        yield block
