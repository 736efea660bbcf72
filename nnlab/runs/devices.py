"""What a comparison of devices leaves behind: its folder, and what was measured.

The folder is a run's: its `record.json` says how the work went. Beside it, `devices.json` says what
was measured and what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.runs.device_point import DevicePoint
from nnlab.runs.directory import RunDirectory
from nnlab.runs.files import RunFiles
from nnlab.runs.json_object import (
    COUNT,
    LIST,
    TABLE,
    TEXT,
    JsonRecord,
    Kind,
    broken,
    named_by_folder,
    read_object,
    record_text,
)
from nnlab.runs.killed import as_ended

if TYPE_CHECKING:
    from pathlib import Path


class DevicesFiles(RunFiles):
    """Where each thing lies in the folder of a comparison of devices.

    Args:
        path: The folder.

    Example:
        >>> from pathlib import Path
        >>> DevicesFiles(Path("runs/mnist-devices")).devices_json.as_posix()
        'runs/mnist-devices/devices.json'
    """

    @property
    def devices_json(self) -> Path:
        """What was measured and what came of it, see `DevicesRecord`."""
        return self.path / "devices.json"

    @property
    def picture(self) -> Path:
        """The time of a step against the batch size."""
        return self.plots / "step_time.png"


class DevicesDirectory(DevicesFiles, RunDirectory):
    """A comparison of devices at work: its folder, and the record that says how it goes."""


@dataclass(frozen=True)
class DevicesRecord(JsonRecord):
    """What was measured and what came of it, as `devices.json` and `--json` carry it.

    Args:
        id: The comparison's id, which is its folder's name.
        name: The experiment's name.
        status: Where it stands: as in `record.json`.
        gpu: The first GPU of the machine; None where there is none.
        gpu_absence: Why there is none and how to get one, sentences.
        devices: What was compared: `name`, `kind`, `description`, `memory` of each.
        batch_sizes: The sweep.
        widths: Units of the hidden Dense layers; a None: as the config has them.
        rows: What was trained on: the data set's name, or `random` for random rows of its shape.
        rows_count: How many rows.
        rows_note: Why they are random; may be empty.
        seed: The seed of all points.
        points: What was measured.
        wins: From which batch size each device is faster than the first, by width.
        agreement: How far the devices' losses differ at most; None with one device alone.
        verdict: What came of it all, one sentence.
        timing: Seconds: `total_s`.
        environment: Versions, machine, command line.
        command: The command line.
        error: Why it failed, or what interrupted it.
    """

    id: str
    name: str
    status: str
    devices: tuple[dict[str, Any], ...]
    batch_sizes: tuple[int, ...]
    widths: tuple[int | None, ...]
    rows: str
    points: tuple[DevicePoint, ...] = ()
    gpu: dict[str, Any] | None = None
    gpu_absence: tuple[str, ...] = ()
    rows_count: int = 0
    rows_note: str = ""
    seed: int | None = None
    wins: tuple[dict[str, Any], ...] = ()
    agreement: dict[str, Any] | None = None
    verdict: str = ""
    timing: dict[str, float] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The record as strict JSON can carry it, the points with what follows from them."""
        return super().to_dict() | {"points": [point.to_dict() for point in self.points]}

    @classmethod
    def from_json(cls, text: str, source: str = "devices.json") -> DevicesRecord:
        """Reads the text of a `devices.json`; keys that this version does not know are left out.

        Args:
            text: The file's text.
            source: The file's name, for messages.

        Returns:
            The record.

        Raises:
            DataError: The text is not JSON, or not the record of a comparison of devices.
        """
        known = read_object(text, _KINDS, _REQUIRED, source)
        known.update({key: tuple(known[key]) for key in _LISTS & known.keys()})
        try:
            points = tuple(DevicePoint.from_dict(values) for values in known["points"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise broken(source, f"measured points. Received: {error}") from error
        return cls(**(known | {"points": points}))


_KINDS: dict[str, Kind] = {
    "id": TEXT,
    "name": TEXT,
    "status": TEXT,
    "devices": LIST,
    "batch_sizes": LIST,
    "widths": LIST,
    "rows": TEXT,
    "points": LIST,
    "gpu": TABLE,
    "gpu_absence": LIST,
    "rows_count": COUNT,
    "rows_note": TEXT,
    "seed": COUNT,
    "wins": LIST,
    "agreement": TABLE,
    "verdict": TEXT,
    "timing": TABLE,
    "environment": TABLE,
    "command": LIST,
    "error": TEXT,
}
_LISTS = {name for name, kind in _KINDS.items() if kind is LIST}
_REQUIRED = ("id", "name", "status", "devices", "batch_sizes", "widths", "rows", "points")


def read_devices(path: Path) -> DevicesRecord:
    """Reads what was measured.

    Args:
        path: The folder of the comparison of devices.

    Returns:
        The record; one that says `running` though its process is gone reads as failed.

    Raises:
        RunNotFoundError: The folder holds none.
        DataError: The record cannot be read.
    """
    source = DevicesFiles(path).devices_json
    message = f"Expected a comparison of devices. Received: {path}, without {source.name}."
    missing = f"{message} Make one with: nnlab compare cpu-vs-gpu"
    record = DevicesRecord.from_json(record_text(source, missing), str(source))
    return as_ended(named_by_folder(record, path), path)
