"""What a run was made with: versions, machine, git revision, command line."""

from __future__ import annotations

import os
import platform
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PACKAGES = ("nnlab", "tensorflow", "keras", "numpy")
_VARIABLES = ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")
# Not all of TF_*: Terraform keeps its tokens in variables of that prefix, and a record is for
# showing.
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
_GIT_SECONDS = 2.0
# nnlab sets these itself, for speed alone.
_FLAGS = "TF_XLA_FLAGS"
_CACHE = "--tf_xla_persistent_cache_"


def environment(command: Sequence[str] | None = None, folder: Path | None = None) -> dict[str, Any]:
    """Describes what a run is made with, so that somebody can make it again.

    Nothing is imported for it: versions come from the packages' metadata.

    Args:
        command: The command line, a word an item; None where there was none.
        folder: A folder in the git repository that the config belongs to; None for the current
            folder.

    Returns:
        `python`, `packages` (version by name, None where one is not installed), `platform`,
        `machine`, `cpus` (those that this process may use), `git` (`revision` and `dirty`; None
        outside a repository), `command`, and `variables` (those of the environment that change what
        TensorFlow does).

    Example:
        >>> sorted(environment(["nnlab", "train", "xor.yaml"]))
        ['command', 'cpus', 'git', 'machine', 'packages', 'platform', 'python', 'variables']
    """
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": _cpus(),
        "git": _git(folder),
        "command": None if command is None else list(command),
        "variables": _variables(),
    }


def _variables() -> dict[str, str]:
    """The variables that change what TensorFlow computes, without where XLA keeps its programs."""
    found = {
        name: value
        for name, value in sorted(os.environ.items())
        if name in _VARIABLES or name.startswith(_PREFIXES)
    }
    own = [flag for flag in found.pop(_FLAGS, "").split() if not flag.startswith(_CACHE)]
    return found | ({_FLAGS: " ".join(own)} if own else {})


def _version(package: str) -> str | None:
    """The version of an installed package."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpus() -> int:
    """The CPUs this process may use: in a container that is often not all the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _git(folder: Path | None) -> dict[str, Any] | None:
    """Revision of the repository around `folder`, and whether tracked files were changed since."""
    # One call for both. Untracked files are left out: walking a folder of data sets takes seconds.
    # A config of the repository must not start a program of its own (core.fsmonitor), and no lock
    # is taken.
    command = ["git", "-c", "core.fsmonitor=false", "--no-optional-locks", "status"]
    options = ["--porcelain=v2", "--branch", "--untracked-files=no"]
    try:
        answer = subprocess.run(
            [*command, *options],
            cwd=folder,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if answer.returncode != 0:
        return None
    lines = answer.stdout.splitlines()
    heads = [line.split()[-1] for line in lines if line.startswith("# branch.oid ")]
    revision = heads[0] if heads and heads[0] != "(initial)" else None
    return {"revision": revision, "dirty": any(not line.startswith("#") for line in lines)}
