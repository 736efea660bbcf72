"""The folder of a running run, which is written during the training."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import re
import shutil
import signal
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, SupportsFloat

from nnlab.errors import RunFailedError, RunInterrupted, describe_exception
from nnlab.runs.io.atomic import atomic_write, translate_os_errors
from nnlab.runs.io.layout import RunFiles
from nnlab.runs.io.metrics_csv import MetricsWriter
from nnlab.runs.records.run import Process, RunRecord, RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import FrameType, TracebackType


class RunDirectory(RunFiles):
    """The folder of a running run, as a context manager that records how the run ends.

    An exception is recorded, then raised again: status `interrupted` if the user stopped the run,
    otherwise `failed`. A block that ends without an exception and without `finish` is `complete`.

    Args:
        path: The run's folder, which exists.
        record: The record in the folder.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as runs:
        ...     with RunDirectory.create(Path(runs), "xor", "name: xor", seed=42) as run:
        ...         run.log_epoch(1, {"loss": 0.25})
        ...         run.finish(RunStatus.COMPLETE, epochs_run=1, metrics={"loss": 0.25})
        ...     print(run.record.status, run.metrics_csv.read_text())
        complete epoch,loss
        1,0.25
        <BLANKLINE>
    """

    def __init__(self, path: Path, record: RunRecord) -> None:
        super().__init__(path)
        self.record = record
        self._metrics = MetricsWriter(self.metrics_csv)

    @classmethod
    def create(
        cls,
        runs_dir: Path,
        name: str,
        config_text: str,
        *,
        folder: str | None = None,
        **fields: Any,
    ) -> Self:
        """Create `<runs_dir>/<name>-<UTC time>-<short hash>/` with the config and a first record.

        The folder is unique, also among runs that other processes start in the same second.

        Args:
            runs_dir: The runs folder; created if missing.
            name: The experiment's name; characters that are invalid in a folder's name become "-".
            config_text: The resolved config, YAML.
            folder: Another name for the folder, which may exist but must not contain a run. Used
                for the numbered trials of a search. Defaults to None: the name above.
            **fields: More fields of the record: `seed`, `device`, `engine`, `environment`,
                `directions`.

        Returns:
            The new run.

        Raises:
            RunFailedError: If writing fails; the folder is removed again.
            RequestError: If the runs folder is not writable.
        """
        now = datetime.now(UTC)
        with translate_os_errors(runs_dir, is_request=folder is None):
            if folder is None:
                path = _create_unique_folder(runs_dir, name, config_text, now)
            else:
                path = runs_dir / folder
                path.mkdir(parents=True, exist_ok=True)
                if RunFiles(path).record_json.exists():
                    raise FileExistsError(errno.EEXIST, "There is a run in this folder", str(path))
        record = RunRecord(
            id=path.name,
            name=name,
            created=_iso_time(now),
            config_hash=hashlib.sha256(config_text.encode()).hexdigest(),
            process=Process.current(),
            **fields,
        )
        run = cls(path, record)
        try:
            with translate_os_errors(run.config_yaml):
                atomic_write(run.config_yaml, config_text)
            run.update()
        except BaseException:
            if folder is None:
                shutil.rmtree(path, ignore_errors=True)
            raise
        return run

    def update(self, **changes: Any) -> None:
        """Replace fields of the record and write `record.json`, or raise RunFailedError."""
        record = dataclasses.replace(self.record, **changes)
        record.write(self.record_json)
        self.record = record

    def log_epoch(self, epoch: int, logs: Mapping[str, SupportsFloat]) -> None:
        """Append a row to `metrics.csv`, which is written about once per second.

        The first epoch is 1. The logs contain no times, so equal runs write equal files.
        """
        self._metrics.append({"epoch": epoch, **logs})

    def finish(self, status: RunStatus, error: str | None = None, **changes: Any) -> None:
        """Write the remaining rows and the final record with `changes` of other fields."""
        with _sigint_deferred():
            self._metrics.flush()
            self.update(
                status=status, error=error, finished=_iso_time(datetime.now(UTC)), **changes
            )

    def __enter__(self) -> Self:
        """Return the run."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the final status; an exception is raised again."""
        with _sigint_deferred():
            if error is not None:
                self._record_failure(error)
            elif self.record.status is RunStatus.RUNNING:
                try:
                    self.finish(RunStatus.COMPLETE)
                except RunFailedError as failure:
                    self._record_failure(failure)
                    raise

    def _record_failure(self, error: BaseException) -> None:
        """Record the exception that ended the run, unless `finish` has already recorded it."""
        if self.record.status in {RunStatus.FAILED, RunStatus.INTERRUPTED}:
            return
        is_interrupt = isinstance(error, (KeyboardInterrupt, RunInterrupted))
        status = RunStatus.INTERRUPTED if is_interrupt else RunStatus.FAILED
        # Errors of these writes must not hide the first error. If writing the rows fails, the
        # record may still be written.
        with contextlib.suppress(RunFailedError):
            self._metrics.flush()
        with contextlib.suppress(RunFailedError):
            finished = _iso_time(datetime.now(UTC))
            self.update(status=status, error=describe_exception(error), finished=finished)


def _create_unique_folder(runs_dir: Path, name: str, config_text: str, now: datetime) -> Path:
    """Create a new folder; `mkdir` is atomic, so no two processes get the same."""
    runs_dir.mkdir(parents=True, exist_ok=True)
    label = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:50] or "run"
    hashed_text = config_text
    while True:
        short_hash = hashlib.sha256(hashed_text.encode()).hexdigest()[:7]
        path = runs_dir / f"{label}-{now:%Y%m%dT%H%M%SZ}-{short_hash}"
        try:
            path.mkdir()
        except FileExistsError:
            # A run of the same config started in this second: change the hash.
            hashed_text += "\n"
        else:
            return path


def _iso_time(moment: datetime) -> str:
    """Format a time as ISO 8601 with microseconds, which order the runs of one second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextlib.contextmanager
def _sigint_deferred() -> Iterator[None]:
    """Defer Ctrl-C until the end of the block, so a second one does not cut off a write."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[tuple[int, FrameType | None]] = []
    previous = signal.signal(signal.SIGINT, lambda number, frame: received.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if received and callable(previous):
        previous(*received[0])
