"""Finding a run by the name that a user gives."""

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

_MAX_LISTED = 8
# `nnlab reproduce` appends this to the id of the run that it repeats.
_REPETITION = r"-again(-\d+)?$"
# The part of an id after the run's name; a repetition has the same name.
_ID_SUFFIX = re.compile(rf"-\d{{8}}T\d{{6}}Z-\w+({_REPETITION}|$)")


def find_run(name: str, runs_dir: Path, kind: RunKind | None = None) -> StoredRun:
    """Find a run by name.

    Args:
        name: A run's folder, its id, a unique prefix of the id, a run's name if only one run has
            it, or `last` for the run that was started last. Repetitions (`<id>-again`) are ignored
            if another run matches. A run inside another is named by its path: `last/trials/3` is in
            the newest run that has `trials`.
        runs_dir: The runs folder.
        kind: The required kind; `last` is then the last run of this kind. Defaults to None: any.

    Returns:
        The run.

    Raises:
        RunNotFoundError: If no run or several runs match, or the run is of another kind.
        DataError: If the run's record cannot be read.
    """
    return read_run(_find_folder(name, runs_dir, kind))


def find_runs(names: Sequence[str], runs_dir: Path) -> list[StoredRun]:
    """Find several runs by name, in the order of the names, see `find_run`.

    The error of names that match no run or several runs lists all of them.
    """
    return [read_run(path) for path in find_folders(names, runs_dir)]


def find_folders(names: Sequence[str], runs_dir: Path) -> list[Path]:
    """Find the folders of several runs, as `find_runs`, without reading their records."""
    folders, messages = [], []
    for name in names:
        try:
            folders.append(_find_folder(name, runs_dir, None))
        except RunNotFoundError as error:
            messages.append(str(error))
    if messages:
        raise RunNotFoundError("\n".join(messages))
    return folders


def _find_folder(name: str, runs_dir: Path, kind: RunKind | None) -> Path:
    """Find the folder of a run; runs of the required kind take precedence."""
    folders = run_folders(runs_dir)
    if kind is None:
        return _find(name, runs_dir, folders)
    candidates = [path for path in folders if kind_of(path) is kind]
    if name == "last" and not candidates:
        raise RunNotFoundError(_no_runs_message(name, runs_dir, kind))
    try:
        # A search and the training of its best config have the same name.
        folder = _find(name, runs_dir, candidates)
    except RunNotFoundError:
        folder = _find(name, runs_dir, folders)
    actual_kind = kind_of(folder) or RunKind.RUN
    if actual_kind is kind:
        return folder
    message = f"Expected a {kind}. Received: run={name!r}, which is a {actual_kind}."
    ids = sorted((path.name for path in candidates), key=_age_key)
    hint = f"Available: {_join_newest(ids)}." if ids else f"Start one with: {kind.command}"
    raise RunNotFoundError(f"{message} {hint}")


def _find(name: str, runs_dir: Path, folders: Sequence[Path]) -> Path:
    """Find a run among the folders by path, `last`, id, prefix or name."""
    for path in (runs_dir / name, Path(name)):
        if name and kind_of(path) is not None:
            return _normalize(path)
    outer, _, inner = name.partition("/")
    for path in (runs_dir / name, Path(name)):
        # A folder's bare name may also be the prefix of an id; a path may not.
        if name and (path.is_file() or (inner and path == Path(name) and path.is_dir())):
            raise RunNotFoundError(_not_a_run_message(path, name))
    if outer and inner:
        return _find_child(outer, inner, runs_dir, folders)
    if name == "last" and folders:
        return _newest_first(folders)[0]
    ids = sorted((path.name for path in folders), key=_age_key)
    if not ids:
        raise RunNotFoundError(_no_runs_message(name, runs_dir, RunKind.RUN))
    matches = [run_id for run_id in ids if name and run_id.startswith(name)]
    # `mnist` is the only run of that name, even if there is a `mnist_dropout`.
    same_name = [run_id for run_id in matches if _ID_SUFFIX.match(run_id, len(name))]
    candidates = same_name or matches
    # Repeating a run must not make its name ambiguous.
    originals = [run_id for run_id in candidates if not re.search(_REPETITION, run_id)]
    if len(originals or candidates) == 1:
        return runs_dir / (originals or candidates)[0]
    if matches:
        message = f"Expected the prefix of one run's id. Received: run={name!r}, the prefix of"
        ids_text = f"{len(matches)} ids: {_join_newest(matches)}"
        raise RunNotFoundError(
            f"{message} {ids_text}. Add characters, or write 'last' for the newest."
        )
    raise RunNotFoundError(_unknown_message(name, runs_dir, ids))


def _normalize(path: Path) -> Path:
    """Resolve `..` in a path, but not a link at its end, so the folder can be renamed."""
    if ".." not in path.parts:
        return path
    return path.resolve() if path.name == ".." else path.parent.resolve() / path.name


def _find_child(outer: str, inner: str, runs_dir: Path, folders: Sequence[Path]) -> Path:
    """Find the folder of a run inside another run."""
    path = Path(outer, inner)
    if kind_of(runs_dir / outer) is None and path.parent.is_dir():
        ids = sorted((folder.name for folder in run_folders(path.parent)), key=_age_key)
        raise RunNotFoundError(_unknown_message(path.name, path.parent, ids))
    # `last/trials/3` skips newer runs without trials.
    newest = _newest_first(folders) if outer == "last" else []
    first_part = inner.partition("/")[0]
    parents = [folder for folder in newest if (folder / first_part).is_dir()]
    parent = parents[0] if parents else _find(outer, runs_dir, folders)
    if kind_of(parent / inner) is not None:
        return parent / inner
    children = read_run(parent).child_runs()
    message = f"Expected the folder of a run in {parent}. Received: {inner!r}."
    available = f"Available: {_join_newest(children)}." if children else "It contains no runs."
    raise RunNotFoundError(f"{message} {available}")


def _newest_first(folders: Sequence[Path]) -> list[Path]:
    return sorted(
        folders, key=lambda path: (read_record_or_broken(path).created, path.name), reverse=True
    )


def _no_runs_message(name: str, runs_dir: Path, kind: RunKind) -> str:
    message = f"Expected a {kind}. Received: run={name!r}, but {runs_dir} contains none."
    if kind is RunKind.RUN:
        return f"{message} Train one with: {kind.command}, or name the folder with --runs-dir."
    return f"{message} Start one with: {kind.command}"


def _unknown_message(name: str, folder: Path, ids: Sequence[str]) -> str:
    """Return the message for a name that no run in a folder matches."""
    if not ids:
        return _no_runs_message(name, folder, RunKind.RUN)
    message = f"Expected a run's folder, id, prefix of an id, or 'last'. Received: run={name!r}."
    # Users type the start of an id, not its time and hash.
    prefixes = {run_id[: len(name)]: run_id for run_id in ids}
    matches = difflib.get_close_matches(name, prefixes, n=1) if name else []
    hint = f" Did you mean {prefixes[matches[0]]!r}?" if matches else ""
    return f"{message}{hint} The runs in {folder}: {_join_newest(ids)}."


def _not_a_run_message(path: Path, name: str) -> str:
    """Return the message for a file, or a folder that is not a run's."""
    kind = "a file" if path.is_file() else "a folder without a run"
    message = f"Expected a run's folder, its id, or 'last'. Received: run={name!r}, {kind}."
    folder = next((parent for parent in path.parents if kind_of(parent) is not None), None)
    return f"{message} Name a run." if folder is None else f"{message} Name its run: {folder}"


def _age_key(run_id: str) -> tuple[str, str]:
    """Return a sort key for ids by their time, oldest first."""
    match = _ID_SUFFIX.search(run_id)
    return (match[0] if match else "", run_id)


def _join_newest(names: Sequence[str]) -> str:
    """Join the last names of a list, and count the others."""
    listed = ", ".join(names[-_MAX_LISTED:])
    more = len(names) - _MAX_LISTED
    return listed if more <= 0 else f"{listed}, and {more} more"
