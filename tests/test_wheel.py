"""The content of the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_wheel_contains_the_package_its_types_and_the_builtin_configs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("nnlab/")}
    package = {str(path.relative_to(ROOT)) for path in ROOT.glob("nnlab/**/*.py")}
    configs = {f"nnlab/{path.relative_to(ROOT)}" for path in ROOT.glob("configs/**/*.yaml")}
    assert configs
    assert {*package, *configs, "nnlab/py.typed"} <= packed
