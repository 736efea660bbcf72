"""Finding the run that a user means."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import RunNotFoundError
from nnlab.runs.io.layout import RunKind, kind_of
from nnlab.runs.query.listing import read_record_or_broken, run_folders
from nnlab.runs.query.stored import StoredRun, read_run

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 8
# What `nnlab reproduce` adds to the id of the run that it repeats.
_AGAIN = r"-again(-\d+)?$"
# What follows a run's name in its id; a repeated run has the same name.
_TIME = re.compile(rf"-\d{{8}}T\d{{6}}Z-\w+({_AGAIN}|$)")


def find_run(name: str, runs_dir: Path, kind: RunKind | None = None) -> StoredRun:
    """Finds the run that a user means.

    Args:
        name: A run's folder, its id, a prefix that only one id starts with, its name where only one
            has it, or `last` for the one that was started last. A repetition, `<id>-again`, counts
            only where no other run answers. A run inside another follows after a slash:
            `last/trials/3` lies in the newest that has such a one.
        runs_dir: The folder of all runs.
        kind: What it must be; `last` is then the last of this kind. None: anything.

    Returns:
        The run.

    Raises:
        RunNotFoundError: None answers to the name, or more than one; or it is of another kind.
        DataError: The run's record cannot be read.
    """
    return read_run(_folder(name, runs_dir, kind))


def _folder(name: str, runs_dir: Path, kind: RunKind | None) -> Path:
    """The folder of the run that a user means, whatever its record."""
    folders = run_folders(runs_dir)
    if kind is None:
        return _find(name, runs_dir, folders)
    wanted = [path for path in folders if kind_of(path) is kind]
    if name == "last" and not wanted:
        raise RunNotFoundError(_none(name, runs_dir, kind))
    try:
        # A training of the best config has the name of its search.
        found = _find(name, runs_dir, wanted)
    except RunNotFoundError:
        found = _find(name, runs_dir, folders)
    other = kind_of(found) or RunKind.RUN
    if other is kind:
        return found
    message = f"Expected {kind.words}. Received: run={name!r}, which is {other.words}."
    ids = sorted((path.name for path in wanted), key=_age)
    there = f"There are: {_some(ids)}." if ids else f"Start one with: {kind.command}"
    raise RunNotFoundError(f"{message} {there}")


def find_runs(names: Sequence[str], runs_dir: Path) -> list[StoredRun]:
    """Finds the runs that a user means.

    Args:
        names: Names as `find_run` takes them.
        runs_dir: The folder of all runs.

    Returns:
        The runs, in the order of the names.

    Raises:
        RunNotFoundError: Some names have no run, or more than one; all of them are told.
        DataError: A run's record cannot be read.
    """
    return [read_run(path) for path in find_folders(names, runs_dir)]


def find_folders(names: Sequence[str], runs_dir: Path) -> list[Path]:
    """Finds the folders of the runs that a user means, whether their records can be read or not.

    Args:
        names: Names as `find_run` takes them.
        runs_dir: The folder of all runs.

    Returns:
        The folders, in the order of the names.

    Raises:
        RunNotFoundError: Some names have no run, or more than one; all of them are told.
    """
    found, faults = [], []
    for name in names:
        try:
            found.append(_folder(name, runs_dir, None))
        except RunNotFoundError as error:
            faults.append(str(error))
    if faults:
        raise RunNotFoundError("\n".join(faults))
    return found


def _find(name: str, runs_dir: Path, folders: Sequence[Path]) -> Path:
    """The folder of a name, where those of all runs are known."""
    for path in (runs_dir / name, Path(name)):
        if name and kind_of(path) is not None:
            return _normalize(path)
    outer, _, inner = name.partition("/")
    for path in (runs_dir / name, Path(name)):
        # A folder's name may be the start of an id as well, its path may not.
        if name and (path.is_file() or (inner and path == Path(name) and path.is_dir())):
            raise RunNotFoundError(_no_run(path, name))
    if outer and inner:
        return _find_inside(outer, inner, runs_dir, folders)
    if name == "last" and folders:
        return _newest_first(folders)[0]
    ids = sorted((path.name for path in folders), key=_age)
    if not ids:
        raise RunNotFoundError(_none(name, runs_dir, RunKind.RUN))
    matches = [one for one in ids if name and one.startswith(name)]
    # `mnist` means the only run of that name, though `mnist_dropout` begins alike.
    named = [one for one in matches if _TIME.match(one, len(name))]
    likely = named or matches
    # To repeat a run takes nothing from its name.
    originals = [one for one in likely if not re.search(_AGAIN, one)]
    if len(originals or likely) == 1:
        return runs_dir / (originals or likely)[0]
    if matches:
        message = f"Expected the start of one run's id. Received: run={name!r}, where"
        there = f"{len(matches)} begin: {_some(matches)}"
        raise RunNotFoundError(f"{message} {there}. Type more of it, or 'last' for the newest.")
    raise RunNotFoundError(_unknown(name, runs_dir, ids))


def _normalize(path: Path) -> Path:
    """A path without `..`, that can be renamed; a link at its end stays one."""
    if ".." not in path.parts:
        return path
    return path.resolve() if path.name == ".." else path.parent.resolve() / path.name


def _find_inside(outer: str, inner: str, runs_dir: Path, folders: Sequence[Path]) -> Path:
    """The folder of a run that lies in that of another; of a path, what it lacks."""
    path = Path(outer, inner)
    if kind_of(runs_dir / outer) is None and path.parent.is_dir():
        ids = sorted((one.name for one in run_folders(path.parent)), key=_age)
        raise RunNotFoundError(_unknown(path.name, path.parent, ids))
    # A training after a search would hide the search's trials.
    news = _newest_first(folders) if outer == "last" else []
    part = inner.partition("/")[0]
    having = [path for path in news if (path / part).is_dir()]
    whole = having[0] if having else _find(outer, runs_dir, folders)
    if kind_of(whole / inner) is not None:
        return whole / inner
    inside = read_run(whole).inside()
    message = f"Expected the folder of a run in {whole}. Received: {inner!r}."
    there = f"There are: {_some(inside)}." if inside else "There is none in it."
    raise RunNotFoundError(f"{message} {there}")


def _newest_first(folders: Sequence[Path]) -> list[Path]:
    return sorted(
        folders, key=lambda path: (read_record_or_broken(path).created, path.name), reverse=True
    )


def _none(name: str, runs_dir: Path, kind: RunKind) -> str:
    """What is said where there is nothing to find."""
    message = f"Expected {kind.words}. Received: run={name!r}, and {runs_dir} holds none."
    if kind is RunKind.RUN:
        return f"{message} Train one with: {kind.command}, or name the folder with --runs-dir."
    return f"{message} Start one with: {kind.command}"


def _unknown(name: str, folder: Path, ids: Sequence[str]) -> str:
    """What is said where no run of a folder answers to a name."""
    if not ids:
        return _none(name, folder, RunKind.RUN)
    message = (
        f"Expected a run's folder, id, the start of its id, or 'last'. Received: run={name!r}."
    )
    return f"{message}{_hint(name, ids)} The runs in {folder}: {_some(ids)}."


def _no_run(path: Path, name: str) -> str:
    """What is said where something else was named, perhaps in a run's folder."""
    what = "a file" if path.is_file() else "a folder that holds none"
    message = f"Expected a run's folder, its id, or 'last'. Received: run={name!r}, {what}."
    folder = next((one for one in path.parents if kind_of(one) is not None), None)
    return f"{message} Name a run." if folder is None else f"{message} Name its run: {folder}"


def _age(run: str) -> tuple[str, str]:
    """What ids are ordered by: their time, the oldest first."""
    found = _TIME.search(run)
    return (found[0] if found else "", run)


def _hint(name: str, ids: Sequence[str]) -> str:
    """The id that begins most like what was typed; nobody types the time and the hash."""
    starts = {one[: len(name)]: one for one in ids}
    near = difflib.get_close_matches(name, starts, n=1) if name else []
    return f" Did you mean {starts[near[0]]!r}?" if near else ""


def _some(names: Sequence[str]) -> str:
    """The newest few of many ids, and how many more there are."""
    shown = ", ".join(names[-_SHOWN:])
    return shown if len(names) <= _SHOWN else f"{shown}, and {len(names) - _SHOWN} more"
