"""Which runs of a comparison that is resumed can stay as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from nnlab.config import Experiment
from nnlab.config.dumping import config_yaml
from nnlab.errors import DataError, RunNotFoundError
from nnlab.runs import RunRecord, RunStatus, read_run

# How much TensorFlow logs changes no result.
_SILENT = "TF_CPP_"


def kept_run(path: Path, experiment: Experiment, now: Mapping[str, Any]) -> RunRecord | None:
    """The record of a run that need not be done again.

    Args:
        path: The run's folder.
        experiment: What would be trained.
        now: What it would be trained with, see `environment`.

    Returns:
        The record; None where there is no run that has ended, or something that matters has
        changed: the config, a version, a variable that TensorFlow heeds, the file of the data.
    """
    try:
        record = read_run(path).record
    except (RunNotFoundError, DataError):
        return None
    has_ended = record.status is RunStatus.COMPLETE or has_diverged(record)
    expected = hashlib.sha256(config_yaml(experiment).encode()).hexdigest()
    is_same = record.config_hash == expected and _versions(record.environment) == _versions(now)
    return record if has_ended and is_same and not _is_newer(experiment.data.file, record) else None


def has_diverged(record: RunRecord) -> bool:
    """Whether a run failed as the same config will fail again.

    Args:
        record: The run's record.
    """
    return record.status is RunStatus.FAILED and record.training.get("stopped_by") == "divergence"


def _versions(environment: Mapping[str, Any]) -> dict[str, Any]:
    """What of an environment decides the numbers that come out."""
    variables = environment.get("variables") or {}
    return {
        "python": environment.get("python"),
        "packages": environment.get("packages"),
        "machine": environment.get("machine"),
        "variables": {
            name: value for name, value in variables.items() if not name.startswith(_SILENT)
        },
    }


def _is_newer(file: str | None, record: RunRecord) -> bool:
    """Whether a file of data was changed since a run read it."""
    if file is None:
        return False
    try:
        changed = Path(file).stat().st_mtime
    except OSError:
        return True
    return changed > datetime.fromisoformat(record.created).timestamp()
