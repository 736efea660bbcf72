"""The plot of a benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.report.plots.benchmark import plot_step_times
from tests.report.devices import cpu_only, result_of, with_gpu


@pytest.mark.slow
def test_plot_shows_each_device_and_leaves_out_failed_points(tmp_path: Path) -> None:
    plots = {}
    for name, record in (
        ("both", with_gpu(0.001, 0.001, 0.001, 0.001)),
        ("failed", with_gpu(0.001, 0.001, 0.001, 0.001, failed=512)),
        ("alone", cpu_only()),
    ):
        plot_step_times(result_of(record), tmp_path / f"{name}.png", title="mnist")
        plots[name] = (tmp_path / f"{name}.png").read_bytes()
    assert all(content.startswith(b"\x89PNG") for content in plots.values())
    assert len(set(plots.values())) == 3
