"""YAML text to a document: each value with its place, each duplicate key found, `1e-3` a number.

The rules for scalars are those of YAML 1.2 (`no` and `on` are text), not PyYAML's YAML 1.1.
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

# No config comes near these. A few lines of aliases can stand for billions of values, and values
# nested too deeply overflow the stack of libyaml, which ends the whole process.
_MOST_VALUES = 100_000
_DEEPEST = 50
_LARGEST = 2**63

_TAG = "tag:yaml.org,2002:"
_KEY_TAGS = (f"{_TAG}str", f"{_TAG}int")
# Plain text of these kinds was meant as a name.
_WORD_TAGS = (f"{_TAG}float", f"{_TAG}bool", f"{_TAG}null")
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
    """PyYAML's composer with YAML 1.2's rules for plain scalars."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


for _kind, (_, _first) in _SCALARS.items():
    for _character in _first.replace("\0", ""):
        _Loader.yaml_implicit_resolvers.setdefault(_character, []).append(
            (f"{_TAG}{_kind}", _PATTERNS[_kind])
        )
_Loader.yaml_implicit_resolvers[""] = [(f"{_TAG}null", re.compile(r"^$"))]


def read_yaml(text: str, file: str) -> Document:
    """Read one YAML document.

    Args:
        text: The text.
        file: What faults call the file.

    Returns:
        The document; of a key that stands twice its first value, and a fault; of a key that is a
        number with decimals, `true` or `null` its text, and a fault.

    Raises:
        ConfigError: For text that is no YAML, or YAML beyond plain data.

    Example:
        >>> read_yaml("learning_rate: 1e-3", "a.yaml").tree
        {'learning_rate': 0.001}
    """
    reader = _Reader(file, text)
    try:
        _refuse_depth(text, file)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError((syntax_error(error, text, file),)) from None
    top = Location(file, 1, 1)
    tree = reader.value(root, ()) if root is not None else None
    if reader.diagnostics:
        raise ConfigError(tuple(sorted([*reader.diagnostics, *reader.lesser], key=_place)))
    marks = {**reader.marks, (): Mark(top, top, top)}
    return Document(tree, marks, diagnostics=tuple(reader.lesser), unread=tuple(reader.unread))


def _place(diagnostic: Diagnostic) -> Location:
    return diagnostic.location or Location("")


def _refuse_depth(text: str, file: str) -> None:
    """Look at the brackets and indents before libyaml follows them down."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        mark = event.start_mark
        if depth > _DEEPEST and mark is not None:
            raise _too_deep(Location(file, mark.line + 1, mark.column + 1), ())


def _too_deep(where: Location, path: Path) -> ConfigError:
    message = f"Expected at most {_DEEPEST} values inside each other. Received: more."
    return ConfigError(
        (Diagnostic(message, format_path(path), where, "Close what was opened before."),)
    )


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.marks: dict[Path, Mark] = {}
        self.diagnostics: list[Diagnostic] = []
        # Those that leave data to judge, and of these what is below a key that was told already.
        self.lesser: list[Diagnostic] = []
        self.unread: list[Path] = []
        self._open: set[int] = set()
        self._count = 0

    def place(self, node: yaml.Node) -> Location:
        mark = node.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def value(self, node: yaml.Node, path: Path, key: yaml.Node | None = None) -> Any:
        here = self.place(node)
        leads = self.place(key) if key is not None else here
        nested = isinstance(node, yaml.MappingNode) or node.tag == f"{_TAG}null"
        self.marks[path] = Mark(leads, here, leads if nested else here)
        self._keep_within_bounds(here, path)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if id(node) in self._open:
            self.diagnostic(node, path, "An alias stands inside its own anchor.", "Write it out.")
            return None
        if node.tag not in (f"{_TAG}seq", f"{_TAG}map"):
            return self.unknown_tag(node, path)
        self._open.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            data: Any = [
                self.value(item, (*path, position)) for position, item in enumerate(node.value)
            ]
        else:
            data = self.mapping(node, path)
        self._open.discard(id(node))
        return data

    def _keep_within_bounds(self, here: Location, path: Path) -> None:
        self._count += 1
        if len(path) > _DEEPEST:
            raise _too_deep(here, path)
        if self._count > _MOST_VALUES:
            message = f"Expected at most {_MOST_VALUES:,} values. Received: more, by aliases."
            raise ConfigError((Diagnostic(message, format_path(path), here, "Remove aliases."),))

    def mapping(self, node: yaml.Node, path: Path) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        seen: dict[Any, Location] = {}
        for key_node, value_node in self.pairs(node, path):
            key = self.key(key_node, value_node, path)
            if key is None:
                continue
            if key in seen:
                message = f"Key `{key}` stands twice; first at line {seen[key].line}."
                diagnostic = Diagnostic(
                    message, format_path((*path, key)), self.place(key_node), "Remove one of them."
                )
                self.lesser.append(diagnostic)
                continue
            seen[key] = self.place(key_node)
            data[key] = self.value(value_node, (*path, key), key_node)
        return data

    def key(self, node: yaml.Node, value: yaml.Node, path: Path) -> str | int | None:
        """A key; None for one that cannot be meant, which is a fault."""
        # Nothing stands behind it, not even a colon.
        between = self.text[node.end_mark.index : value.start_mark.index]
        lone = value.start_mark.index == value.end_mark.index and ":" not in between
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _KEY_TAGS:
            text = node.value if isinstance(node, yaml.ScalarNode) else "a list or a mapping"
            message = f"Expected a name as key. Received: {text or 'null'}."
            if node.tag in _WORD_TAGS and text and not lone:
                # The text that was meant, quotes or not.
                hint = f"Put it in quotes: '{text}'."
                self.lesser.append(Diagnostic(message, format_path(path), self.place(node), hint))
                self.unread.append((*path, text))
                return str(text)
            hint = "Remove the braces." if lone and text else "Write a word."
            self.diagnostic(node, path, message, hint)
            return None
        text, plain = node.value, not node.style
        if plain and text.startswith("-") and node.tag == f"{_TAG}str":
            message = f"There is no space behind the dash of `{text}`."
            self.diagnostic(node, path, message, f"Write `- {text[1:]}`.")
            return None
        if plain and lone and ":" in text:
            message = f"There is no space behind the colon of `{text}`."
            self.diagnostic(node, path, message, f"Write `{text.replace(':', ': ', 1)}`.")
            return None
        if lone and node.tag == f"{_TAG}int":
            message = f"Nothing stands behind the key {text}."
            self.diagnostic(node, path, message, "Write decimals with a point, not a comma.")
            return None
        key: str | int | None = self.scalar(node, path)
        return key

    def pairs(
        self, node: yaml.Node, path: Path, above: tuple[int, ...] = ()
    ) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """A mapping's own pairs, then those merged in with `<<` that it does not override."""
        own = [pair for pair in node.value if pair[0].tag != f"{_TAG}merge"]
        yield from own
        names = {key.value for key, _ in own if isinstance(key, yaml.ScalarNode)}
        for key, merged in node.value:
            if key.tag != f"{_TAG}merge":
                continue
            for source in merged.value if isinstance(merged, yaml.SequenceNode) else [merged]:
                self._keep_within_bounds(self.place(key), path)
                if not isinstance(source, yaml.MappingNode):
                    hint = "Point it at a mapping's anchor."
                    self.diagnostic(source, path, "`<<` merges mappings only.", hint)
                    continue
                if id(source) in (id(node), *above):
                    message = "An alias stands inside its own anchor."
                    self.diagnostic(key, path, message, "Write it out.")
                    continue
                for pair in self.pairs(source, path, (id(node), *above)):
                    if isinstance(pair[0], yaml.ScalarNode) and pair[0].value not in names:
                        names.add(pair[0].value)
                        yield pair

    def scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        kind = node.tag.removeprefix(_TAG)
        text = node.value
        if kind in ("str", "merge"):
            return text
        if kind not in _PATTERNS:
            return self.unknown_tag(node, path)
        if not _PATTERNS[kind].match(text):
            self.diagnostic(
                node, path, f"Expected !!{kind}. Received: {text!r}.", "Remove the tag."
            )
            return None
        if kind == "int":
            return self.whole_number(node, path)
        if kind == "float":
            return float(re.sub(r"^([-+]?)\.(inf|nan)$", r"\1\2", text, flags=re.IGNORECASE))
        return {"t": True, "f": False}.get(text[:1].lower())

    def whole_number(self, node: yaml.ScalarNode, path: Path) -> int | None:
        text = node.value
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        # Python itself refuses to read thousands of digits.
        number = int(text, base) if len(text) <= len(str(_LARGEST)) + 2 else _LARGEST
        if abs(number) < _LARGEST:
            return number
        message = f"Expected a number of 64 bits at most. Received: {text:.60}."
        self.diagnostic(node, path, message, "Write a smaller one.")
        return None

    def unknown_tag(self, node: yaml.Node, path: Path) -> None:
        tag = node.tag.replace(_TAG, "!!")
        message = f"Expected plain data. Received: the tag `{tag}`."
        self.diagnostic(node, path, message, "Write the plain value.")

    def diagnostic(self, node: yaml.Node, path: Path, message: str, hint: str) -> None:
        self.diagnostics.append(Diagnostic(message, format_path(path), self.place(node), hint))
