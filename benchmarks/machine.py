"""The machine that figures come from."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")
_PACKAGES = ("tensorflow", "keras", "nnlab")


def describe_machine() -> dict[str, str]:
    """Name the machine and what it runs."""
    return {
        "cpu": _cpu(),
        "cores": str(len(os.sched_getaffinity(0))),
        "system": platform.system(),
        "python": platform.python_version(),
    } | {package: version(package) for package in _PACKAGES}


def _cpu() -> str:
    """The processor's name; Linux tells it in a file of its own."""
    if _CPU_INFO.is_file():
        fields = dict(re.findall(r"^(.+?)\s*: (.+)$", _CPU_INFO.read_text(), flags=re.MULTILINE))
        if "model name" in fields:
            return f"{fields['model name']} (family {fields.get('cpu family')})"
    return platform.processor() or platform.machine()
