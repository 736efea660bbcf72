"""The curves of several runs in one plot."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from nnlab.errors import RequestError
from nnlab.report.plots import plot_overlay

HISTORIES = {
    "A: first": {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7], "accuracy": [0.5, 0.9]},
    "B: second": {"loss": [100.0, 0.2, math.nan]},
}


def test_one_file_has_all_metrics_and_equal_numbers_give_equal_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    assert plot_overlay(HISTORIES, ["loss", "accuracy"], first) == [first]
    plot_overlay(HISTORIES, ["loss", "accuracy"], second)
    assert ET.parse(first).getroot().tag.endswith("svg")  # noqa: S314 - our own file
    assert first.read_bytes() == second.read_bytes()


def test_folder_gets_a_png_per_metric(tmp_path: Path) -> None:
    files = plot_overlay(HISTORIES, ["loss", "accuracy"], tmp_path / "new")
    assert [file.name for file in files] == ["loss.png", "accuracy.png"]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


def test_unsupported_suffix_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"\.svg or \.png"):
        plot_overlay(HISTORIES, ["loss"], tmp_path / "curves.jpg")
