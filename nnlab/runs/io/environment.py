"""The environment of a run: versions, machine, git revision, command line."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PACKAGES = ("nnlab", "tensorflow", "keras", "numpy")
_VARIABLES = ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")
# Not all of TF_*: Terraform keeps its tokens in variables of that prefix, and records are shared.
_PREFIXES = (
    "TF_CUDNN_",
    "TF_DETERMINISTIC_",
    "TF_DISABLE_",
    "TF_ENABLE_",
    "TF_FORCE_GPU_",
    "TF_GPU_",
    "TF_NUM_",
    "TF_USE_",
    "TF_XLA_",
    "XLA_",
)
_XLA_FLAGS = "TF_XLA_FLAGS"
# nnlab sets the flags of the cache itself; they affect speed only.
_XLA_CACHE_PREFIX = "--tf_xla_persistent_cache_"
_GIT_TIMEOUT_S = 2.0


def environment(command: Sequence[str] | None = None, folder: Path | None = None) -> dict[str, Any]:
    """Return a description of the software and the machine, for a run's record.

    Versions come from the metadata of the packages; nothing is imported.

    Args:
        command: The command line, one argument per item. Defaults to None, for runs that were not
            started from a command line.
        folder: A folder in the git repository of the config. Defaults to the current folder.

    Returns:
        A dict with these keys:

        - `python`, `platform`, `machine`: strings.
        - `packages`: version by name, None for a package that is not installed.
        - `cpus`: the number of CPUs available to this process.
        - `git`: `revision` and `dirty`; None outside a repository.
        - `command`: the command line.
        - `variables`: the environment variables that affect TensorFlow's computations.

    Example:
        >>> sorted(environment(["nnlab", "train", "xor.yaml"]))
        ['command', 'cpus', 'git', 'machine', 'packages', 'platform', 'python', 'variables']
    """
    from importlib.metadata import PackageNotFoundError, version

    packages: dict[str, str | None] = dict.fromkeys(_PACKAGES)
    for name in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            packages[name] = version(name)
    variables = {
        name: value
        for name, value in sorted(os.environ.items())
        if name in _VARIABLES or name.startswith(_PREFIXES)
    }
    flags = variables.pop(_XLA_FLAGS, "").split()
    user_flags = [flag for flag in flags if not flag.startswith(_XLA_CACHE_PREFIX)]
    if user_flags:
        variables[_XLA_FLAGS] = " ".join(user_flags)
    # A container may limit the CPUs of a process.
    has_affinity = hasattr(os, "sched_getaffinity")
    return {
        "python": platform.python_version(),
        "packages": packages,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": (len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count()) or 1,
        "git": _git_state(folder),
        "command": None if command is None else list(command),
        "variables": variables,
    }


def _git_state(folder: Path | None) -> dict[str, Any] | None:
    """Return the revision of the repository and whether tracked files have changed."""
    # One call returns both. Untracked files are excluded: scanning data folders takes seconds.
    # Without fsmonitor, a repository's config cannot start a program; no lock is taken.
    command = ["git", "-c", "core.fsmonitor=false", "--no-optional-locks", "status"]
    options = ["--porcelain=v2", "--branch", "--untracked-files=no"]
    try:
        result = subprocess.run(
            [*command, *options],
            cwd=folder,
            capture_output=True,
            timeout=_GIT_TIMEOUT_S,
            check=False,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if result.returncode != 0:
        return None
    lines = result.stdout.splitlines()
    heads = [line.split()[-1] for line in lines if line.startswith("# branch.oid ")]
    revision = heads[0] if heads and heads[0] != "(initial)" else None
    return {"revision": revision, "dirty": any(not line.startswith("#") for line in lines)}
