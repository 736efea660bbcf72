"""A cache of XLA's compiled programs on disk, reused by later runs of the same model."""

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
_CACHE_FLAG = "--tf_xla_persistent_cache_directory"
_MAX_BYTES = 256 * 2**20
_MIN_FREE_BYTES = 2 * _MAX_BYTES


def enable_xla_cache() -> None:
    """Set the flags that make XLA cache its programs; call before importing TensorFlow.

    A program takes 0.5 to 2 s to compile and a tenth of that to load, and computes the same bits.
    Without a usable folder, nothing is cached.
    """
    flags = os.environ.get(_FLAGS, "")
    if _CACHE_FLAG in flags:
        return
    folder = xla_cache_folder()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < _MIN_FREE_BYTES:
            return
        # Delete the least recently written programs above the size limit.
        files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
        total = 0
        for file in files:
            total += file.stat().st_size
            if total > _MAX_BYTES:
                file.unlink()
        # The CPU has two names: one for just-in-time compilation, one for `jit_compile=True`.
        device_types = "--tf_xla_persistent_cache_device_types=XLA_CPU_JIT,CPU"
        os.environ[_FLAGS] = f"{flags} {_CACHE_FLAG}={folder} {device_types}".strip()


def xla_cache_folder() -> Path:
    """Return the cache folder of this TensorFlow version and CPU."""
    # Programs use the instructions of one CPU, and several machines may share a home directory.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    features = ""
    with suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        features = next((line for line in file if line.startswith(("flags", "Features"))), "")
    features = features or f"{platform.processor()} "
    machine = hashlib.sha256(f"{platform.machine()}\n{features}{cores}".encode())
    return cache_folder() / f"xla-{version('tensorflow')}-{machine.hexdigest()[:12]}"


def clear_xla_cache() -> None:
    """Delete all programs, because one of them is damaged."""
    shutil.rmtree(xla_cache_folder(), ignore_errors=True)
    xla_cache_folder().mkdir(parents=True, exist_ok=True)
