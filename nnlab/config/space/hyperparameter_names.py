"""Short, unique names of hyperparameters for headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

# Parts of a path that only structure the config.
_STRUCTURE = frozenset({"model", "layers", "training", "data", "Choice", "values"})


def marker_name(name: str) -> str:
    """Return the path of a hyperparameter's marker: its name without the repetition."""
    return re.sub(r"(?<=\.Repeat)\[\d+\]", "", name)


def repetition(name: str) -> str:
    """Return the repetition of a hyperparameter, such as `[2]`; empty outside `Repeat`."""
    match = re.search(r"(?<=\.Repeat)\[\d+\]", name)
    return match.group() if match else ""


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Map hyperparameters to short names, all different."""
    unique_names = list(dict.fromkeys(names))
    markers = list(dict.fromkeys(map(marker_name, unique_names)))
    short: dict[str, str] = {}
    for marker in markers:
        forms = (form for form in _FORMS if _is_unique(marker, form, markers))
        short[marker] = next(forms, str)(marker)
    return {
        name: " ".join(filter(None, (short[marker_name(name)], repetition(name))))
        for name in unique_names
    }


def _is_unique(name: str, form: Callable[[str], str], names: Iterable[str]) -> bool:
    return sum(form(other) == form(name) for other in names) == 1


def _parts(name: str, *, numbered: bool) -> Iterator[str]:
    """Yield the descriptive parts of a name; a layer without a class by its position."""
    parts = name.split(".")
    for position, part in enumerate(parts):
        is_last = position == len(parts) - 1
        if part.isdecimal() and is_last:
            yield f"{parts[position - 1]}.{part}"
        elif (part.isdecimal() and numbered) or not (part.isdecimal() or part in _STRUCTURE):
            yield part


def _last_part(name: str) -> str:
    parts = list(_parts(name, numbered=False))
    # A bare position would be read as one in `model.layers`.
    is_in_repeat = parts[-1].rpartition(".")[2].isdecimal() and "Repeat" in parts
    return f"Repeat.{parts[-1]}" if is_in_repeat else parts[-1]


def _last_two_parts(name: str) -> str:
    return ".".join(list(_parts(name, numbered=False))[-2:])


def _without_positions(name: str) -> str:
    return ".".join(_parts(name, numbered=False))


def _with_positions(name: str) -> str:
    return ".".join(_parts(name, numbered=True))


# From the shortest to the longest.
_FORMS = (_last_part, _last_two_parts, _without_positions, _with_positions)
