"""Load a comparison: read its file, apply the changes of each variant, validate all configs.

Errors are collected along the way and raised together; one that all variants share is reported
once.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from nnlab.config.comparison.changes import (
    RESERVED_KEYS,
    VariantChanges,
    VariantPlan,
    find_nested_change,
    format_variants,
    plan_variants,
    reserved_key_error,
)
from nnlab.config.comparison.variants import Comparison, Variant
from nnlab.config.diagnostics.issues import (
    Issue,
    IssueCollector,
    locate_issues,
    sort_diagnostics,
)
from nnlab.config.diagnostics.suggestions import format_value
from nnlab.config.loader import require_concrete, validate_document
from nnlab.config.schema.comparison import SEED_LIMIT, ComparisonConfig
from nnlab.config.schema.experiment import to_valid_name
from nnlab.config.schema.metrics import default_metric, reported_metrics
from nnlab.config.yaml.builtin_configs import find_builtin_config
from nnlab.config.yaml.document import Document, Mark, Path, format_path, parse_path
from nnlab.config.yaml.extends import (
    has_comparison_keys,
    is_comparison_file,
    load_document,
    read_mapping,
)
from nnlab.config.yaml.overrides import assign, assignment_path
from nnlab.errors import ConfigError, Diagnostic, Location, RequestError
from nnlab.text import did_you_mean

_MIN_VARIANTS = 2


def read_comparison(
    file: str | FilePath,
    overrides: Sequence[str] = (),
    *,
    seeds: int | None = None,
    metric: str | None = None,
    baseline: str | None = None,
) -> Comparison:
    """Read and validate a comparison and the configs of its variants.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE` assignments, as `--set` takes them. They apply to all variants, after
            the variants' own changes. Defaults to none.
        seeds: The number of seeds: those of the file first, then the ones after the largest.
            Defaults to the seeds of the file.
        metric: The metric to compare. Defaults to that of the file.
        baseline: The variant that the others are tested against. Defaults to that of the file.

    Returns:
        The comparison.

    Raises:
        ConfigError: The comparison or a config of a variant is invalid; lists all errors.
    """
    document = read_mapping(FilePath(file), kind="comparison")
    keys = document.tree.keys()
    if not has_comparison_keys(document.tree) and keys & {"model", "training", "extends"}:
        message = "This file is a config, not a comparison."
        command = f"nnlab train {shlex.quote(str(file))}"
        hint = f"Train it with `{command}`, or use it as the `base` of a comparison."
        raise ConfigError((Diagnostic(message, "", Location(str(file), 1, 1), hint),))
    for key, value in {"metric": metric, "baseline": baseline}.items():
        if value is not None:
            flag = Location(f"--{key}")
            document = assign(document, (key,), Document(value, {(): Mark(flag, flag, flag)}))
    return _ComparisonLoader(FilePath(file), document, overrides).load(seeds)


class _ComparisonLoader:
    """Builds the comparison of one file, and collects the errors."""

    def __init__(self, file: FilePath, document: Document, overrides: Sequence[str]) -> None:
        self._file = file
        self._document = document
        self._overrides = overrides
        self._issues: list[Issue] = []
        self._diagnostics = list(document.diagnostics)
        self._variant_errors: dict[Diagnostic, list[VariantPlan]] = {}

    def load(self, seed_count: int | None) -> Comparison:
        config = self._read_config()
        plans = list(plan_variants(self._document.tree))
        base = self._load_base()
        self._check_plans(plans)
        built = (self._build_variant(plan, base) for plan in plans)
        variants = [variant for variant in built if variant is not None]
        metric = self._metric(variants, plans)
        baseline = self._baseline([plan.name for plan in plans])
        self._raise_errors(plans)
        seeds = config.seeds
        if isinstance(seeds, list) and ("seed",) in map(assignment_path, self._overrides):
            # A seed on the command line replaces the list by as many, counted from it.
            seeds = len(seeds)
        all_seeds = _seeds(seeds, seed_count, variants[0].config.experiment.seed)
        self._check_seeds(all_seeds)
        name = config.name or to_valid_name(self._file.stem, "comparison")
        file = str(self._file)
        return Comparison(file, name, metric, baseline, all_seeds, tuple(variants), base)

    def _read_config(self) -> ComparisonConfig:
        """Validate the keys of the file; after an error, return the defaults."""
        collector = IssueCollector()
        with collector.collect():
            return ComparisonConfig.model_validate(self._document.tree)
        self._issues += collector.issues()
        return ComparisonConfig()

    def _load_base(self) -> Document | None:
        name = self._document.tree.get("base")
        return self._load_config(name, ("base",)) if isinstance(name, str) else None

    def _load_config(self, name: str, path: Path) -> Document | None:
        """Load a config that the file names at a path, or return None after an error."""
        location = self._document.locate(path)
        try:
            file = _find_config(name, self._file.parent)
            if not is_comparison_file(file):
                return load_document(file)
            message = f"{name} is a comparison, not a config."
            hint = "Name a config; `nnlab init` lists the built-in ones."
            self._diagnostics.append(Diagnostic(message, format_path(path), location, hint))
        except ConfigError as error:
            # A missing file is an error of the comparison that names it.
            self._diagnostics += (
                replace(diagnostic, path=format_path(path), location=location)
                if diagnostic.location is None or not diagnostic.location.line
                else diagnostic
                for diagnostic in error.diagnostics
            )
        except RequestError as error:
            self._diagnostics.append(Diagnostic(str(error), format_path(path), location))
        return None

    def _check_plans(self, plans: Sequence[VariantPlan]) -> None:
        if len(plans) < _MIN_VARIANTS and not self._issues:
            message = (
                f"A comparison needs {_MIN_VARIANTS} variants or more. Received: {len(plans)}."
            )
            hint = "Write `variants: {NAME: {DOTTED.KEY: VALUE}, …}`, or a `grid`."
            self._issues.append(Issue(("variants",), message, hint, at_key=True))
        without_file = [plan for plan in plans if plan.file is None]
        if without_file and self._document.tree.get("base") is None:
            plan = without_file[0]
            message = f"Variant `{plan.name}` changes the base, but there is no base."
            hint = "Add `base: CONFIG.yaml`."
            self._issues.append(Issue(plan.path, message, hint, at_key=True))

    def _build_variant(self, plan: VariantPlan, base: Document | None) -> Variant | None:
        """Apply a variant's changes and validate the config, or return None after an error."""
        document = base if plan.file is None else self._load_config(plan.file, plan.path)
        if document is None:
            return None
        changes = VariantChanges(document)
        diagnostics: list[Diagnostic] = []
        nested_changes = []
        for key, path in plan.changes:
            value = self._value(path)
            location = self._document.locate(path, at_key=True)
            nested_changes.append(
                find_nested_change(changes.document, key, value.tree, path, location)
            )
            try:
                changes.assign(str(key), self._parse_key(key, path), value, self._file.parent)
            except ConfigError as error:
                diagnostics += error.diagnostics
        for assignment in self._overrides:
            try:
                changes.override(assignment)
            except ConfigError as error:
                diagnostics += error.diagnostics
        try:
            config = require_concrete(validate_document(changes.document))
        except ConfigError as error:
            diagnostics += error.diagnostics
        for nested_change in filter(None, nested_changes):
            diagnostics = nested_change.merge_errors(diagnostics)
        for diagnostic in dict.fromkeys(diagnostics):
            self._variant_errors.setdefault(diagnostic, []).append(plan)
        return None if diagnostics else Variant(plan.name, changes.applied, plan.file, config)

    def _parse_key(self, key: Any, path: Path) -> Path:
        """Parse the dotted key of a change, whose value is at a path of the file."""
        changed_path = parse_path(str(key))
        if "" not in changed_path and changed_path[0] not in RESERVED_KEYS:
            return changed_path
        # In a grid, the key is the parent of the value.
        path = path[:2] if path[0] == "grid" else path
        location = self._document.locate(path, at_key=True)
        if changed_path[0] in RESERVED_KEYS:
            raise reserved_key_error(str(changed_path[0]), format_path(path), location)
        message = f"Expected a dotted key. Received: {format_value(key)}."
        hint = "Write it like `training.epochs`."
        raise ConfigError((Diagnostic(message, format_path(path), location, hint),))

    def _value(self, path: Path) -> Document:
        """Return a value of the file with its locations."""
        tree = self._document.tree
        for key in path:
            tree = tree[key]
        marks = {
            at[len(path) :]: mark
            for at, mark in self._document.marks.items()
            if at[: len(path)] == path
        }
        return Document(tree, marks)

    def _metric(self, variants: Sequence[Variant], plans: Sequence[VariantPlan]) -> str:
        """Return the metric to compare, which the runs of all variants must report."""
        names = {variant.name: reported_metrics(variant.config.experiment) for variant in variants}
        metric = self._document.tree.get("metric")
        if not variants:
            return ""
        if not isinstance(metric, str):
            default = default_metric(variants[0].config.experiment)
            candidates = (default, "test_loss", "val_loss", "loss")
            return next(
                name for name in candidates if all(name in known for known in names.values())
            )
        lacking = [plan for plan in plans if metric not in names.get(plan.name, [metric])]
        if lacking:
            where = "" if len(lacking) == len(names) else f" of {format_variants(lacking, plans)}"
            message = f"Unknown metric `{metric}`: the runs{where} will not report it."
            hint = _hint_for_metric(metric, names[lacking[0].name])
            self._issues.append(Issue(("metric",), message, hint))
        return metric

    def _baseline(self, names: Sequence[str]) -> str:
        baseline = self._document.tree.get("baseline")
        if not isinstance(baseline, str):
            return next(iter(names), "")
        if baseline not in names:
            message = f"Unknown variant `{baseline}`."
            hint = did_you_mean(baseline, names, "variants")
            self._issues.append(Issue(("baseline",), message, hint))
        return baseline

    def _check_seeds(self, seeds: Sequence[int]) -> None:
        if max(seeds) >= SEED_LIMIT:
            message = f"Expected seeds below {SEED_LIMIT}. Received: {min(seeds)} to {max(seeds)}."
            hint = "List smaller ones, `seeds: [1, 2, 3]`, or start from a smaller `seed`."
            issue = Issue(("seeds",), message, hint)
            raise ConfigError(locate_issues(self._document, [issue]))

    def _raise_errors(self, plans: Sequence[VariantPlan]) -> None:
        diagnostics = [*self._diagnostics, *locate_issues(self._document, self._issues)]
        for diagnostic, affected in self._variant_errors.items():
            # An error of all variants is one of the base or of `changes`.
            prefix = "" if len(affected) == len(plans) else f"{format_variants(affected, plans)}: "
            message = f"{prefix[:1].upper()}{prefix[1:]}{diagnostic.message}"
            diagnostics.append(replace(diagnostic, message=message))
        if diagnostics:
            raise ConfigError(sort_diagnostics(dict.fromkeys(diagnostics)))


def _seeds(seeds: int | list[int], count: int | None, first: int) -> tuple[int, ...]:
    """Return the seeds: as many as given from the first on, or a list, shortened or extended."""
    if isinstance(seeds, int):
        return tuple(range(first, first + (count or seeds)))
    after = max(seeds) + 1
    return tuple([*seeds, *range(after, after + (count or 0))][: count or len(seeds)])


def _find_config(name: str, folder: FilePath) -> FilePath:
    """Return the config file that a comparison in a folder names; a bare name may be built-in."""
    file = FilePath(os.path.normpath(folder / FilePath(name).expanduser()))
    is_bare = FilePath(name).name == name and not file.suffix
    return find_builtin_config(name) if is_bare and not file.exists() else file


def _hint_for_metric(metric: str, names: Sequence[str]) -> str:
    """Return the hint for a metric that no run reports."""
    prefix, _, plain = metric.partition("_")
    if plain in names and prefix in ("test", "val"):
        rows = {"test": "test", "val": "validation"}[prefix]
        return f"There are no {rows} rows: change data.{rows}_split, or compare `{plain}`."
    return did_you_mean(metric, names, "metrics of its runs")
