"""What the parser complains of, beyond the table of bad configs: every complaint has its words."""

from __future__ import annotations

import pytest

from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 'x\n", "a.yaml:1:4: A quoted text is not closed. Close the quote."),
        ("a: `x`\n", "a.yaml:1:4: A value cannot begin with '`'. Put it in quotes."),
        ("a: [1, 2\nb: 3\nc: 4\n", "a.yaml:1:4: A `[` is not closed."),
        ("a: [1, {b: 2]\n", "a.yaml:1:8: A `{` is not closed."),
        ("a: [1, 2]]\n", "a.yaml:1:10: A `]` closes nothing. Remove it."),
        ("name: a\nseed:5\n", "a.yaml:2:1: A key has no colon."),
        ("a:\n  b:5\n  c: 6\n", "a.yaml:2:3: A key has no colon."),
        ("a: 1\n\n  b: 6\n", "a.yaml:3:3: A key stands deeper than the one above"),
        ("a: 1\n# so\n  b: 6\n", "a.yaml:3:3: The indentation does not fit the lines above."),
        ('a: "\\xZZ"\n', "a.yaml:1:7: A backslash in double quotes begins an escape"),
        ("a: {\n", "a.yaml:1:4: A `{` is not closed."),
        ("a: [[1, 2], [3\n", "a.yaml:1:13: A `[` is not closed."),
        ("- a\nb: c\n", "a.yaml:2:1: The indentation does not fit the list above. Align it."),
        ("a: |9x\n  b\n", "a.yaml:1:6: This is not YAML: "),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: There is more than one document."),
    ],
)
def test_complaint_stands_where_it_is_mended(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml(text, "a.yaml")
    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic).startswith(told)
