"""Load a comparison: read its file, apply the changes of each variant, validate all configs; dump.

Errors are collected along the way and raised together; one that all variants share is reported
once.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
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
from nnlab.config.diagnostics import (
    Issue,
    IssueCollector,
    format_value,
    locate_issues,
    sort_diagnostics,
)
from nnlab.config.loader import Config, require_concrete, validate_document
from nnlab.config.schema.comparison import SEED_LIMIT, Changes, ComparisonConfig
from nnlab.config.schema.experiment import Experiment, to_valid_name
from nnlab.config.schema.logged_metrics import default_metric, reported_metrics
from nnlab.config.yaml.builtin_configs import find_builtin_config
from nnlab.config.yaml.document import Document, Mark, Path, dump_yaml, format_path, parse_path
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
_BASE_FILE = "base.yaml"


@dataclass(frozen=True)
class Variant:
    """A config that is compared.

    Args:
        name: Its name in the comparison.
        changes: Its changes by dotted key, to the base or to the config of its file.
        file: The file of its config. None: it changes the base.
        config: The config with the changes.
    """

    name: str
    changes: Changes
    file: str | None
    config: Config

    def experiment(self, comparison: str, seed: int) -> Experiment:
        """Return the experiment of one run, named after the comparison and the variant."""
        name = to_valid_name(f"{comparison}-{self.name}", comparison)
        changes = {"name": name, "seed": seed, "tune": None}
        return self.config.experiment.model_copy(update=changes)


@dataclass(frozen=True)
class Comparison:
    """A valid comparison.

    Args:
        file: Its file, as the user named it.
        name: The name of its folder.
        metric: The metric that is compared, such as `test_accuracy`.
        baseline: The variant that the others are tested against.
        seeds: The seeds with which each variant is trained.
        variants: The variants, two or more.
        base: The base, after `extends`. None: each variant has a separate file.
    """

    file: str
    name: str
    metric: str
    baseline: str
    seeds: tuple[int, ...]
    variants: tuple[Variant, ...]
    base: Document | None

    @property
    def runs(self) -> int:
        """The number of trainings."""
        return len(self.variants) * len(self.seeds)


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


def dump_comparison(comparison: Comparison) -> dict[str, str]:
    """Return the texts of the files that define a comparison, by name, in any folder.

    `comparison.yaml` comes first, then the base and the configs of variants with a separate file.
    """
    texts: dict[str, str] = {}
    variants: dict[str, Any] = {}
    if comparison.base is not None:
        texts[_BASE_FILE] = dump_yaml(comparison.base.tree)
    for variant in comparison.variants:
        # A copy: YAML would write shared values as an anchor and an alias.
        variants[variant.name] = deepcopy(variant.changes)
        if variant.file is not None:
            # The names of variants cannot end like this, nor does the base.
            file = f"{variant.name}.config.yaml"
            variants[variant.name] = file
            texts[file] = dump_yaml(variant.config.document.tree)
    tree = {
        "name": comparison.name,
        **({"base": _BASE_FILE} if comparison.base is not None else {}),
        "seeds": list(comparison.seeds),
        "metric": comparison.metric,
        "baseline": comparison.baseline,
        "variants": variants,
    }
    return {"comparison.yaml": dump_yaml(tree), **texts}


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
        tree = self._document.tree
        config = ComparisonConfig()
        collector = IssueCollector()
        with collector.collect():
            config = ComparisonConfig.model_validate(tree)
        self._issues += collector.issues()
        plans = list(plan_variants(tree))
        base_name = tree.get("base")
        base = self._load_config(base_name, ("base",)) if isinstance(base_name, str) else None
        self._check_plans(plans)
        built = (self._build_variant(plan, base) for plan in plans)
        variants = [variant for variant in built if variant is not None]
        metric = self._metric(variants, plans)
        diagnostics = [*self._diagnostics, *locate_issues(self._document, self._issues)]
        for diagnostic, affected in self._variant_errors.items():
            # An error of all variants is one of the base or of `changes`.
            prefix = "" if len(affected) == len(plans) else f"{format_variants(affected, plans)}: "
            message = f"{prefix[:1].upper()}{prefix[1:]}{diagnostic.message}"
            diagnostics.append(replace(diagnostic, message=message))
        if diagnostics:
            raise ConfigError(sort_diagnostics(dict.fromkeys(diagnostics)))
        name = config.name or to_valid_name(self._file.stem, "comparison")
        baseline = config.baseline or plans[0].name
        seeds = self._seeds(config.seeds, seed_count, variants[0].config.experiment.seed)
        return Comparison(str(self._file), name, metric, baseline, seeds, tuple(variants), base)

    def _load_config(self, name: str, path: Path) -> Document | None:
        """Load a config that the file names at a path, or return None after an error."""
        location = self._document.locate(path)
        try:
            file = FilePath(os.path.normpath(self._file.parent / FilePath(name).expanduser()))
            if FilePath(name).name == name and not file.suffix and not file.exists():
                file = find_builtin_config(name)
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
        baseline, names = self._document.tree.get("baseline"), [plan.name for plan in plans]
        if isinstance(baseline, str) and baseline not in names:
            hint = did_you_mean(baseline, names, "variants")
            self._issues.append(Issue(("baseline",), f"Unknown variant `{baseline}`.", hint))

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
            known = names[lacking[0].name]
            prefix, _, plain = metric.partition("_")
            rows = {"test": "test", "val": "validation"}.get(prefix)
            hint = (
                f"There are no {rows} rows: change data.{rows}_split, or compare `{plain}`."
                if rows and plain in known
                else did_you_mean(metric, known, "metrics of its runs")
            )
            self._issues.append(Issue(("metric",), message, hint))
        return metric

    def _seeds(self, seeds: int | list[int], count: int | None, first: int) -> tuple[int, ...]:
        """Return as many seeds as given from the first on, or a list, shortened or extended."""
        if isinstance(seeds, list) and ("seed",) in map(assignment_path, self._overrides):
            # A seed on the command line replaces the list by as many, counted from it.
            seeds = len(seeds)
        if isinstance(seeds, int):
            seeds = list(range(first, first + (count or seeds)))
        elif count:
            after = max(seeds) + 1
            seeds = [*seeds, *range(after, after + count)][:count]
        if max(seeds) >= SEED_LIMIT:
            message = f"Expected seeds below {SEED_LIMIT}. Received: {min(seeds)} to {max(seeds)}."
            hint = "List smaller ones, `seeds: [1, 2, 3]`, or start from a smaller `seed`."
            issue = Issue(("seeds",), message, hint)
            raise ConfigError(locate_issues(self._document, [issue]))
        return tuple(seeds)
