"""`nnlab devices`: list the devices for training."""

from __future__ import annotations

from dataclasses import asdict

import typer

from nnlab.cli.options import JsonOption, print_json


def devices(as_json: JsonOption = False) -> None:
    """List the devices, and explain a missing GPU.

    Examples:

        nnlab devices
    """
    from nnlab.engine.runtime.devices import explain_gpu_absence, list_devices

    available = list_devices()
    has_gpu = any(device.kind == "gpu" for device in available)
    explanation = [] if has_gpu else explain_gpu_absence()
    if as_json:
        rows = [asdict(device) for device in available]
        print_json({"devices": rows, "gpu_absence": explanation})
        return
    from nnlab.report.text.table import devices_table, print_tables

    print_tables(
        devices_table(
            [
                asdict(device) | {"memory": device.memory and f"{device.memory / 2**30:.1f} GiB"}
                for device in available
            ]
        )
    )
    for line in explanation:
        typer.echo(line)
