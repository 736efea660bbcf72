"""Data that are prepared while TensorFlow is still being loaded."""

from __future__ import annotations

import threading

from nnlab.config import Experiment
from nnlab.data.containers.prepared import PreparedData
from nnlab.data.prepare import prepare


class DataPrefetcher:
    """Prepares an experiment's data in the background.

    Reading and unpacking files leaves Python free for the two seconds in which TensorFlow is
    imported.

    Args:
        experiment: The experiment.

    Example:
        >>> experiment = Experiment.model_validate({
        ...     "data": {"dataset": "xor"},
        ...     "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
        ...     "training": {"optimizer": "sgd", "loss": "bce", "epochs": 1},
        ... })
        >>> len(DataPrefetcher(experiment)().train)
        4
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._outcome: PreparedData | BaseException
        # A daemon: whoever gives up does not wait for a download.
        self._thread = threading.Thread(target=self._prepare, name="data", daemon=True)
        self._thread.start()

    def __call__(self) -> PreparedData:
        """The data, waited for.

        Raises:
            ConfigError: The config asks for what the data do not have.
            DataError: The data cannot be read, or do not fit.
        """
        self._thread.join()
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome

    def _prepare(self) -> None:
        try:
            self._outcome = prepare(self._experiment)
        except BaseException as error:  # noqa: BLE001 - raised where the data are asked for
            self._outcome = error
