"""Preparation of data in the background while TensorFlow is imported."""

from __future__ import annotations

import threading

from nnlab.config import Experiment
from nnlab.data.containers.prepared import PreparedData
from nnlab.data.prepare import prepare


class DataPrefetcher:
    """Prepares an experiment's data in a thread; a call waits for the data and returns them.

    Reading and decompressing files hardly delays the import of TensorFlow, which takes two seconds.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._result: PreparedData | BaseException
        # A daemon: an interrupted process does not wait for a download.
        self._thread = threading.Thread(target=self._prepare, name="data", daemon=True)
        self._thread.start()

    def __call__(self) -> PreparedData:
        """Return the data, or raise the error of their preparation."""
        self._thread.join()
        if isinstance(self._result, BaseException):
            raise self._result
        return self._result

    def _prepare(self) -> None:
        try:
            self._result = prepare(self._experiment)
        except BaseException as error:  # noqa: BLE001 - raised by the call
            self._result = error
