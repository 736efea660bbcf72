"""The run's folder: how it is made, written, listed and found again.

A run is a folder that explains itself; nothing about it lives anywhere else. Nothing here imports
numpy, so that `nnlab runs` answers at once.
"""

from __future__ import annotations

from nnlab.runs.atomic import atomic_write, replacing, writing
from nnlab.runs.directory import RunDirectory
from nnlab.runs.environment import environment
from nnlab.runs.files import RunFiles
from nnlab.runs.record import RunRecord, RunStatus
from nnlab.runs.store import StoredRun, default_runs_dir, find_run, find_runs, list_runs, read_run

__all__ = [
    "RunDirectory",
    "RunFiles",
    "RunRecord",
    "RunStatus",
    "StoredRun",
    "atomic_write",
    "default_runs_dir",
    "environment",
    "find_run",
    "find_runs",
    "list_runs",
    "read_run",
    "replacing",
    "writing",
]
