"""Modules of light commands import nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "matplotlib", "pandas", "sklearn", "tensorflow", "keras")


@pytest.mark.parametrize(
    "module",
    [
        "nnlab.runs",
        "nnlab.report.text.diagnostics",
        "nnlab.report.text.table",
        "nnlab.report.progress",
        "nnlab.report.runs.tables",
        "nnlab.report.text.model_summary",
    ],
)
def test_module_imports_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    command = [sys.executable, "-c", script]
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not process.stdout.strip()


@pytest.mark.slow
def test_plots_import_no_keras() -> None:
    script = "import sys, nnlab.report.plots, nnlab.report.plots.model;"
    script += "print('keras' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    command = [sys.executable, "-c", script]
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    assert process.stdout.split() == ["False", "False"]
