"""The small language of `nnlab runs --where`: comparisons of a run's keys, joined by words."""

from __future__ import annotations

import ast
import difflib
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nnlab.errors import RequestError
from nnlab.runs.query.keys import RunKeys
from nnlab.runs.records.run import RunStatus

ValueOf = Callable[[str], Any]

_LONGEST = 1000
_NEAR = 3
_EXAMPLE = "metrics.test_accuracy > 0.97 and config.training.batch_size == 32"
_WORDS = {"and", "or", "not", "in", "is", "if", "else", "for", "lambda", "None", "True", "False"}
_CONSTANTS = {"null": "None", "none": "None", "true": "True", "false": "False"}
# Texts in quotes and numbers are passed over; `layers.0.Dense`, a key to us, is no Python.
_TOKENS = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d[\w.]*)"""
    r"""|(?P<key>[^\W\d]\w*(?:\.\w+)*)"""
)
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, many: item in many,
    ast.NotIn: lambda item, many: item not in many,
}

_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True)
class Condition:
    """A condition on a run's keys.

    Args:
        text: As the user wrote it.
        keys: The keys it names.
        body: What it says, as Python's parser reads it; a key stands there by its position.
    """

    text: str
    keys: tuple[str, ...]
    body: ast.expr

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Reads a condition: nothing of it is ever run as code.

        Args:
            text: Comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`) of keys, numbers,
                quoted texts and lists of them, joined by `and`, `or`, `not` and parentheses. A key
                alone asks whether it has a value.

        Returns:
            The condition.

        Raises:
            RequestError: The text says something else.

        Example:
            >>> condition = Condition.parse("metrics.loss < 0.1 and 'moons' in name")
            >>> condition.keys
            ('metrics.loss', 'name')
            >>> condition.holds({"metrics.loss": 0.02, "name": "two_moons"}.get)
            True
        """
        keys: list[str] = []

        def stand_in(found: re.Match[str]) -> str:
            key = found["key"]
            if key is None or key in _WORDS:
                return found[0]
            if key in _CONSTANTS:
                return _CONSTANTS[key]
            if key not in keys:
                keys.append(key)
            return f"_{keys.index(key)}"

        try:
            if len(text) > _LONGEST:
                raise _wrong(text, f"it has {len(text):,} characters, and {_LONGEST:,} are read.")
            body = ast.parse(_TOKENS.sub(stand_in, text).strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            hint = " Two equals signs compare: ==." if re.search(r"[^=<>!]=[^=]", text) else ""
            raise _wrong(text, f"it cannot be read.{hint}") from error
        condition = cls(text, tuple(keys), body)
        condition._check(body)
        return condition

    def holds(self, value_of: ValueOf) -> bool:
        """Whether a run satisfies it.

        Args:
            value_of: The value of a key; None where the run has none. What is missing is neither
                larger nor smaller than anything.
        """
        return bool(self._value(self.body, value_of))

    def _check(self, node: ast.expr) -> None:
        """Refuses all that is no condition: calls, arithmetic, names of Python's own."""
        match node:
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
                pass
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=part):
                parts = [part]
            case ast.Compare(left=left, ops=ops, comparators=others) if all(
                type(op) in _COMPARISONS for op in ops
            ):
                parts = [left, *others]
            case ast.Name() | ast.Constant(value=bool() | int() | float() | str() | None):
                parts = []
            case _:
                known = "comparisons, lists, `and`, `or`, `not` and parentheses"
                raise _wrong(self.text, f"it may only hold {known}.")
        for part in parts:
            self._check(part)

    def _value(self, node: ast.expr, value_of: ValueOf) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return value_of(self.keys[int(name[1:])])
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return [self._value(part, value_of) for part in parts]
            case ast.UnaryOp(op=ast.USub(), operand=part):
                value = self._value(part, value_of)
                return -value if isinstance(value, (int, float)) else None
        return self._truth(node, value_of)

    def _truth(self, node: ast.expr, value_of: ValueOf) -> bool:
        match node:
            case ast.UnaryOp(operand=part):
                return not self._value(part, value_of)
            case ast.BoolOp(op=word, values=parts):
                joined = all if isinstance(word, ast.And) else any
                return joined(self._value(part, value_of) for part in parts)
            case ast.Compare(left=first, ops=comparisons, comparators=others):
                values = [self._value(part, value_of) for part in (first, *others)]
                return all(
                    _compare(comparison, left, right)
                    for comparison, (left, right) in zip(comparisons, pairwise(values), strict=True)
                )
        return False


def parse_conditions(texts: Sequence[str]) -> list[Condition]:
    """Reads several conditions.

    Args:
        texts: The conditions, as `Condition.parse` takes them.

    Returns:
        The conditions.

    Raises:
        RequestError: Some cannot be read; all of them are told.
    """
    conditions, faults = [], []
    for text in texts:
        try:
            conditions.append(Condition.parse(text))
        except RequestError as error:
            faults.append(str(error))
    if faults:
        raise RequestError("\n".join(faults))
    return conditions


def select(runs: Sequence[RunKeys], conditions: Sequence[Condition]) -> list[RunKeys]:
    """The runs that satisfy every condition.

    Args:
        runs: The runs, in any order.
        conditions: What they are to satisfy.

    Returns:
        Some of the runs, in their order.

    Raises:
        RequestError: A condition names a key that no run has, asks for a status that there is not,
            or whether a text is larger than a number; all such faults are told.
    """
    named = {key: one.text for one in conditions for key in one.keys}
    unknown = [key for key in named if runs and not any(run.has(key) for run in runs)]
    if unknown:
        known = sorted({name for run in runs for name in run.names()})
        raise RequestError("\n".join(_unknown(key, named[key], known) for key in unknown))
    if misfits := [words for one in conditions for words in _misfits(one, runs)]:
        raise RequestError("\n".join(dict.fromkeys(misfits)))
    return [run for run in runs if all(one.holds(run.__getitem__) for one in conditions)]


def _unknown(key: str, text: str, known: Sequence[str]) -> str:
    """What is said of a key that no run has."""
    # By its last part too: whoever types `accuracy` looks for `metrics.val_accuracy`.
    last = key.rpartition(".")[2]
    near = difflib.get_close_matches(key, known, n=_NEAR)
    near += [name for name in known if name.rpartition(".")[2] == last]
    near += [name for name in known if last in name.rpartition(".")[2]]
    shown = ", ".join(list(dict.fromkeys(near))[:_NEAR])
    hint = f" Close to it: {shown}." if near else ""
    quoted = "" if "." in key else f" A text stands in quotes: '{key}'."
    message = f"Expected a key that a run has. Received: {key!r} in --where {text!r}.{hint}{quoted}"
    return f"{message} `nnlab runs --json` shows the keys of the record."


def _misfits(condition: Condition, runs: Sequence[RunKeys]) -> Iterator[str]:
    """What is said of comparisons that no run can satisfy, whatever its values."""
    for node in ast.walk(condition.body):
        if not isinstance(node, ast.Compare):
            continue
        for op, sides in zip(node.ops, pairwise((node.left, *node.comparators)), strict=True):
            for name, other in (sides, sides[::-1]):
                if isinstance(name, ast.Name):
                    key = condition.keys[int(name.id[1:])]
                    constants = [
                        part.value for part in ast.walk(other) if isinstance(part, ast.Constant)
                    ]
                    yield from _misfit(condition.text, key, op, constants, runs)


def _misfit(
    text: str, key: str, op: ast.cmpop, constants: Sequence[Any], runs: Sequence[RunKeys]
) -> Iterator[str]:
    received = f"in --where {text!r}."
    if key == "status" and not isinstance(op, _ORDERS):
        words = ", ".join(RunStatus)
        for word in constants:
            if word not in [*RunStatus, None]:
                yield f"Expected a status: {words}. Received: {word!r} {received}"
    if not isinstance(op, _ORDERS):
        return
    values = [value for run in runs if (value := run[key]) is not None]
    if not values:
        return
    numbers = [isinstance(value, (int, float)) for value in values]
    for constant in constants:
        if isinstance(constant, str) and all(numbers):
            message = f"Expected a number, as {key} is one. Received: {constant!r} {received}"
            yield f"{message} A number stands without quotes."
        elif isinstance(constant, (int, float)) and not any(numbers):
            message = f"Expected a text, as {key} is one. Received: {constant!r} {received}"
            yield f"{message} A text stands in quotes, as in {key} > '{values[0]}'."


def _compare(op: ast.cmpop, left: Any, right: Any) -> bool:
    """One comparison; what cannot be compared does not satisfy it."""
    try:
        return bool(_COMPARISONS[type(op)](left, right))
    except TypeError:
        return False


def _wrong(text: str, reason: str) -> RequestError:
    message = f"Expected a condition such as {_EXAMPLE!r}. Received: --where {text!r}; {reason}"
    return RequestError(message)
