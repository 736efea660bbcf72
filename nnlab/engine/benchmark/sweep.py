"""What a comparison of devices is to measure: devices, widths, batch sizes."""

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
    list_devices,
    select_device,
)
from nnlab.engine.runtime.gpu_diagnostics import explain_gpu_absence
from nnlab.errors import DeviceError, RequestError
from nnlab.report.text.numbers import format_count

_CPU = "cpu:"


@dataclass(frozen=True)
class Sweep:
    """What is to be measured.

    Args:
        devices: Names of devices; none: the CPU and the first GPU.
        batch_sizes: Batch sizes; none: some around the config's own.
        widths: Units of the hidden Dense layers; none: as the config has them.
        rows: Training rows at most; None: all.
        seconds: How long each process times its steps.
        repeats: How many processes measure each point.
        require_gpu: Whether a machine without a GPU is refused.
    """

    devices: tuple[str, ...] = ()
    batch_sizes: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    rows: int | None = None
    seconds: float = 1.5
    repeats: int = 3
    require_gpu: bool = False


def choose(
    experiment: Experiment, sweep: Sweep
) -> tuple[tuple[Device, ...], tuple[int | None, ...]]:
    """The devices and the widths.

    Args:
        experiment: The experiment.
        sweep: What is to be measured.

    Returns:
        Both; a None among the widths: as the config has them.

    Raises:
        DeviceError: A device is not there, or is named twice.
        RequestError: The net cannot have a width. All reasons are told.
    """
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
    """The batch sizes: those asked for, or from a quarter of the config's own to 16 times as much.

    Args:
        experiment: The experiment.
        sweep: What is to be measured.
        rows: How many training rows there are.

    Raises:
        RequestError: There are fewer rows than a batch is to have.
    """
    if sweep.batch_sizes:
        too_large = [size for size in sweep.batch_sizes if size > rows]
        if too_large:
            named = ", ".join(map(format_count, too_large))
            message = f"Expected batch sizes up to {format_count(rows)}, the number of rows."
            raise RequestError(f"{message} Received: {named}. Take smaller ones, or more rows.")
        return sweep.batch_sizes
    own = experiment.training.batch_size
    sizes = [rows // 64, rows // 16, rows // 4, rows]
    if own != "full":
        sizes = [own // 4, own, own * 4, own * 16]
    return tuple(sorted({min(max(size, 1), rows) for size in sizes}))


def logical_cpus(names: Iterable[str]) -> int:
    """How many devices the CPU is to be.

    Args:
        names: The devices' names.

    Returns:
        1 where no logical ones are among them.

    Example:
        >>> logical_cpus(["cpu", "gpu:0"]), logical_cpus(["cpu:0", "cpu:1"])
        (1, 2)
    """
    return 1 + max((int(name[len(_CPU) :]) for name in names if name.startswith(_CPU)), default=0)


def _devices(sweep: Sweep) -> tuple[Device, ...]:
    """The devices to measure on, all of them different."""
    there = list_devices()
    absence = explain_gpu_absence()
    if sweep.require_gpu and absence:
        raise DeviceError(f"Expected a GPU, as --require-gpu asks for. {' '.join(absence)}")
    if not sweep.devices:
        return (there[0], *[device for device in there if device.kind == "gpu"][:1])
    if any(name.startswith(_CPU) for name in sweep.devices):
        # They are made in the processes that measure.
        there = (
            *(
                dataclasses.replace(
                    there[0], name=f"{_CPU}{number}", tensorflow_name=f"/device:CPU:{number}"
                )
                for number in range(MAX_LOGICAL_CPUS)
            ),
            *there[1:],
        )
    chosen: list[Device] = []
    diagnostics = []
    for name in sweep.devices:
        try:
            device = select_device(name, there, DEVICES_FLAG)
        except DeviceError as error:
            diagnostics.append(str(error))
            continue
        if device in chosen:
            diagnostics.append(
                f"Expected different devices. Received: {device.name} twice. Remove one."
            )
        chosen.append(device)
    if diagnostics:
        raise DeviceError("\n".join(diagnostics))
    return tuple(chosen)


def _widths(experiment: Experiment, sweep: Sweep) -> tuple[int | None, ...]:
    if not sweep.widths:
        return (None,)
    received = f"Received: --widths {','.join(map(str, sweep.widths))}"
    if not hidden_layers(experiment):
        message = f"Expected a net with hidden Dense layers. {received}, and it has none."
        raise RequestError(f"{message} Leave --widths out.")
    try:
        for width in sweep.widths:
            with_size(experiment, 1, width)
    except ValidationError as error:
        why = error.errors()[0]["msg"]
        message = f"Expected widths that the net can have. {received}. {why}"
        raise RequestError(f"{message} Leave --widths out, or change the net.") from error
    return sweep.widths
