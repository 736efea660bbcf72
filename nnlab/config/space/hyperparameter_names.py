"""Names of hyperparameters, short enough for headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

# They say where a value stands, not what it is.
_PLACES = frozenset({"model", "layers", "training", "data", "Choice", "values"})


def marker_name(name: str) -> str:
    """What the repetitions of a hyperparameter have in common: its path in the config.

    Args:
        name: A hyperparameter's name.

    Example:
        >>> marker_name("model.layers.1.Repeat[2].layers.0.Dense.units")
        'model.layers.1.Repeat.layers.0.Dense.units'
    """
    return re.sub(r"(?<=\.Repeat)\[\d+\]", "", name)


def repetition(name: str) -> str:
    """Which repetition a hyperparameter belongs to, `[2]`; empty outside `Repeat`.

    Args:
        name: A hyperparameter's name.
    """
    found = re.search(r"(?<=\.Repeat)\[\d+\]", name)
    return found.group() if found else ""


def short_names(names: Iterable[str]) -> dict[str, str]:
    """A short name for each of several hyperparameters; no two are equal.

    Args:
        names: The names; of repetitions too, which keep their numbers.

    Returns:
        The short name of each.

    Example:
        >>> list(short_names(["model.layers.0.Dense.units", "training.optimizer"]).values())
        ['units', 'optimizer']
        >>> repeated = "model.layers.1.Repeat[2].layers.0.Dense.units"
        >>> list(short_names(["model.layers.0.Dense.units", repeated]).values())
        ['Dense.units', 'Repeat.Dense.units [2]']
    """
    several = list(dict.fromkeys(names))
    plain = list(dict.fromkeys(map(marker_name, several)))
    short: dict[str, str] = {}
    for name in plain:
        forms = (form for form in _FORMS if _tells(name, form, plain))
        short[name] = next(forms, _whole)(name)
    return {
        name: " ".join(filter(None, (short[marker_name(name)], repetition(name))))
        for name in several
    }


def _tells(name: str, form: Callable[[str], str], names: Iterable[str]) -> bool:
    return sum(form(other) == form(name) for other in names) == 1


def _parts(name: str, *, numbered: bool) -> Iterator[str]:
    """The parts of a name that say something; a layer without a word is called by its position."""
    parts = name.split(".")
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if part.isdecimal() and last:
            yield f"{parts[position - 1]}.{part}"
        elif (part.isdecimal() and numbered) or not (part.isdecimal() or part in _PLACES):
            yield part


def _last(name: str) -> str:
    parts = list(_parts(name, numbered=False))
    # A position is one among the layers of the model, unless it is told whose.
    inside = parts[-1].rpartition(".")[2].isdecimal() and "Repeat" in parts
    return f"Repeat.{parts[-1]}" if inside else parts[-1]


def _last_two(name: str) -> str:
    return ".".join(list(_parts(name, numbered=False))[-2:])


def _words(name: str) -> str:
    return ".".join(_parts(name, numbered=False))


def _numbered(name: str) -> str:
    return ".".join(_parts(name, numbered=True))


def _whole(name: str) -> str:
    return name


_FORMS = (_last, _last_two, _words, _numbered)
