"""What a search that goes on is asked for again."""

from __future__ import annotations

from pathlib import Path

from nnlab.cli.tune_resume import limits_of
from nnlab.runs.search import SearchRecord


def test_only_limits_of_later_commands_are_given_again(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("tune: {max_trials: 14, max_time: 1m}\n")
    begun = SearchRecord("a-tune", "a", max_trials=14, max_time=60.0)
    assert limits_of(begun, tmp_path) == []
    later = SearchRecord("a-tune", "a", max_trials=20, max_time=90.0)
    options = ["--trials tune.max_trials=20", "--max-time tune.max_time=90.0"]
    assert limits_of(later, tmp_path) == options
