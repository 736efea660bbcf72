"""The live handle of a run: its folder, while it is being written."""

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
from nnlab.runs.io.metrics_csv import MetricsLog
from nnlab.runs.io.process import Process
from nnlab.runs.records.run import RunRecord, RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import FrameType, TracebackType


class RunDirectory(RunFiles):
    """A run that is at work: its folder, and the record that says how it goes.

    Use it as a context manager, and no run stays `running`: an exception is recorded before it goes
    on, as `interrupted` where the user stopped the run, else as `failed` with the exception's
    words; a block that ends without one, and without `finish`, is `complete`.

    Args:
        path: The run's folder, which exists.
        record: The record that the folder holds.

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
        self._metrics = MetricsLog(self.metrics_csv)

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
        """Makes `<runs_dir>/<name>-<UTC time>-<short hash>/`, with its config and a first record.

        The folder is this run's alone, whatever else starts in the same second, here or in another
        process.

        Args:
            runs_dir: The folder of all runs; made where there is none.
            name: The experiment's name; what a folder's name cannot hold becomes "-".
            config_text: The resolved config, YAML.
            folder: Another name for the folder, which may exist, but hold no run; a search numbers
                its trials. None: the one above.
            **fields: More of the record's fields: `seed`, `device`, `engine`, `environment`,
                `directions`.

        Returns:
            The run.

        Raises:
            RunFailedError: The disk refused; no folder is left.
            RequestError: The folder of all runs is one that cannot be written to.
        """
        now = datetime.now(UTC)
        with translate_os_errors(runs_dir, asked_for=folder is None):
            if folder is None:
                path = _new_folder(runs_dir, name, config_text, now)
            else:
                path = _free_folder(runs_dir / folder)
        record = RunRecord(
            id=path.name,
            name=name,
            created=_iso(now),
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
        """Replaces fields of the record and writes `record.json`.

        Args:
            **changes: New values by field.

        Raises:
            RunFailedError: The disk refused.
        """
        record = dataclasses.replace(self.record, **changes)
        record.write(self.record_json)
        self.record = record

    def log_epoch(self, epoch: int, logs: Mapping[str, SupportsFloat]) -> None:
        """Adds a row to `metrics.csv`; the file follows within a second or so, and at the end.

        Args:
            epoch: The epoch, from 1.
            logs: The epoch's values by name. Nothing that a clock says, else equal runs leave
                unequal files.

        Raises:
            RunFailedError: The disk refused.
        """
        self._metrics.append({"epoch": epoch, **logs})

    def finish(
        self,
        status: RunStatus,
        error: str | None = None,
        **changes: Any,
    ) -> None:
        """Ends the run: all rows written, the record with its last word.

        Args:
            status: How it ended.
            error: Why, where it did not end well.
            **changes: More of the record's fields: `metrics`, `timing`, `epochs_run`, `best_epoch`.

        Raises:
            RunFailedError: The disk refused.
        """
        with _interrupts_held():
            self._metrics.flush()
            self.update(status=status, error=error, finished=_iso(datetime.now(UTC)), **changes)

    def __enter__(self) -> Self:
        """The run itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Gives the run its last status; an exception goes on after that."""
        with _interrupts_held():
            if error is not None:
                self._give_up(error)
            elif self.record.status is RunStatus.RUNNING:
                try:
                    self.finish(RunStatus.COMPLETE)
                except RunFailedError as failure:
                    self._give_up(failure)
                    raise

    def _give_up(self, error: BaseException) -> None:
        """Records what ended the run; `finish` may have done so before the error went on."""
        if self.record.status in {RunStatus.FAILED, RunStatus.INTERRUPTED}:
            return
        stopped = isinstance(error, (KeyboardInterrupt, RunInterrupted))
        status = RunStatus.INTERRUPTED if stopped else RunStatus.FAILED
        # The error under way is the one to tell. A disk that refuses the rows may take the record.
        with contextlib.suppress(RunFailedError):
            self._metrics.flush()
        with contextlib.suppress(RunFailedError):
            self.update(
                status=status, error=describe_exception(error), finished=_iso(datetime.now(UTC))
            )


def _new_folder(runs_dir: Path, name: str, config_text: str, now: datetime) -> Path:
    """Makes a folder that was not there: in `mkdir`, two processes cannot both win."""
    runs_dir.mkdir(parents=True, exist_ok=True)
    label = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:50] or "run"
    hashed = config_text
    while True:
        short = hashlib.sha256(hashed.encode()).hexdigest()[:7]
        path = runs_dir / f"{label}-{now:%Y%m%dT%H%M%SZ}-{short}"
        try:
            path.mkdir()
        except FileExistsError:
            hashed += (
                "\n"  # A run of this config took the name within this second: take another hash.
            )
        else:
            return path


def _free_folder(path: Path) -> Path:
    """A folder in which there is no run yet; made where there is none."""
    path.mkdir(parents=True, exist_ok=True)
    if RunFiles(path).record_json.exists():
        raise FileExistsError(errno.EEXIST, "There is a run in this folder", str(path))
    return path


def _iso(moment: datetime) -> str:
    """ISO 8601 with microseconds, so that runs of one second keep their order."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Lets a block end before Ctrl-C counts: an impatient second one must not cut it off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[tuple[int, FrameType | None]] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: waiting.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if waiting and callable(before):
        before(*waiting[0])
