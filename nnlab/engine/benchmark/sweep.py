"""The sweep of a benchmark: devices, widths, batch sizes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from nnlab.config import Experiment
from nnlab.config.schema.dense_layers import hidden_layers, with_size
from nnlab.engine.runtime.devices import (
    DEVICES_FLAG,
    MAX_LOGICAL_CPUS,
    Device,
    explain_gpu_absence,
    list_devices,
    select_device,
)
from nnlab.errors import DeviceError, RequestError
from nnlab.report.text.formatting import format_count

_CPU = "cpu:"


@dataclass(frozen=True)
class Sweep:
    """What to measure.

    Args:
        devices: Names of devices; empty: the CPU and the first GPU.
        batch_sizes: Batch sizes; empty: from a quarter of the config's to 16 times of it.
        widths: Units of the hidden Dense layers; empty: the config's.
        rows: Maximum number of training rows; None: all.
        seconds: Time for measuring steps per process.
        repeats: Number of processes per point.
        require_gpu: Whether a missing GPU is an error.
    """

    devices: tuple[str, ...] = ()
    batch_sizes: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    rows: int | None = None
    seconds: float = 1.5
    repeats: int = 3
    require_gpu: bool = False


def resolve_devices_and_widths(
    experiment: Experiment, sweep: Sweep
) -> tuple[tuple[Device, ...], tuple[int | None, ...]]:
    """Return the devices and widths of a sweep; raise all errors at once."""
    errors: list[RequestError] = []
    devices: tuple[Device, ...] = ()
    widths: tuple[int | None, ...] = ()
    try:
        devices = _devices(sweep)
    except DeviceError as error:
        errors.append(error)
    try:
        widths = _widths(experiment, sweep)
    except RequestError as error:
        errors.append(error)
    if errors:
        raise type(errors[0])("\n".join(map(str, errors)))
    return devices, widths


def batch_sizes(experiment: Experiment, sweep: Sweep, rows: int) -> tuple[int, ...]:
    """Return the requested batch sizes, or a quarter to 16 times of the config's."""
    if sweep.batch_sizes:
        too_large = [size for size in sweep.batch_sizes if size > rows]
        if too_large:
            received = ", ".join(map(format_count, too_large))
            message = f"Expected batch sizes up to {format_count(rows)}, the number of rows."
            raise RequestError(f"{message} Received: {received}. Use smaller ones, or more rows.")
        return sweep.batch_sizes
    configured = experiment.training.batch_size
    sizes = [rows // 64, rows // 16, rows // 4, rows]
    if configured != "full":
        sizes = [configured // 4, configured, configured * 4, configured * 16]
    return tuple(sorted({min(max(size, 1), rows) for size in sizes}))


def logical_cpus(names: Iterable[str]) -> int:
    """Return the number of logical CPU devices that the names require."""
    return 1 + max((int(name[len(_CPU) :]) for name in names if name.startswith(_CPU)), default=0)


def _devices(sweep: Sweep) -> tuple[Device, ...]:
    """Return the devices of a sweep; raise errors for unknown and repeated ones."""
    available = list_devices()
    absence = explain_gpu_absence()
    if sweep.require_gpu and absence:
        raise DeviceError(f"Expected a GPU (--require-gpu). {' '.join(absence)}")
    if not sweep.devices:
        return (available[0], *[device for device in available if device.kind == "gpu"][:1])
    if any(name.startswith(_CPU) for name in sweep.devices):
        # Logical devices are created in the measuring processes.
        available = (
            *(
                dataclasses.replace(
                    available[0], name=f"{_CPU}{number}", tensorflow_name=f"/device:CPU:{number}"
                )
                for number in range(MAX_LOGICAL_CPUS)
            ),
            *available[1:],
        )
    chosen: list[Device] = []
    errors = []
    for name in sweep.devices:
        try:
            device = select_device(name, available, DEVICES_FLAG)
        except DeviceError as error:
            errors.append(str(error))
            continue
        if device in chosen:
            errors.append(f"Expected different devices. Received: {device.name} twice. Remove one.")
        chosen.append(device)
    if errors:
        raise DeviceError("\n".join(errors))
    return tuple(chosen)


def _widths(experiment: Experiment, sweep: Sweep) -> tuple[int | None, ...]:
    if not sweep.widths:
        return (None,)
    received = f"Received: --widths {','.join(map(str, sweep.widths))}"
    if not hidden_layers(experiment):
        message = f"Expected a model with hidden Dense layers. {received}, and it has none."
        raise RequestError(f"{message} Omit --widths.")
    try:
        for width in sweep.widths:
            with_size(experiment, 1, width)
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        message = f"Expected widths that are valid for the model. {received}. {reason}"
        raise RequestError(f"{message} Omit --widths, or change the model.") from error
    return sweep.widths
