"""Output paths that the user names."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.errors import RequestError
from nnlab.report.output_file import IMAGE_SUFFIXES, check_suffix, write_output_file


def test_suffix_is_matched_regardless_of_case() -> None:
    check_suffix(Path("Curves.PNG"), IMAGE_SUFFIXES)


def test_other_suffix_is_rejected_with_a_valid_name() -> None:
    with pytest.raises(RequestError, match=r"path='a/mnist\.yaml'.*'mnist\.svg'"):
        check_suffix(Path("a/mnist.yaml"), IMAGE_SUFFIXES)


def test_unwritable_file_is_reported_with_its_reason_and_hint(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match=r"file/a\.svg.*error='.+'\. Use --out\."):
        write_output_file(tmp_path / "file" / "a.svg", "", "Use --out.")
