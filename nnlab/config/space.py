"""The search space that a config marks: which values are open, and the config that given values make of it.

A marker stands where the value would stand: `units: {Int: {min_value: 8, max_value: 128}}`. `Repeat` stands among the
layers of a Sequential model. The names and arguments are those of Keras Tuner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from nnlab.config.document import Document, Path, dotted
from nnlab.config.problems import Collector, Problem, problems_error
from nnlab.config.words.word import Word

Sampling = Literal["linear", "log", "reverse_log"]


class Marker(Word):
    """An open value of a config (`keras_tuner.HyperParameters`)."""

    family: ClassVar[str] = "a search marker"

    def samples(self) -> list[Any]:
        """Values that stand for all that the marker may become, the first for its default."""
        raise NotImplementedError


class _Range(Marker):
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
            problems.append(Problem(("min_value",), message, "Swap them."))
        elif default is not None and not low <= default <= high:
            message = f"The default must lie between {low} and {high}. Received: default={default}."
            problems.append(
                Problem(("default",), message, "Choose one in between, or leave it out.")
            )
        if sampling != "linear" and low <= 0:
            message = f"{sampling} sampling needs min_value above 0. Received: min_value={low}."
            problems.append(Problem(("min_value",), message, "Raise it, or use linear sampling."))
        if sampling != "linear" and step is not None and step <= 1:
            message = f"With {sampling} sampling a step multiplies, so it must be above 1. Received: step={step}."
            problems.append(Problem(("step",), message, "Write `step: 2` to double."))
        if (
            sampling == "linear"
            and step is not None
            and low <= high
            and not _reaches(low, high, step)
        ):
            message = f"Steps of {step} from {low} miss max_value {high}."
            problems.append(Problem(("step",), message, "Choose a step that divides the range."))
        if problems:
            raise problems_error(problems)
        return self


def _reaches(low: float, high: float, step: float) -> bool:
    steps = (high - low) / step
    return abs(steps - round(steps)) < 1e-6


class Int(_Range):
    """A whole number between two others."""

    min_value: int = Field(description="The least.")
    max_value: int = Field(description="The most.")
    step: Annotated[int, Field(gt=0)] | None = Field(
        None, description="From one value to the next; None: 1."
    )
    sampling: Sampling = Field("linear", description="How likely small and large values are.")
    default: int | None = Field(None, description="The first value tried; None: the least.")


class Float(_Range):
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
        """The positions of all of them."""
        return list(range(len(self.values)))


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
        """Numbers of repetitions; validation looks at one of them."""
        return [1]

    @model_validator(mode="before")
    @classmethod
    def _times_may_be_marked(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("times"), Mapping):
            collector = Collector()
            with collector.reading("times"):
                marker = Marker.parse(data["times"])
                if isinstance(marker, Int) and marker.min_value >= 0:
                    return {**data, "times": marker}
                raise problems_error(
                    [Problem((), f"Expected Int from 0 or more. Received: {marker!r}.")]
                )
            raise collector.error()
        return data


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


# What a marker becomes: a number for Int and Float, true or false for Boolean, a position among its values for
# Choice, a number of repetitions for Repeat.
Pick = Callable[[OpenValue], Any]


def find_markers(tree: Any, path: Path = ()) -> tuple[list[OpenValue], list[Problem]]:
    """Every marker of a config, outer before inner, and what is wrong with those that cannot be read.

    Args:
        tree: The config as plain data.
        path: Where in the config it stands.

    Returns:
        The markers; the problems, with paths from the top.

    Example:
        >>> find_markers({"epochs": {"Choice": [1, 2]}})[0][0].path
        ('epochs',)
    """
    found: list[OpenValue] = []
    problems: list[Problem] = []
    named = _as_marker(tree)
    if named is not None:
        word, arguments = named
        at = (*path, word.called())
        collector = Collector()
        with collector.reading(*at):
            found.append(OpenValue(path, word.from_arguments(arguments)))
        problems += collector.problems()
        if word is Repeat and (not path or path[:-1] != ("model", "layers")):
            message = "Repeat stands where no list of layers is."
            problems.append(
                Problem(at, message, "Put it among the `layers` of a Sequential model.")
            )
        if word not in (Choice, Repeat):
            return found, problems
        path, tree = at, arguments
    items = (
        tree.items()
        if isinstance(tree, Mapping)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, value in items:
        if named is not None and key == "times":
            continue
        inner, wrong = find_markers(value, (*path, key))
        found += inner
        problems += wrong
    return found, problems


def _as_marker(tree: Any) -> tuple[type[Marker], Any] | None:
    if not isinstance(tree, Mapping) or len(tree) != 1:
        return None
    ((name, arguments),) = tree.items()
    word = Marker.members.get(name)
    return None if word is None else (word, arguments)


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
    return document.moved(_fill(document.tree, (), (), pick, moves), moves)


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
    """Ways to fill a config that together put every option and both ends of every range in it, once each.

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
