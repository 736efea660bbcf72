"""Runs: their folders, records, and the queries on them.

A run is a folder that contains everything about it. This package does not import NumPy, so commands
such as `nnlab runs` start fast.
"""

from __future__ import annotations

from nnlab.runs.io.atomic import atomic_replace, atomic_write, translate_os_errors
from nnlab.runs.io.environment import environment
from nnlab.runs.io.layout import RunFiles, RunKind
from nnlab.runs.query.finder import find_folders, find_run, find_runs
from nnlab.runs.query.listing import list_runs, read_record_or_broken
from nnlab.runs.query.stored import StoredRun, default_runs_dir, read_run
from nnlab.runs.records.directory import RunDirectory
from nnlab.runs.records.run import RunRecord, RunStatus

__all__ = [
    "RunDirectory",
    "RunFiles",
    "RunKind",
    "RunRecord",
    "RunStatus",
    "StoredRun",
    "atomic_replace",
    "atomic_write",
    "default_runs_dir",
    "environment",
    "find_folders",
    "find_run",
    "find_runs",
    "list_runs",
    "read_record_or_broken",
    "read_run",
    "translate_os_errors",
]
