"""The lock file matches the project and names no registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, flags=re.MULTILINE))


def test_every_dependency_is_locked_to_a_version_that_the_project_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    requirements = [Requirement(line) for line in lines]
    names = [requirement.name.lower() for requirement in requirements]
    unlocked = [
        str(requirement)
        for name, requirement in zip(names, requirements, strict=True)
        if name not in LOCKED or LOCKED[name] not in requirement.specifier
    ]
    assert unlocked == []


def test_every_package_is_locked_with_its_hash() -> None:
    packages = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(packages) == len(LOCKED)
    assert all("--hash=sha256:" in package for package in packages)


def test_lock_names_no_registry() -> None:
    assert not re.search(r"https?:|--index-url|--extra-index-url|--find-links", LOCK)
