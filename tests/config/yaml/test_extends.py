"""Tests of what distinguishes a comparison file from a config."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.yaml.extends import is_comparison_file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("base: a.yaml\n", True),
        ("variants: {}\n", True),
        ("grid: 3\n", True),
        ("base: a.yaml\nmodel: {}\n", False),
        ("name: a\n", False),
        ("- 1\n", False),
        ("{", False),
    ],
)
def test_a_comparison_is_recognized_by_its_keys(text: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(text)
    assert is_comparison_file(tmp_path / "a.yaml") is expected
