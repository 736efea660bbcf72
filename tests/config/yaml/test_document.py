"""Values keep their places through the steps that move them."""

from __future__ import annotations

import pytest

from nnlab.config.yaml.document import Document, Path, format_path
from nnlab.config.yaml.parser import read_yaml

WRITTEN = read_yaml("layers:\n  - Dense: 8\n  - {Dropout: 0.2}\nname:\n", "a.yaml")
# As after two steps: layer 1 became layer 0, then all of `layers` moved under `model`.
MOVED = WRITTEN.moved({}, {("layers", 0): ("layers", 1)}).moved(
    {}, {("model", "layers"): ("layers",)}
)


def place(document: Document, path: Path, *, at_key: bool = False) -> str:
    return str(document.locate(path, at_key=at_key)).removeprefix("a.yaml:")


def test_a_moved_value_is_found_where_it_was_written() -> None:
    assert MOVED.origin(("model", "layers", 0, "Dropout")) == ("layers", 1, "Dropout")
    assert place(MOVED, ("model", "layers", 0, "Dropout")) == "3:15"
    assert place(MOVED, ("model", "layers", 0, "Dropout"), at_key=True) == "3:6"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("layers", 0, "Dense", "units"), "2:12"),  # a lone value's faults stand at the value
        (("layers", 1, "rate"), "3:5"),
        (("name", "first"), "4:1"),  # nothing is there yet: at the key
        (("missing",), "1:1"),
    ],
)
def test_what_was_not_written_is_missing_from_the_nearest_that_was(
    path: Path, expected: str
) -> None:
    assert place(WRITTEN, path) == expected


def test_nothing_is_known_of_a_document_that_was_not_read() -> None:
    assert Document({"a": 1}).locate(("a",)) is None


def test_nothing_is_judged_below_what_could_not_be_read() -> None:
    document = Document({}, unread=(("training", "epochs"),))
    assert not document.can_judge(("training", "epochs"))
    assert not document.can_judge(("training", "epochs", "Int"))
    assert document.can_judge(("training",))


def test_of_a_part_only_what_is_in_it_is_judged() -> None:
    part = Document(WRITTEN.tree, WRITTEN.marks, is_part=True)
    assert part.can_judge(("layers", 0, "Dense"))
    assert not part.can_judge(("data",))


def test_paths_are_written_as_the_command_line_takes_them() -> None:
    assert format_path(("model", "layers", 0, "Dense")) == "model.layers.0.Dense"
    assert format_path(()) == ""
