"""YAML text to a document: every value with its place, every duplicate key found, numbers as people write them.

The rules for scalars are those of YAML 1.2 (`1e-3` is a number, `no` and `on` are text), not PyYAML's YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from nnlab.config.document import Document, Mark, Path, dotted
from nnlab.errors import ConfigError, Fault, Location

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_SCALARS = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "merge": (r"<<", "<"),
}
_VALUES = {"null": None, "true": True, "false": False}


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """PyYAML's composer with YAML 1.2's rules for plain scalars."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


for _kind, (_pattern, _first) in _SCALARS.items():
    for _character in _first.replace("\0", ""):
        _Loader.yaml_implicit_resolvers.setdefault(_character, []).append(
            (f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_pattern})$"))
        )
_Loader.yaml_implicit_resolvers[""] = [("tag:yaml.org,2002:null", re.compile(r"^$"))]


def read_yaml(text: str, file: str) -> Document:
    """Read one YAML document.

    Args:
        text: The text.
        file: What faults call the file.

    Returns:
        The document.

    Raises:
        ConfigError: For text that is no YAML, for duplicate keys, and for tags other than YAML's own.

    Example:
        >>> read_yaml("learning_rate: 1e-3", "a.yaml").tree
        {'learning_rate': 0.001}
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError((_syntax_fault(error, text, file),)) from None
    reader = _Reader(file)
    tree = reader.value(root, ()) if root is not None else None
    if reader.faults:
        raise ConfigError(tuple(reader.faults))
    return Document(tree, reader.marks, sources={file: text})


def read_scalar(text: str) -> Any:
    """Read the value of `--set KEY=VALUE`, which is YAML too.

    Args:
        text: The value.

    Returns:
        Plain data.

    Raises:
        ConfigError: For text that is no YAML.

    Example:
        >>> read_scalar("{Adam: {learning_rate: 1e-2}}")
        {'Adam': {'learning_rate': 0.01}}
    """
    return read_yaml(text, "--set").tree


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[Path, Mark] = {}
        self.faults: list[Fault] = []
        self._open: set[int] = set()

    def place(self, node: yaml.Node) -> Location:
        mark = node.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def value(self, node: yaml.Node, path: Path, key: yaml.Node | None = None) -> Any:
        here = self.place(node)
        self.marks[path] = Mark(self.place(key) if key is not None else here, here)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if id(node) in self._open:
            self.fault(node, path, "An alias stands inside its own anchor.", "Write the value out.")
            return None
        self._open.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            data: Any = [
                self.value(item, (*path, position)) for position, item in enumerate(node.value)
            ]
        else:
            data = self.mapping(node, path)
        self._open.discard(id(node))
        return data

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        seen: dict[Any, Location] = {}
        for key_node, value_node in self.pairs(node, path):
            key = self.scalar(key_node, path) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str | int) or isinstance(key, bool):
                self.fault(
                    key_node, path, f"Expected a name as key. Received: {key!r}.", "Write a word."
                )
                continue
            if key in seen:
                message = f"Key `{key}` stands twice; first at line {seen[key].line}."
                self.fault(key_node, (*path, key), message, "Remove one of them.")
                continue
            seen[key] = self.place(key_node)
            data[key] = self.value(value_node, (*path, key), key_node)
        return data

    def pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """A mapping's own pairs, then those merged in with `<<` that it does not override."""
        own = [pair for pair in node.value if pair[0].tag != "tag:yaml.org,2002:merge"]
        yield from own
        names = {key.value for key, _ in own if isinstance(key, yaml.ScalarNode)}
        for key, merged in node.value:
            if key.tag != "tag:yaml.org,2002:merge":
                continue
            for source in merged.value if isinstance(merged, yaml.SequenceNode) else [merged]:
                if not isinstance(source, yaml.MappingNode):
                    self.fault(
                        source,
                        path,
                        "`<<` merges mappings only.",
                        "Point it at a mapping's anchor.",
                    )
                    continue
                for pair in source.value:
                    if isinstance(pair[0], yaml.ScalarNode) and pair[0].value not in names:
                        names.add(pair[0].value)
                        yield pair

    def scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        text = node.value
        if kind in ("str", "merge"):
            return text
        if kind == "int":
            return int(text, 0) if text.lstrip("+-")[:2] in ("0o", "0x") else int(text)
        if kind == "float":
            return float(re.sub(r"^([-+]?)\.(inf|nan)$", r"\1\2", text, flags=re.IGNORECASE))
        if kind in ("bool", "null"):
            return _VALUES.get(text.lower())
        self.fault(node, path, f"Tag `{node.tag}` is not known here.", "Write the plain value.")
        return None

    def fault(self, node: yaml.Node, path: Path, message: str, remedy: str) -> None:
        self.faults.append(Fault(message, dotted(path), self.place(node), remedy))


_REMEDIES = (
    ("'\\t'", "A tab stands where YAML wants spaces.", "Indent with spaces."),
    (
        "expected ',' or ']'",
        "A `[` is not closed.",
        "Close it with `]`, or put a comma between its values.",
    ),
    (
        "expected ',' or '}'",
        "A `{` is not closed.",
        "Close it with `}`, or put a comma between its keys.",
    ),
    (
        "mapping values are not allowed",
        "A `:` stands where no key can.",
        "Check the indentation, or quote the text.",
    ),
    (
        "did not find expected key",
        "The indentation does not fit the lines above.",
        "Align it with the other keys.",
    ),
    (
        "expected <block end>",
        "The indentation does not fit the lines above.",
        "Align it with the other keys.",
    ),
    ("could not find expected ':'", "A key has no `:`.", "Write `key: value`."),
    ("undefined alias", "The alias has no anchor.", "Define it with `&name` above."),
    ("unexpected end of stream", "A quoted text is not closed.", "Close the quote."),
    ("but found another document", "There is more than one document.", "Keep one; remove `---`."),
)


def _syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    where = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
    if mark and "\t" in _indent(text, mark.line):
        problem = "'\\t'"
        where = Location(file, mark.line + 1, _indent(text, mark.line).index("\t") + 1)
    opened = getattr(error, "context_mark", None)
    if "expected ',' or" in problem and opened:
        where = Location(file, opened.line + 1, opened.column + 1)
    for sign, message, remedy in _REMEDIES:
        if sign in problem:
            return Fault(message, "", where, remedy)
    return Fault(f"This is not YAML: {problem}.", "", where, "Check the line and the one above it.")


def _indent(text: str, line: int) -> str:
    lines = text.splitlines()
    content = lines[line] if line < len(lines) else ""
    return content[: len(content) - len(content.lstrip())]
