"""Tests of syntax errors that the table of bad configs does not contain."""

from __future__ import annotations

import pytest

from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("a: 'x\n", "1:4", "A quote is not closed."),
        ("a: `x`\n", "1:4", "A value cannot start with '`'."),
        ("a: [1, 2\nb: 3\nc: 4\n", "1:4", "A `[` is not closed."),
        ("a: [1, {b: 2]\n", "1:8", "A `{` is not closed."),
        ("a: [1, 2]]\n", "1:10", "Unmatched `]`."),
        ("name: a\nseed:5\n", "2:1", "Expected a colon after the key."),
        ("a:\n  b:5\n  c: 6\n", "2:3", "Expected a colon after the key."),
        ("a: 1\n\n  b: 6\n", "3:3", "A key is indented below a key that already has a value."),
        ("a: 1\n# so\n  b: 6\n", "3:3", "The indentation does not match the lines above."),
        ('a: "\\xZZ"\n', "1:7", "A backslash in double quotes starts an escape sequence"),
        ("a: {\n", "1:4", "A `{` is not closed."),
        ("a: [[1, 2], [3\n", "1:13", "A `[` is not closed."),
        ("- a\nb: c\n", "2:1", "The indentation does not match the list above."),
        ("a: |9x\n  b\n", "1:6", "Invalid YAML: "),
        ("a: 1\n---\nb: 2\n", "2:1", "Expected one document."),
    ],
)
def test_syntax_errors_are_located_where_to_fix_them(
    text: str, location: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml(text, "a.yaml")
    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic.location) == f"a.yaml:{location}"
    assert diagnostic.message.startswith(message)
    assert not diagnostic.path
