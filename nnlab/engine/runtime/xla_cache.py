"""XLA's compiled programs, kept in a folder of the user's for the next run of the same net."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from nnlab.data.datasets.cache import cache_folder

_FLAGS = "TF_XLA_FLAGS"
_OWN = "--tf_xla_persistent_cache_directory"
_MOST_BYTES = 256 * 2**20
_FREE_BYTES = 2 * _MOST_BYTES


def keep_programs() -> None:
    """Let XLA keep what it compiles; before TensorFlow is imported.

    A program takes 0.5 to 2 s to compile and a tenth of that to load, and computes the same bits.
    Where the folder cannot be used it is gone without.
    """
    flags = os.environ.get(_FLAGS, "")
    if _OWN in flags:
        return
    folder = programs_folder()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < _FREE_BYTES:
            return
        _forget_oldest(folder)
        # It takes both names of the CPU: for programs that are compiled where they are met, and for
        # those that must be.
        kinds = "--tf_xla_persistent_cache_device_types=XLA_CPU_JIT,CPU"
        os.environ[_FLAGS] = f"{flags} {_OWN}={folder} {kinds}".strip()


def programs_folder() -> Path:
    """Where the programs of this TensorFlow on this kind of machine are kept."""
    # A program is made for the instructions of its CPU, and a home may be shared by several.
    machine = hashlib.sha256(f"{platform.machine()}\n{_instructions()}".encode())
    return cache_folder() / f"xla-{version('tensorflow')}-{machine.hexdigest()[:12]}"


def forget_programs() -> None:
    """Remove all programs: one of them is damaged."""
    shutil.rmtree(programs_folder(), ignore_errors=True)
    programs_folder().mkdir(parents=True, exist_ok=True)


def _instructions() -> str:
    """What the CPU can do, and how many of its cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        for line in file:
            if line.startswith(("flags", "Features")):
                return f"{line}{cores}"
    return f"{platform.processor()} {cores}"


def _forget_oldest(folder: Path) -> None:
    """Keep the folder small; the programs used last stay."""
    programs = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    kept = 0
    for program in programs:
        kept += program.stat().st_size
        if kept > _MOST_BYTES:
            program.unlink()
