"""What a comparison changes in a config: by its file, then by the command line."""

from __future__ import annotations

from pathlib import Path as FilePath

from nnlab.config.comparison import Changes
from nnlab.config.document import Document, Path
from nnlab.config.merging import assign, assignment_path, override, parted
from nnlab.config.reading import anchored
from nnlab.config.yaml_source import read_yaml
from nnlab.errors import ConfigError, Fault, Location

# No variant changes these: the comparison has its own.
OWN = {"seed": "seeds", "name": "name", "extends": "base"}


class VariantChanges:
    """A config, and what has been changed in it so far.

    Args:
        document: The config as it was.

    Example:
        >>> changing = VariantChanges(Document({"training": {"epochs": 3}}))
        >>> changing.override("--device training.device=cpu")
        >>> changing.document.tree, changing.changes
        ({'training': {'epochs': 3, 'device': 'cpu'}}, {'training.device': 'cpu'})
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.changes: Changes = {}

    def assign(self, key: str, path: Path, value: Document, folder: FilePath) -> None:
        """Change a value.

        Args:
            key: The dotted key, as it was written.
            path: Its path.
            value: The value.
            folder: Where a file that the value names is looked for.

        Raises:
            ConfigError: The path leads nowhere.
        """
        self.document = anchored(assign(self.document, path, value), folder)
        self._note(key, path, value, folder)

    def override(self, assignment: str) -> None:
        """Change a value from the command line.

        Args:
            assignment: As `--set` takes it. The seeds of a comparison follow from `seed`: that is
                changed, and is yet no change of a variant.

        Raises:
            ConfigError: It cannot be read, leads nowhere, or is no variant's to change.
        """
        flag, key, text = parted(assignment)
        path = assignment_path(assignment)
        if path == ("name",):
            raise no_variants_to_change(key, key, Location(flag))
        self.document = anchored(override(self.document, assignment), FilePath.cwd())
        if path != ("seed",):
            self._note(key, path, read_yaml(text or "", flag), FilePath.cwd())

    def _note(self, key: str, path: Path, value: Document, folder: FilePath) -> None:
        """Note a change as the last, in words that mean the same in a file of another folder."""
        tree = anchored(assign(Document({}), path, value), folder).tree
        for part in path:
            tree = tree[part]
        self.changes.pop(key, None)
        self.changes[key] = tree


def no_variants_to_change(key: str, path: str, where: Location | None) -> ConfigError:
    """The error for a key that the comparison itself has, for all of its variants.

    Args:
        key: One of `OWN`.
        path: Where it was said, for the message.
        where: Its place.
    """
    message = f"`{key}` is no variant's to change."
    remedy = f"Say it at the top of the comparison, as `{OWN[key]}`."
    return ConfigError((Fault(message, path, where, remedy),))
