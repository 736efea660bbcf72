"""Parse YAML text into a document: the location of each value, duplicate keys, `1e-3` a number.

Scalars follow YAML 1.2 (`no` and `on` are text), not PyYAML's YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from nnlab.config.yaml.document import Document, Mark, Path, format_path
from nnlab.config.yaml.syntax_errors import syntax_error
from nnlab.errors import ConfigError, Diagnostic, Location

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Limits that no real config reaches. A few lines of aliases can expand to billions of values, and
# deep nesting overflows the stack of libyaml, which ends the process.
_MAX_VALUES = 100_000
_MAX_DEPTH = 50
_INTEGER_LIMIT = 2**63

_TAG = "tag:yaml.org,2002:"
_KEY_TAGS = (f"{_TAG}str", f"{_TAG}int")
# A plain key of one of these types was probably meant as text.
_QUOTABLE_KEY_TAGS = (f"{_TAG}float", f"{_TAG}bool", f"{_TAG}null")
# The pattern of each type of scalar, and the characters with which one can start.
_SCALARS = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        (
            r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
            r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
        ),
        "-+.0123456789",
    ),
    "merge": (r"<<", "<"),
}
_PATTERNS = {kind: re.compile(rf"^(?:{pattern})$") for kind, (pattern, _) in _SCALARS.items()}


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """PyYAML's composer with the scalars of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


for _kind, (_, _first) in _SCALARS.items():
    for _character in _first.replace("\0", ""):
        _Loader.yaml_implicit_resolvers.setdefault(_character, []).append(
            (f"{_TAG}{_kind}", _PATTERNS[_kind])
        )
_Loader.yaml_implicit_resolvers[""] = [(f"{_TAG}null", re.compile(r"^$"))]


def read_yaml(text: str, file: str) -> Document:
    """Read one YAML document."""
    reader = _Reader(file, text)
    try:
        _check_depth(text, file)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError((syntax_error(error, text, file),)) from None
    top = Location(file, 1, 1)
    tree = reader.value(root, ()) if root is not None else None
    if reader.errors:
        diagnostics = [*reader.errors, *reader.recoverable_errors]
        diagnostics.sort(key=lambda diagnostic: diagnostic.location or top)
        raise ConfigError(tuple(diagnostics))
    marks = {**reader.marks, (): Mark(top, top, top)}
    return Document(
        tree,
        marks,
        diagnostics=tuple(reader.recoverable_errors),
        unreadable=tuple(reader.unreadable),
    )


def _check_depth(text: str, file: str) -> None:
    """Raise an error if values are nested too deeply for libyaml's composer."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        mark = event.start_mark
        if depth > _MAX_DEPTH and mark is not None:
            raise _depth_error(Location(file, mark.line + 1, mark.column + 1), ())


def _depth_error(location: Location, path: Path) -> ConfigError:
    message = f"Expected at most {_MAX_DEPTH} nested levels. Received: more."
    hint = "Close the brackets that were opened before."
    return ConfigError((Diagnostic(message, format_path(path), location, hint),))


class _Reader:
    """Turns the nodes of PyYAML into plain data, and collects marks and errors."""

    def __init__(self, file: str, text: str) -> None:
        self.marks: dict[Path, Mark] = {}
        self.errors: list[Diagnostic] = []
        # Errors after which the rest is still validated, except what is at `unreadable` paths.
        self.recoverable_errors: list[Diagnostic] = []
        self.unreadable: list[Path] = []
        self._file = file
        self._text = text
        self._open_nodes: set[int] = set()
        self._count = 0

    def _locate(self, node: yaml.Node) -> Location:
        mark = node.start_mark
        return Location(self._file, mark.line + 1, mark.column + 1)

    def _add_error(self, node: yaml.Node, path: Path, message: str, hint: str) -> None:
        self.errors.append(Diagnostic(message, format_path(path), self._locate(node), hint))

    def value(self, node: yaml.Node, path: Path, key: yaml.Node | None = None) -> Any:
        """Return the data of a node."""
        location = self._locate(node)
        key_location = self._locate(key) if key is not None else location
        has_inside = isinstance(node, yaml.MappingNode) or node.tag == f"{_TAG}null"
        self.marks[path] = Mark(key_location, location, key_location if has_inside else location)
        self._check_limits(location, path)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if id(node) in self._open_nodes:
            message = "An alias is inside its own anchor."
            self._add_error(node, path, message, "Write the value out.")
            return None
        if node.tag not in (f"{_TAG}seq", f"{_TAG}map"):
            return self._unknown_tag(node, path)
        self._open_nodes.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            data: Any = [
                self.value(item, (*path, position)) for position, item in enumerate(node.value)
            ]
        else:
            data = self._mapping(node, path)
        self._open_nodes.discard(id(node))
        return data

    def _check_limits(self, location: Location, path: Path) -> None:
        self._count += 1
        if len(path) > _MAX_DEPTH:
            raise _depth_error(location, path)
        if self._count > _MAX_VALUES:
            message = f"Expected at most {_MAX_VALUES:,} values. Received: more, through aliases."
            diagnostic = Diagnostic(message, format_path(path), location, "Remove aliases.")
            raise ConfigError((diagnostic,))

    def _mapping(self, node: yaml.Node, path: Path) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        defined: dict[Any, Location] = {}
        for key_node, value_node in self._pairs(node, path):
            key = self._key(key_node, value_node, path)
            if key is None:
                continue
            location = self._locate(key_node)
            if key in defined:
                message = f"Duplicate key `{key}` (first defined on line {defined[key].line})."
                key_path = format_path((*path, key))
                diagnostic = Diagnostic(message, key_path, location, "Remove one of them.")
                self.recoverable_errors.append(diagnostic)
                continue
            defined[key] = location
            data[key] = self.value(value_node, (*path, key), key_node)
        return data

    def _key(self, node: yaml.Node, value: yaml.Node, path: Path) -> str | int | None:
        """Return a key, or None after an error."""
        between = self._text[node.end_mark.index : value.start_mark.index]
        has_no_value = value.start_mark.index == value.end_mark.index and ":" not in between
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _KEY_TAGS:
            text = node.value if isinstance(node, yaml.ScalarNode) else "a list or a mapping"
            message = f"Expected a name as key. Received: {text or 'null'}."
            if node.tag in _QUOTABLE_KEY_TAGS and text and not has_no_value:
                hint = f"Put it in quotes: '{text}'."
                diagnostic = Diagnostic(message, format_path(path), self._locate(node), hint)
                self.recoverable_errors.append(diagnostic)
                self.unreadable.append((*path, text))
                return str(text)
            hint = "Remove the braces." if has_no_value and text else "Write a name."
            self._add_error(node, path, message, hint)
            return None
        text, is_plain = node.value, not node.style
        if is_plain and text.startswith("-") and node.tag == f"{_TAG}str":
            message = f"Expected a space after the dash. Received: `{text}`."
            self._add_error(node, path, message, f"Write `- {text[1:]}`.")
            return None
        if is_plain and has_no_value and ":" in text:
            message = f"Expected a space after the colon. Received: `{text}`."
            self._add_error(node, path, message, f"Write `{text.replace(':', ': ', 1)}`.")
            return None
        if has_no_value and node.tag == f"{_TAG}int":
            message = f"Key {text} has no value."
            self._add_error(node, path, message, "Write decimals with a point, not a comma.")
            return None
        key: str | int | None = self._scalar(node, path)
        return key

    def _pairs(
        self, node: yaml.Node, path: Path, parents: tuple[int, ...] = ()
    ) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yield a mapping's pairs, then those merged with `<<` that it does not override."""
        own = [pair for pair in node.value if pair[0].tag != f"{_TAG}merge"]
        yield from own
        names = {key.value for key, _ in own if isinstance(key, yaml.ScalarNode)}
        for key, merged in node.value:
            if key.tag != f"{_TAG}merge":
                continue
            for source in merged.value if isinstance(merged, yaml.SequenceNode) else [merged]:
                self._check_limits(self._locate(key), path)
                if not isinstance(source, yaml.MappingNode):
                    hint = "Use the anchor of a mapping."
                    self._add_error(source, path, "`<<` merges mappings only.", hint)
                    continue
                if id(source) in (id(node), *parents):
                    message = "An alias is inside its own anchor."
                    self._add_error(key, path, message, "Write the value out.")
                    continue
                for pair in self._pairs(source, path, (id(node), *parents)):
                    if isinstance(pair[0], yaml.ScalarNode) and pair[0].value not in names:
                        names.add(pair[0].value)
                        yield pair

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        kind = node.tag.removeprefix(_TAG)
        text = node.value
        if kind in ("str", "merge"):
            return text
        if kind not in _PATTERNS:
            return self._unknown_tag(node, path)
        if not _PATTERNS[kind].match(text):
            message = f"Expected !!{kind}. Received: {text!r}."
            self._add_error(node, path, message, "Remove the tag.")
            return None
        if kind == "int":
            return self._integer(node, path)
        if kind == "float":
            return float(re.sub(r"^([-+]?)\.(inf|nan)$", r"\1\2", text, flags=re.IGNORECASE))
        return {"t": True, "f": False}.get(text[:1].lower())

    def _integer(self, node: yaml.ScalarNode, path: Path) -> int | None:
        text = node.value
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        # Python refuses to parse thousands of digits.
        fits = len(text) <= len(str(_INTEGER_LIMIT)) + 2
        number = int(text, base) if fits else _INTEGER_LIMIT
        if abs(number) < _INTEGER_LIMIT:
            return number
        message = f"Expected a whole number of at most 64 bits. Received: {text:.60}."
        self._add_error(node, path, message, "Use a smaller number.")
        return None

    def _unknown_tag(self, node: yaml.Node, path: Path) -> None:
        tag = node.tag.replace(_TAG, "!!")
        message = f"Expected a plain value. Received: the tag `{tag}`."
        self._add_error(node, path, message, "Remove the tag.")
