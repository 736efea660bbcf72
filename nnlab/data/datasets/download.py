"""Downloads of data set files into Keras' folder, which both share."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.errors import DataError

GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
TORONTO = "https://www.cs.toronto.edu/~kriz"

_TIMEOUT_S = 30
_BLOCK_BYTES = 1 << 20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RemoteFile:
    """A file that Keras downloads, too.

    Args:
        name: The file name in the URL.
        origin: The URL of its folder.
        sha256: The expected SHA-256; None if Keras does not define one.
        saved_as: The paths below Keras' data set folder that are read; the first is written.
            Defaults to the name.
    """

    name: str
    origin: str = GOOGLE
    sha256: str | None = None
    saved_as: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The URL of the file; `$NNLAB_DATASETS_URL` replaces the origin by a mirror."""
        return f"{os.environ.get('NNLAB_DATASETS_URL') or self.origin}/{self.name}"

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths below Keras' data set folder."""
        return self.saved_as or (self.name,)


def keras_dataset_folders() -> tuple[Path, Path]:
    """Return Keras' data set folder in its home, and the temporary one if that is not writable.

    Keras' home is `$KERAS_HOME`, or `~/.keras` by default.
    """
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    return home / "datasets", Path(tempfile.gettempdir(), ".keras", "datasets")


def fetch(file: RemoteFile, dataset: type[Dataset]) -> Path:
    """Return the path of a data set's file; download the file if it is missing.

    An existing file is not hashed: a user may have put it there, compressed differently. Raises a
    `DataError` that names the data set if the download fails.
    """
    folders = keras_dataset_folders()
    for folder in folders:
        for path in file.paths:
            if (folder / path).is_file():
                return folder / path
    logger.info("Downloading %s", file.url)
    try:
        target = _writable_path(file.paths[0])
        _download(file, target)
    except (OSError, HTTPException, _BrokenDownloadError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(error, urllib.error.HTTPError):
            error.close()
            reason = f"{error.code} {error.reason}"
        raise DataError(
            f"{dataset.yaml_name}: Expected the file {file.name}. Received: no such file in "
            f"{folders[0]}, and {file.url} could not be downloaded ({reason}). "
            f"Download it yourself to {folders[0] / file.paths[0]}, or use "
            f"`dataset: {dataset.offline_alternative}`, which needs no network."
        ) from error
    return target


class _BrokenDownloadError(Exception):
    """The response is incomplete or has the wrong content."""


def _writable_path(name: str) -> Path:
    """Return the path of a file in the first of Keras' folders that is writable."""
    for folder in keras_dataset_folders():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(path.parent, os.W_OK):
            return path
    raise OSError(f"neither {' nor '.join(map(str, keras_dataset_folders()))} is writable")


def _download(file: RemoteFile, target: Path) -> None:
    """Download to a temporary file, check it, then rename it."""
    # The URLs above, or the user's mirror.
    request = urllib.request.Request(file.url, headers={"User-Agent": "nnlab"})  # noqa: S310
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with (
            os.fdopen(descriptor, "wb") as output,
            urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response,  # noqa: S310
        ):
            digest = hashlib.sha256()
            received = 0
            while block := response.read(_BLOCK_BYTES):
                output.write(block)
                digest.update(block)
                received += len(block)
            # urllib does not detect a connection that breaks between two reads.
            expected = response.headers.get("Content-Length")
            if expected is not None and received != int(expected):
                raise _BrokenDownloadError(
                    f"the connection broke after {received} of {expected} bytes"
                )
            if file.sha256 not in {None, digest.hexdigest()}:
                raise _BrokenDownloadError(
                    f"its SHA-256 is {digest.hexdigest()}, not {file.sha256}"
                )
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
