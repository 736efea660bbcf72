"""The conditions of `nnlab runs --where`: comparisons of a run's keys, joined by and, or, not."""

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

_MAX_LENGTH = 1000
_MAX_SUGGESTIONS = 3
_EXAMPLE = "metrics.test_accuracy > 0.97 and config.training.batch_size == 32"
_KEYWORDS = {
    *("and", "or", "not", "in", "is", "if", "else", "for", "lambda"),
    *("None", "True", "False"),
}
_CONSTANTS = {"null": "None", "none": "None", "true": "True", "false": "False"}
# Quoted strings and numbers are skipped. Keys such as `layers.0.Dense` are not valid Python.
_TOKENS = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d[\w.]*)"""
    r"""|(?P<key>[^\W\d]\w*(?:\.\w+)*)"""
)
_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}

_ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True)
class Condition:
    """A condition on a run's keys.

    Args:
        text: The condition as the user wrote it.
        keys: The keys that it names.
        body: The parsed condition, in which `_0` is the first key.
    """

    text: str
    keys: tuple[str, ...]
    body: ast.expr

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Parse a condition; it is never executed as code.

        Args:
            text: Comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`) of keys, numbers,
                quoted strings and lists of them, joined by `and`, `or`, `not` and parentheses. A
                key alone is true if it has a value.

        Returns:
            The condition.

        Raises:
            RequestError: If the text is not a condition.

        Example:
            >>> condition = Condition.parse("metrics.loss < 0.1 and 'moons' in name")
            >>> condition.keys
            ('metrics.loss', 'name')
            >>> condition.holds({"metrics.loss": 0.02, "name": "two_moons"}.get)
            True
        """
        keys: list[str] = []

        def replace_key(match: re.Match[str]) -> str:
            key = match["key"]
            if key is None or key in _KEYWORDS:
                return match[0]
            if key in _CONSTANTS:
                return _CONSTANTS[key]
            if key not in keys:
                keys.append(key)
            return f"_{keys.index(key)}"

        try:
            if len(text) > _MAX_LENGTH:
                reason = f"it has {len(text):,} characters; the maximum is {_MAX_LENGTH:,}."
                raise _invalid(text, reason)
            body = ast.parse(_TOKENS.sub(replace_key, text).strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            hint = " Compare with two equals signs: ==." if re.search(r"[^=<>!]=[^=]", text) else ""
            raise _invalid(text, f"it cannot be parsed.{hint}") from error
        condition = cls(text, tuple(keys), body)
        condition._check(body)
        return condition

    def holds(self, value_of: ValueOf) -> bool:
        """Return whether a run satisfies the condition, given its value of a key or None.

        A missing value is neither larger nor smaller than any other.
        """
        return bool(self._value(self.body, value_of))

    def _check(self, node: ast.expr) -> None:
        """Raise an error for anything but conditions: calls, arithmetic, other Python."""
        match node:
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
                pass
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=part):
                parts = [part]
            case ast.Compare(left=left, ops=ops, comparators=comparators) if all(
                type(op) in _OPERATORS for op in ops
            ):
                parts = [left, *comparators]
            case ast.Name() | ast.Constant(value=bool() | int() | float() | str() | None):
                parts = []
            case _:
                allowed = "comparisons, lists, `and`, `or`, `not` and parentheses"
                raise _invalid(self.text, f"only {allowed} are allowed.")
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
            case ast.BoolOp(op=op, values=parts):
                combine = all if isinstance(op, ast.And) else any
                return combine(self._value(part, value_of) for part in parts)
            case ast.Compare(left=first, ops=ops, comparators=comparators):
                values = [self._value(part, value_of) for part in (first, *comparators)]
                return all(
                    _compare(op, left, right)
                    for op, (left, right) in zip(ops, pairwise(values), strict=True)
                )
        return False


def parse_conditions(texts: Sequence[str]) -> list[Condition]:
    """Parse several conditions; one error reports all that are invalid."""
    conditions, messages = [], []
    for text in texts:
        try:
            conditions.append(Condition.parse(text))
        except RequestError as error:
            messages.append(str(error))
    if messages:
        raise RequestError("\n".join(messages))
    return conditions


def select(runs: Sequence[RunKeys], conditions: Sequence[Condition]) -> list[RunKeys]:
    """Return the runs that satisfy all conditions, in their order.

    Raises:
        RequestError: If a condition names a key that no run has or a status that does not exist, or
            compares strings with numbers; one error reports all of these.
    """
    texts = {key: condition.text for condition in conditions for key in condition.keys}
    unknown = [key for key in texts if runs and not any(run.has(key) for run in runs)]
    if unknown:
        known = sorted({name for run in runs for name in run.names()})
        raise RequestError("\n".join(_unknown_key(key, texts[key], known) for key in unknown))
    if messages := [
        message for condition in conditions for message in _mismatches(condition, runs)
    ]:
        raise RequestError("\n".join(dict.fromkeys(messages)))
    return [
        run for run in runs if all(condition.holds(run.__getitem__) for condition in conditions)
    ]


def _unknown_key(key: str, text: str, known: Sequence[str]) -> str:
    """Return the message for a key that no run has."""
    # The last part is compared, too: `accuracy` suggests `metrics.val_accuracy`.
    last = key.rpartition(".")[2]
    close = difflib.get_close_matches(key, known, n=_MAX_SUGGESTIONS)
    close += [name for name in known if name.rpartition(".")[2] == last]
    close += [name for name in known if last in name.rpartition(".")[2]]
    suggestions = ", ".join(list(dict.fromkeys(close))[:_MAX_SUGGESTIONS])
    hint = f" Similar keys: {suggestions}." if close else ""
    quotes = "" if "." in key else f" Quote a string: '{key}'."
    message = f"Expected a key of a run. Received: {key!r} in --where {text!r}.{hint}{quotes}"
    return f"{message} `nnlab runs --json` shows all keys of the records."


def _mismatches(condition: Condition, runs: Sequence[RunKeys]) -> Iterator[str]:
    """Yield the messages for comparisons that no value can satisfy."""
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
                    yield from _mismatch(condition.text, key, op, constants, runs)


def _mismatch(
    text: str, key: str, op: ast.cmpop, constants: Sequence[Any], runs: Sequence[RunKeys]
) -> Iterator[str]:
    source = f"in --where {text!r}."
    if key == "status" and not isinstance(op, _ORDERINGS):
        statuses = ", ".join(RunStatus)
        for constant in constants:
            if constant not in [*RunStatus, None]:
                yield f"Expected a status: {statuses}. Received: {constant!r} {source}"
    if not isinstance(op, _ORDERINGS):
        return
    values = [value for run in runs if (value := run[key]) is not None]
    if not values:
        return
    are_numbers = [isinstance(value, (int, float)) for value in values]
    for constant in constants:
        if isinstance(constant, str) and all(are_numbers):
            message = f"Expected a number to compare with {key}. Received: {constant!r} {source}"
            yield f"{message} Write numbers without quotes."
        elif isinstance(constant, (int, float)) and not any(are_numbers):
            message = f"Expected a string to compare with {key}. Received: {constant!r} {source}"
            yield f"{message} Quote it: {key} > '{values[0]}'."


def _compare(op: ast.cmpop, left: Any, right: Any) -> bool:
    """Return the result of a comparison, False for values that cannot be compared."""
    try:
        return bool(_OPERATORS[type(op)](left, right))
    except TypeError:
        return False


def _invalid(text: str, reason: str) -> RequestError:
    message = f"Expected a condition such as {_EXAMPLE!r}. Received: --where {text!r}; {reason}"
    return RequestError(message)
