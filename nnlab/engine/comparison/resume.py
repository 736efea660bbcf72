"""Which runs of a comparison that is resumed can stay as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nnlab.analysis.differences import Difference, differences
from nnlab.config import Experiment
from nnlab.config.comparison.variants import Comparison
from nnlab.config.yaml.dump import dump_config
from nnlab.engine.runtime.devices import select_device
from nnlab.errors import DataError, RunNotFoundError
from nnlab.report.text.phrases import format_yaml_value
from nnlab.runs import RunFiles, RunRecord, RunStatus, read_run
from nnlab.runs.query.keys import read_config_tree
from nnlab.runs.records.comparison import ComparisonFiles
from nnlab.text import join_names

# How much TensorFlow logs changes no result.
_SILENT = "TF_CPP_"
_NAMED = 3


@dataclass(frozen=True)
class ReusableRun:
    """What there is of a run that is to be done.

    Args:
        record: The record of one that need not be done again; None where it must be.
        changed: What has changed since one that had ended, in a few words; empty where there is
            none that had.
    """

    record: RunRecord | None = None
    changed: str = ""


def earlier_runs(
    comparison: Comparison, folder: Path | None, now: Mapping[str, Any]
) -> dict[tuple[str, int], ReusableRun]:
    """What there is already of each run of a comparison.

    Args:
        comparison: The comparison.
        folder: That of the one to go on with; None for a new one.
        now: What the runs would be trained with, see `environment`.

    Returns:
        By variant and seed, in the order of training.
    """
    order = [(variant, seed) for seed in comparison.seeds for variant in comparison.variants]
    if folder is None:
        return {(variant.name, seed): ReusableRun() for variant, seed in order}
    files = ComparisonFiles(folder)
    return {
        (variant.name, seed): earlier_run(
            files.run(variant.name, seed), variant.experiment(comparison.name, seed), now
        )
        for variant, seed in order
    }


def earlier_run(path: Path, experiment: Experiment, now: Mapping[str, Any]) -> ReusableRun:
    """Whether a run need not be done again.

    It need not where it has ended and nothing that matters has changed: the config, a version, a
    variable that TensorFlow heeds, the file of the data.

    Args:
        path: The run's folder.
        experiment: What would be trained.
        now: What it would be trained with, see `environment`.

    Returns:
        Its record, or why it must be done again.

    Raises:
        DeviceError: There is no such device on this machine.
    """
    try:
        run = read_run(path)
    except (RunNotFoundError, DataError):
        return ReusableRun()
    record = run.record
    if not (record.status is RunStatus.COMPLETE or has_diverged(record)):
        return ReusableRun()
    if not _is_same_config(record, experiment):
        return ReusableRun(changed=_config_words(run, experiment))
    then, today = _versions(record.environment), _versions(now)
    if then != today:
        return ReusableRun(changed=_listed(differences([then, today])))
    if _is_newer(experiment.data.file, record):
        return ReusableRun(changed=f"{experiment.data.file} is newer")
    return ReusableRun(record)


def _is_same_config(record: RunRecord, experiment: Experiment) -> bool:
    """Whether a run is of an experiment, be the device that it had called otherwise now."""
    device = select_device(experiment.training.device)
    forms = [experiment]
    if device.name == record.device:
        forms += [_on_device(experiment, name) for name in ("auto", device.kind, device.name)]
    texts = map(dump_config, forms)
    return record.config_hash in (hashlib.sha256(text.encode()).hexdigest() for text in texts)


def _on_device(experiment: Experiment, device: str) -> Experiment:
    training = experiment.training.model_copy(update={"device": device})
    return experiment.model_copy(update={"training": training})


def _config_words(run: RunFiles, experiment: Experiment) -> str:
    """How the config of a run differs from what would be trained."""
    try:
        found = differences([read_config_tree(run), experiment.to_tree()])
    except DataError:
        found = []
    return _listed(found) or "the config"


def _listed(changes: Sequence[Difference]) -> str:
    told = []
    for one in changes:
        then, now = ("none" if value is None else format_yaml_value(value) for value in one.values)
        told.append(f"{one.path} {then} is now {now}")
    return join_names(told, _NAMED)


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
    """Whether a file of data was changed since a run read it; one that is gone was not."""
    if file is None:
        return False
    try:
        changed = Path(file).stat().st_mtime
    except OSError:
        return False
    return changed > datetime.fromisoformat(record.created).timestamp()
