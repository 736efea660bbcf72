"""`nnlab devices`: what training can run on here."""

from __future__ import annotations

from dataclasses import asdict

import typer

from nnlab.cli.options import JsonOption, print_json


def devices(as_json: JsonOption = False) -> None:
    """List the devices that training can run on; without a GPU, tell how to get one to work.

    Examples:

        nnlab devices
    """
    from nnlab.engine.runtime.devices import list_devices
    from nnlab.engine.runtime.gpu_diagnostics import explain_gpu_absence

    found = list_devices()
    absent = all(device.kind != "gpu" for device in found)
    explanation = explain_gpu_absence() if absent else []
    if as_json:
        print_json({"devices": [asdict(device) for device in found], "gpu_absence": explanation})
        return
    from nnlab.report.text.listings import devices_table
    from nnlab.report.text.table import print_tables

    print_tables(
        devices_table([asdict(device) | {"memory": _memory(device.memory)} for device in found])
    )
    for line in explanation:
        typer.echo(line)


def _memory(size: int | None) -> str | None:
    """Bytes in words."""
    return None if size is None else f"{size / 2**30:.1f} GiB"
