"""Reuse of finished runs when a comparison is resumed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nnlab.analysis.differences import Difference, differences
from nnlab.config import Experiment
from nnlab.config.comparison.loader import Comparison
from nnlab.config.yaml.document import dump_config
from nnlab.engine.runtime.devices import select_device
from nnlab.errors import DataError, RunNotFoundError
from nnlab.report.text.formatting import format_yaml_value
from nnlab.runs import RunRecord, RunStatus, read_run
from nnlab.runs.query.keys import read_config_tree
from nnlab.runs.records.comparison import ComparisonFiles
from nnlab.text import join_names

# TensorFlow's logging variables do not affect results.
_LOGGING_PREFIX = "TF_CPP_"
_MAX_CHANGES = 3


@dataclass(frozen=True)
class ReusableRun:
    """An existing run, or the reason why it cannot be reused.

    Args:
        record: The record of a reusable run, or None.
        changed: What has changed since the finished run; empty without one.
    """

    record: RunRecord | None = None
    changed: str = ""


def find_reusable_runs(
    comparison: Comparison, folder: Path | None, now: Mapping[str, Any]
) -> dict[tuple[str, int], ReusableRun]:
    """Return the reusable run, if any, for each variant and seed of a comparison."""
    order = [(variant, seed) for seed in comparison.seeds for variant in comparison.variants]
    if folder is None:
        return {(variant.name, seed): ReusableRun() for variant, seed in order}
    files = ComparisonFiles(folder)
    return {
        (variant.name, seed): check_reusable(
            files.run(variant.name, seed), variant.experiment(comparison.name, seed), now
        )
        for variant, seed in order
    }


def check_reusable(path: Path, experiment: Experiment, now: Mapping[str, Any]) -> ReusableRun:
    """Return a finished run if nothing that affects its results has changed.

    These are the config, the versions, the environment variables of TensorFlow and the data file.
    """
    try:
        run = read_run(path)
    except (RunNotFoundError, DataError):
        return ReusableRun()
    record = run.record
    if not (record.status is RunStatus.COMPLETE or has_diverged(record)):
        return ReusableRun()
    if not _is_same_config(record, experiment):
        try:
            changes = differences([read_config_tree(run), experiment.to_tree()])
        except DataError:
            changes = []
        return ReusableRun(changed=_describe_changes(changes) or "the config")
    before, after = _versions(record.environment), _versions(now)
    if before != after:
        return ReusableRun(changed=_describe_changes(differences([before, after])))
    if _is_newer(experiment.data.file, record):
        return ReusableRun(changed=f"{experiment.data.file} is newer")
    return ReusableRun(record)


def _is_same_config(record: RunRecord, experiment: Experiment) -> bool:
    """Return whether a run has this config; `auto` equals the device that it selected."""
    device = select_device(experiment.training.device)
    variants = [experiment]
    if device.name == record.device:
        for name in ("auto", device.kind, device.name):
            training = experiment.training.model_copy(update={"device": name})
            variants.append(experiment.model_copy(update={"training": training}))
    texts = map(dump_config, variants)
    return record.config_hash in (hashlib.sha256(text.encode()).hexdigest() for text in texts)


def _describe_changes(changes: Sequence[Difference]) -> str:
    texts = []
    for change in changes:
        before, after = (
            "none" if value is None else format_yaml_value(value) for value in change.values
        )
        texts.append(f"{change.path} {before} is now {after}")
    return join_names(texts, _MAX_CHANGES)


def has_diverged(record: RunRecord) -> bool:
    """Return whether a run diverged, as the same config would again."""
    return record.status is RunStatus.FAILED and record.training.get("stopped_by") == "divergence"


def _versions(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an environment that affects results."""
    variables = environment.get("variables") or {}
    return {
        "python": environment.get("python"),
        "packages": environment.get("packages"),
        "machine": environment.get("machine"),
        "variables": {
            name: value for name, value in variables.items() if not name.startswith(_LOGGING_PREFIX)
        },
    }


def _is_newer(file: str | None, record: RunRecord) -> bool:
    """Return whether a data file changed since a run read it; False if it is missing."""
    if file is None:
        return False
    try:
        changed = Path(file).stat().st_mtime
    except OSError:
        return False
    return changed > datetime.fromisoformat(record.created).timestamp()
