"""From a comparison file to its variants: read, change, spread, validate.

Every fault on the way is gathered, with its place; one that all variants share is told once.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from nnlab.config.comparison.changes import (
    OWN,
    VariantChanges,
    VariantPlan,
    listed,
    nested_change,
    no_variants_to_change,
    variant_plans,
)
from nnlab.config.comparison.variants import Comparison, Variant
from nnlab.config.diagnostics.issues import Issue, IssueCollector, shown
from nnlab.config.diagnostics.locate import in_file_order, located
from nnlab.config.loader import examine, require_concrete
from nnlab.config.schema.comparison import SEEDS, ComparisonConfig
from nnlab.config.schema.experiment import as_name
from nnlab.config.schema.metrics import default_figure, figure_names
from nnlab.config.yaml.builtin_configs import find_builtin_config
from nnlab.config.yaml.document import Document, Mark, Path, format_path, parse_path
from nnlab.config.yaml.extends import (
    describes_comparison,
    is_comparison,
    load_document,
    read_mapping,
)
from nnlab.config.yaml.overrides import assign, assignment_path
from nnlab.errors import ConfigError, Diagnostic, Location, RequestError
from nnlab.text import did_you_mean

_FEWEST = 2


def read_comparison(
    file: str | FilePath,
    overrides: Sequence[str] = (),
    *,
    seeds: int | None = None,
    metric: str | None = None,
    baseline: str | None = None,
) -> Comparison:
    """Read and validate a comparison, and the config of each of its variants.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them: changes of all variants, on top of their own.
        seeds: How many: the file's first, then those that follow its largest.
        metric: In the place of the file's.
        baseline: In the place of the file's.

    Returns:
        The comparison.

    Raises:
        ConfigError: With every fault that was found.
    """
    document = read_mapping(FilePath(file), kind="comparison")
    if not describes_comparison(document.tree) and document.tree.keys() & {
        "model",
        "training",
        "extends",
    }:
        message = "This file is a config, not a comparison."
        command = f"nnlab train {shlex.quote(str(file))}"
        hint = f"Train it, `{command}`, or name it as the `base` of a comparison."
        raise ConfigError((Diagnostic(message, "", Location(str(file), 1, 1), hint),))
    for key, value in {"metric": metric, "baseline": baseline}.items():
        if value is not None:
            place = Location(f"--{key}")
            document = assign(document, (key,), Document(value, {(): Mark(place, place, place)}))
    return _ComparisonLoader(FilePath(file), document, overrides).comparison(seeds)


class _ComparisonLoader:
    """One reading of a comparison file; it remembers what is wrong."""

    def __init__(self, file: FilePath, document: Document, overrides: Sequence[str]) -> None:
        self._file = file
        self._document = document
        self._overrides = overrides
        self._problems: list[Issue] = []
        self._issues = list(document.diagnostics)
        self._of_variants: dict[Diagnostic, list[VariantPlan]] = {}

    def comparison(self, count: int | None) -> Comparison:
        said = self._said()
        plans = list(variant_plans(self._document.tree))
        names = [plan.name for plan in plans]
        base = self._base()
        self._judge_plans(plans)
        read = (self._variant(plan, base) for plan in plans)
        variants = [variant for variant in read if variant is not None]
        metric = self._metric(variants, plans)
        baseline = self._baseline(names)
        self._raise_what_is_wrong(plans)
        wanted = said.seeds
        if isinstance(wanted, list) and ("seed",) in map(assignment_path, self._overrides):
            # Who names a seed on the command line wants as many, from that one on.
            wanted = len(wanted)
        seeds = _seeds(wanted, count, variants[0].config.experiment.seed)
        self._judge_seeds(seeds)
        name = said.name or as_name(self._file.stem, "comparison")
        return Comparison(str(self._file), name, metric, baseline, seeds, tuple(variants), base)

    def _said(self) -> ComparisonConfig:
        """The file's own keys; where one is wrong, it counts as not said."""
        collector = IssueCollector()
        with collector.collect():
            return ComparisonConfig.model_validate(self._document.tree)
        self._problems += collector.issues()
        return ComparisonConfig()

    def _base(self) -> Document | None:
        named = self._document.tree.get("base")
        return self._load(named, ("base",)) if isinstance(named, str) else None

    def _load(self, named: str, at: Path) -> Document | None:
        """The data of a config that the file names; None where it cannot be read."""
        where = self._document.locate(at)
        try:
            file = _config_file(named, self._file.parent)
            if not is_comparison(file):
                return load_document(file)
            message = f"{named} is a comparison, not a config."
            hint = "Name a config: `nnlab init` lists those that come with nnlab."
            self._issues.append(Diagnostic(message, format_path(at), where, hint))
        except ConfigError as error:
            # A file that is not there is a fault of whoever names it.
            self._issues += (
                replace(diagnostic, path=format_path(at), location=where)
                if diagnostic.location is None or not diagnostic.location.line
                else diagnostic
                for diagnostic in error.diagnostics
            )
        except RequestError as error:
            self._issues.append(Diagnostic(str(error), format_path(at), where))
        return None

    def _judge_plans(self, plans: Sequence[VariantPlan]) -> None:
        tree = self._document.tree
        if len(plans) < _FEWEST and not self._problems:
            message = f"A comparison needs two variants or more. Received: {len(plans)}."
            hint = "Write `variants: {NAME: {DOTTED.KEY: VALUE}, …}`, or a `grid`."
            self._problems.append(Issue(("variants",), message, hint, at_key=True))
        baseless = [plan for plan in plans if plan.file is None]
        if baseless and tree.get("base") is None:
            message = f"Variant `{baseless[0].name}` changes a base, and there is none."
            hint = "Add `base: CONFIG.yaml`."
            self._problems.append(Issue(baseless[0].at, message, hint, at_key=True))

    def _variant(self, plan: VariantPlan, base: Document | None) -> Variant | None:
        """A variant; None where something is wrong with it, which is noted."""
        document = base if plan.file is None else self._load(plan.file, plan.at)
        if document is None:
            return None
        changing = VariantChanges(document)
        diagnostics: list[Diagnostic] = []
        nested = []
        for key, at in plan.changes:
            value = self._value(at)
            where = self._document.locate(at, at_key=True)
            nested.append(nested_change(changing.document, key, value.tree, at, where))
            try:
                changing.assign(str(key), self._path(key, at), value, self._file.parent)
            except ConfigError as error:
                diagnostics += error.diagnostics
        for assignment in self._overrides:
            try:
                changing.override(assignment)
            except ConfigError as error:
                diagnostics += error.diagnostics
        try:
            config = require_concrete(examine(changing.document))
        except ConfigError as error:
            diagnostics += error.diagnostics
        for change in filter(None, nested):
            diagnostics = change.instead_of(diagnostics)
        for diagnostic in dict.fromkeys(diagnostics):
            self._of_variants.setdefault(diagnostic, []).append(plan)
        return None if diagnostics else Variant(plan.name, changing.changes, plan.file, config)

    def _path(self, key: Any, at: Path) -> Path:
        """The path of a dotted key, one that a variant may change."""
        path = parse_path(str(key))
        if "" not in path and path[0] not in OWN:
            return path
        # The key of a value in a grid stands above the value.
        at = at[:2] if at[0] == "grid" else at
        where = self._document.locate(at, at_key=True)
        if path[0] in OWN:
            raise no_variants_to_change(str(path[0]), format_path(at), where)
        message = f"Expected a dotted key. Received: {shown(key)}."
        hint = "Write it like `training.epochs`."
        raise ConfigError((Diagnostic(message, format_path(at), where, hint),))

    def _value(self, at: Path) -> Document:
        """A value of the file, with its places."""
        tree = self._document.tree
        for key in at:
            tree = tree[key]
        marks = self._document.marks
        inside = {path[len(at) :]: mark for path, mark in marks.items() if path[: len(at)] == at}
        return Document(tree, inside)

    def _metric(self, variants: Sequence[Variant], plans: Sequence[VariantPlan]) -> str:
        """What is compared; every variant's runs must report it."""
        figures = {variant.name: figure_names(variant.config.experiment) for variant in variants}
        wanted = self._document.tree.get("metric")
        if not variants:
            return ""
        if not isinstance(wanted, str):
            first = default_figure(variants[0].config.experiment)
            likely = (first, "test_loss", "val_loss", "loss")
            return next(name for name in likely if all(name in has for has in figures.values()))
        lacking = [plan for plan in plans if wanted not in figures.get(plan.name, [wanted])]
        if lacking:
            whose = "" if len(lacking) == len(figures) else f" by {listed(lacking, plans)}"
            message = f"No figure called `{wanted}` will be reported{whose}."
            hint = _other_figure(wanted, figures[lacking[0].name])
            self._problems.append(Issue(("metric",), message, hint))
        return wanted

    def _baseline(self, names: Sequence[str]) -> str:
        wanted = self._document.tree.get("baseline")
        if isinstance(wanted, str) and wanted not in names:
            message = f"There is no variant `{wanted}`."
            hint = did_you_mean(wanted, names, "variants")
            self._problems.append(Issue(("baseline",), message, hint))
        return wanted if isinstance(wanted, str) else next(iter(names), "")

    def _judge_seeds(self, seeds: Sequence[int]) -> None:
        """Counting on from a large seed may lead beyond the largest."""
        if max(seeds) >= SEEDS:
            message = f"Expected seeds less than {SEEDS}. Received: {min(seeds)} to {max(seeds)}."
            hint = "List smaller ones, `seeds: [1, 2, 3]`, or start from a smaller `seed`."
            issue = Issue(("seeds",), message, hint)
            raise ConfigError(located(self._document, [issue]))

    def _raise_what_is_wrong(self, plans: Sequence[VariantPlan]) -> None:
        diagnostics = [*self._issues, *located(self._document, self._problems)]
        for diagnostic, faulty in self._of_variants.items():
            # What all of them share is a fault of the base, or of `changes`.
            whose = "" if len(faulty) == len(plans) else f"{listed(faulty, plans)}: "
            told = f"{whose[:1].upper()}{whose[1:]}{diagnostic.message}"
            diagnostics.append(replace(diagnostic, message=told))
        if diagnostics:
            raise ConfigError(in_file_order(dict.fromkeys(diagnostics)))


def _seeds(said: int | list[int], count: int | None, first: int) -> tuple[int, ...]:
    """The seeds of a comparison.

    Args:
        said: How many, or which.
        count: How many are wanted; None: as said.
        first: The base's.
    """
    if isinstance(said, int):
        return tuple(range(first, first + (count or said)))
    after = max(said) + 1
    return tuple([*said, *range(after, after + (count or 0))][: count or len(said)])


def _config_file(named: str, folder: FilePath) -> FilePath:
    """The config that a comparison file means."""
    file = FilePath(os.path.normpath(folder / FilePath(named).expanduser()))
    is_name = FilePath(named).name == named and not file.suffix
    return find_builtin_config(named) if is_name and not file.exists() else file


def _other_figure(wanted: str, names: Sequence[str]) -> str:
    """The remedy for a figure that no run will report."""
    part, _, plain = wanted.partition("_")
    if plain in names and part in ("test", "val"):
        rows = {"test": "test", "val": "validation"}[part]
        split = f"{'validation' if part == 'val' else part}_split"
        return f"There are no {rows} rows: change data.{split}, or compare `{plain}`."
    return did_you_mean(wanted, names, "figures of its runs")
