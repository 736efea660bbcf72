"""The search space that a config marks: which values are open, and what given values make of it.

A marker stands where the value would stand: `units: {Int: {min_value: 8, max_value: 128}}`.
`Repeat` stands among the layers of a Sequential model. The names and arguments are those of Keras
Tuner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from nnlab.config.document import Document, Path, dotted
from nnlab.config.problems import Collector, Problem, problems_error, shown
from nnlab.config.words.word import Section, Word

Sampling = Literal["linear", "log", "reverse_log"]

_ROUNDING = 1e-9


class Marker(Word):
    """An open value of a config (`keras_tuner.HyperParameters`)."""

    family: ClassVar[str] = "a search marker"
    example: ClassVar[str] = "Int: {min_value: 8, max_value: 128}"

    def samples(self) -> list[Any]:
        """Values that stand for all that the marker may become, the first for its default."""
        raise NotImplementedError


class _Range(Section):
    """What `Int` and `Float` have in common."""

    def samples(self) -> list[Any]:
        """The default, and both ends."""
        low, high, default = (getattr(self, name) for name in ("min_value", "max_value", "default"))
        return list(dict.fromkeys([low if default is None else default, low, high]))

    @model_validator(mode="after")
    def _range_is_sound(self) -> Self:
        low, high, step = (getattr(self, name) for name in ("min_value", "max_value", "step"))
        sampling, default = (getattr(self, name) for name in ("sampling", "default"))
        problems = []
        if low > high:
            message = f"min_value must not be above max_value. Received: {low} and {high}."
            raise problems_error([Problem(("min_value",), message, "Swap them.")])
        if default is not None and not low <= default <= high:
            message = f"Expected a default from {low} to {high}. Received: default={default}."
            remedy = "Choose one in between, or leave it out."
            problems.append(Problem(("default",), message, remedy))
        if sampling != "linear":
            problems += _log_problems(sampling, low, step)
        elif step is not None:
            if not _reaches(low, high, step):
                message = f"Steps of {step} from {low} miss max_value {high}."
                remedy = "Choose a step that divides the range."
                problems.append(Problem(("step",), message, remedy))
            elif default is not None and not problems and not _reaches(low, default, step):
                message = f"Steps of {step} from {low} miss the default {default}."
                problems.append(Problem(("default",), message, "Choose one that they reach."))
        if problems:
            raise problems_error(problems)
        return self


def _log_problems(sampling: str, low: float, step: float | None) -> Iterator[Problem]:
    if low <= 0:
        message = f"{sampling} sampling needs min_value above 0. Received: min_value={low}."
        yield Problem(("min_value",), message, "Raise it, or use linear sampling.")
    if step is not None and step <= 1:
        message = (
            f"With {sampling} sampling a step multiplies, so it must be above 1. "
            f"Received: step={step}."
        )
        yield Problem(("step",), message, "Write `step: 2` to double.")


def _reaches(low: float, end: float, step: float) -> bool:
    """Whether steps from the least end there, as far as rounding lets one tell."""
    steps = (end - low) / step
    return isfinite(steps) and abs(steps - round(steps)) <= _ROUNDING * max(1.0, abs(steps))


class Int(_Range, Marker):
    """A whole number between two others."""

    min_value: int = Field(description="The least.")
    max_value: int = Field(description="The most.")
    step: Annotated[int, Field(gt=0)] | None = Field(
        None, description="From one value to the next; None: 1."
    )
    sampling: Sampling = Field("linear", description="How likely small and large values are.")
    default: int | None = Field(None, description="The first value tried; None: the least.")


class Float(_Range, Marker):
    """A number between two others."""

    min_value: float = Field(description="The least.")
    max_value: float = Field(description="The most.")
    step: Annotated[float, Field(gt=0)] | None = Field(
        None, description="From one value to the next; None: any."
    )
    sampling: Sampling = Field("linear", description="How likely small and large values are.")
    default: float | None = Field(None, description="The first value tried; None: the least.")


class Choice(Marker):
    """One of several values, of any kind: numbers, names, layers."""

    values: list[Any] = Field(min_length=1, description="What there is to choose from.")
    ordered: bool | None = Field(
        None, description="Whether neighbours are alike; None: if they are numbers."
    )
    default: Any = Field(None, description="The first value tried; None: the first of them.")

    def samples(self) -> list[Any]:
        """The positions of all of them, that of the default first."""
        first = 0 if self.default is None else self.values.index(self.default)
        return list(dict.fromkeys([first, *range(len(self.values))]))

    @model_validator(mode="after")
    def _default_is_among_them(self) -> Self:
        if self.default is not None and self.default not in self.values:
            message = (
                f"Expected a default from the values. Received: default={shown(self.default)}."
            )
            raise problems_error([Problem(("default",), message, "Choose one of them.")])
        return self


class Boolean(Marker):
    """True or false."""

    default: bool = Field(False, description="The first value tried.")

    def samples(self) -> list[Any]:
        """Both."""
        return [self.default, not self.default]


class Repeat(Marker):
    """Layers that stand in the model several times, how often being open too."""

    times: Int | int = Field(description="How often: {Int: {min_value: 0, max_value: 10}}.")
    layers: list[Any] = Field(min_length=1, description="The layers that are repeated.")

    def samples(self) -> list[Any]:
        """Numbers of repetitions: once, and, as far as they may be, none and twice."""
        low, high = (
            (self.times.min_value, self.times.max_value)
            if isinstance(self.times, Int)
            else (self.times, self.times)
        )
        # Once always, so that what is wrong inside is found.
        return [1, *([0] if low == 0 else []), *([2] if high > 1 else [])]

    @field_validator("times", mode="plain")
    @classmethod
    def _read_times(cls, value: object) -> Int | int:
        if isinstance(value, Int) or (isinstance(value, int) and not isinstance(value, bool)):
            times: Int | int = value
        elif isinstance(value, Mapping) and list(value) == ["Int"]:
            collector = Collector()
            with collector.reading("Int"):
                times = Int.from_arguments(value["Int"])
            collector.raise_if_any()
        else:
            times = -1
        if (times.min_value if isinstance(times, Int) else times) < 0:
            message = (
                "Expected a whole number, 0 or more, or `{Int: …}` over such. "
                f"Received: times={shown(value)}."
            )
            raise problems_error([Problem((), message, "Write `times: 2`.")])
        return times


@dataclass(frozen=True)
class OpenValue:
    """A marker and where it stands in the config.

    Args:
        path: Its path in the document.
        marker: What it may become.
    """

    path: Path
    marker: Marker

    def __str__(self) -> str:
        """The marker in the words of the config, `units: Int 8..128`."""
        return f"{dotted(self.path)}: {self.marker.to_tree()}"


# What a marker becomes: a number for Int and Float, true or false for Boolean, a position among its
# values for Choice, a number of repetitions for Repeat.
Pick = Callable[[OpenValue], Any]


def find_markers(document: Document) -> tuple[Document, list[OpenValue], list[Problem]]:
    """Every marker of a config, outer before inner, and what is wrong with those that are unsound.

    Args:
        document: The config.

    Returns:
        The config, nothing in the place of unsound markers; the sound markers; the problems, with
        paths from the top.

    Example:
        >>> find_markers(Document({"epochs": {"Choice": [1, 2]}}))[1][0].path
        ('epochs',)
    """
    found, problems = _find(document.tree, ())
    unsound = {path for path, problem in problems}
    tree = _without(document.tree, (), unsound)
    sound = [value for value in found if not any(_below(value.path, path) for path in unsound)]
    unread = (*document.unread, *unsound)
    return (
        replace(document, tree=tree, unread=unread),
        sound,
        [problem for _, problem in problems],
    )


def _below(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def _find(tree: Any, path: Path) -> tuple[list[OpenValue], list[tuple[Path, Problem]]]:
    """Markers, and problems, each with the path of the marker that has it."""
    found: list[OpenValue] = []
    problems: list[tuple[Path, Problem]] = []
    named = _as_marker(tree)
    problems += ((path, problem) for problem in _beside_from(tree, path))
    inside = path
    if named is not None:
        word, arguments = named
        inside = (*path, word.called())
        collector = Collector()
        collector.add(*_misplaced(word, path))
        with collector.reading(*inside):
            found.append(OpenValue(path, word.from_arguments(arguments)))
        problems += [(path, problem) for problem in collector.problems()]
        if word not in (Choice, Repeat):
            return found, problems
        tree = arguments
    for key, value in _items(tree):
        if named is not None and key == "times":
            continue
        inner, wrong = _find(value, (*inside, key))
        found += inner
        problems += wrong
    return found, problems


def _beside_from(tree: Any, path: Path) -> Iterator[Problem]:
    """A marker that stands for a layer of a Functional model, but not for the whole of it."""
    for key in (
        tree if isinstance(tree, Mapping) and "from" in tree and path[:1] == ("model",) else ()
    ):
        if key == "Repeat":
            yield from _misplaced(Repeat, path)
        elif key in Marker.members:
            message = f"A search marker, {key}, stands beside `from`."
            remedy = "Let it stand for the whole: `{Choice: [{Dense: 8, from: …}, …]}`."
            yield Problem((*path, key), message, remedy, at_key=True)


def _items(tree: Any) -> list[tuple[Any, Any]]:
    if isinstance(tree, Mapping):
        return list(tree.items())
    return list(enumerate(tree)) if isinstance(tree, list) else []


def _misplaced(word: type[Marker], path: Path) -> Iterator[Problem]:
    """What is wrong with the place of a marker."""
    if path[:1] in (("name",), ("tune",), ("extends",)):
        message = f"A search marker, {word.called()}, stands where nothing can be searched."
        yield Problem(path, message, "Write a plain value.")
    elif word is Repeat and (path[:-1] != ("model", "layers") or isinstance(path[-1], str)):
        message = "Repeat stands elsewhere than among the layers of a Sequential model."
        yield Problem(
            (*path, word.called()), message, "Put it directly into `model.layers`.", at_key=True
        )


def _without(tree: Any, path: Path, unsound: set[Path]) -> Any:
    """The tree with nothing in the place of some values."""
    if path in unsound:
        return None
    if isinstance(tree, Mapping):
        return {key: _without(value, (*path, key), unsound) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_without(value, (*path, at), unsound) for at, value in enumerate(tree)]
    return tree


def _as_marker(tree: Any) -> tuple[type[Marker], Any] | None:
    if not isinstance(tree, Mapping) or len(tree) != 1:
        return None
    ((name, arguments),) = tree.items()
    word = Marker.members.get(name)
    return (word, arguments) if word is not None and issubclass(word, Marker) else None


def fill(document: Document, pick: Pick) -> Document:
    """The document with a value in the place of each marker.

    Args:
        document: A config whose markers can be read (see `find_markers`).
        pick: What each marker becomes.

    Returns:
        A document without markers, whose values still know where they were written.

    Example:
        >>> fill(Document({"epochs": {"Int": {"min_value": 1, "max_value": 3}}}), lambda _: 2).tree
        {'epochs': 2}
    """
    moves: dict[Path, Path] = {}
    tree = _fill(document.tree, (), (), pick, moves)
    # A lone value's faults stand where it stands, not at the key of the mapping that it was.
    marks = {
        path: replace(mark, inside=mark.value)
        for path in moves.values()
        if (mark := document.marks.get(path)) is not None
    }
    return replace(document, marks={**document.marks, **marks}).moved(tree, moves)


def _fill(tree: Any, new: Path, old: Path, pick: Pick, moves: dict[Path, Path]) -> Any:
    named = _as_marker(tree)
    if named is not None:
        word, arguments = named
        value = pick(OpenValue(old, word.from_arguments(arguments)))
        if word is not Choice:
            moves[new] = old
            return value
        inside: Path = (
            (word.called(), "values") if isinstance(arguments, Mapping) else (word.called(),)
        )
        options = arguments["values"] if isinstance(arguments, Mapping) else arguments
        moves[new] = (*old, *inside, value)
        return _fill(options[value], new, moves[new], pick, moves)
    if isinstance(tree, Mapping):
        return {
            key: _fill(value, (*new, key), (*old, key), pick, moves) for key, value in tree.items()
        }
    if isinstance(tree, list):
        return _fill_list(tree, new, old, pick, moves)
    return tree


def _fill_list(
    items: list[Any], new: Path, old: Path, pick: Pick, moves: dict[Path, Path]
) -> list[Any]:
    filled: list[Any] = []
    for position, item in enumerate(items):
        at = (*old, position)
        named = _as_marker(item)
        parts = [(at, item)]
        if named is not None and named[0] is Repeat:
            repeat = Repeat.from_arguments(named[1])
            times = pick(OpenValue(at, repeat))
            layers = enumerate(named[1]["layers"])
            parts = [
                ((*at, repeat.called(), "layers", index), layer) for index, layer in layers
            ] * times
        for source, part in parts:
            here = (*new, len(filled))
            moves[here] = source
            filled.append(_fill(part, here, source, pick, moves))
    return filled


def sample_picks(markers: list[OpenValue]) -> Iterator[Pick]:
    """Ways to fill a config that together put every option and both ends of every range in it.

    Args:
        markers: All its markers.

    Yields:
        One way for the defaults, then one for each further value of each marker.
    """
    yield lambda at: at.marker.samples()[0]
    for target in markers:
        for value in target.marker.samples()[1:]:
            yield lambda at, target=target, value=value: _toward(at, target, value)  # type: ignore[misc]


def _toward(at: OpenValue, target: OpenValue, value: Any) -> Any:
    """The value of the target where it stands; elsewhere what leads to it."""
    if at.path == target.path:
        return value
    inside = target.path[len(at.path) :]
    if isinstance(at.marker, Choice) and target.path[: len(at.path)] == at.path:
        return next(part for part in inside if isinstance(part, int))
    return at.marker.samples()[0]
