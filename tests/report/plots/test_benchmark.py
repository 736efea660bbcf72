"""The picture of a comparison of devices."""

from __future__ import annotations

from pathlib import Path

from nnlab.report.plots.benchmark import plot_step_times
from tests.report.devices import cpu_alone, table_of, with_gpu


def test_picture_shows_each_device_and_leaves_out_what_failed(tmp_path: Path) -> None:
    pictures = {}
    for name, record in (
        ("both", with_gpu(0.001, 0.001, 0.001, 0.001)),
        ("failed", with_gpu(0.001, 0.001, 0.001, 0.001, failed=512)),
        ("alone", cpu_alone()),
    ):
        plot_step_times(table_of(record), tmp_path / f"{name}.png", title="mnist")
        pictures[name] = (tmp_path / f"{name}.png").read_bytes()
    assert all(content.startswith(b"\x89PNG") for content in pictures.values())
    assert len(set(pictures.values())) == 3
