"""A description of the machine."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")
_PACKAGES = ("tensorflow", "keras", "nnlab")


def describe_machine() -> dict[str, str]:
    """Return the processor, cores, system and versions."""
    return {
        "cpu": _cpu(),
        "cores": str(len(os.sched_getaffinity(0))),
        "system": platform.system(),
        "python": platform.python_version(),
    } | {package: version(package) for package in _PACKAGES}


def _cpu() -> str:
    """Return the name of the processor; on Linux from /proc/cpuinfo."""
    if _CPU_INFO.is_file():
        fields = dict(re.findall(r"^(.+?)\s*: (.+)$", _CPU_INFO.read_text(), flags=re.MULTILINE))
        if "model name" in fields:
            return f"{fields['model name']} (family {fields.get('cpu family')})"
    return platform.processor() or platform.machine()
