"""The comparison file: a base, the changes of each variant, seeds, a metric."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from nnlab.config.diagnostics import Expected, Issue, issues_error
from nnlab.config.schema.experiment import Name
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.unions import ShapeUnion

SEED_LIMIT = 2**32
Seed = Annotated[int, Field(ge=0, lt=SEED_LIMIT)]
Changes = dict[str, Any]
# The names of a grid's variants contain `=` and `,`.
VariantName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._=,+-]*$", max_length=150),
    Expected("letters, digits, `.`, `_`, `-`, `=`, `,` or `+`, a letter or digit first,"),
]

# The folder of a comparison contains its files and plots, and a folder per variant.
PLOTS = "plots"
_FILE_SUFFIXES = (".yaml", ".json", ".html", ".csv")


class ComparisonConfig(Section):
    """A comparison: variants of a base config, each trained with several seeds."""

    yaml_name: ClassVar[str] = "the comparison"

    name: Name | None = Field(
        None, description="Name of its folder; null: the name of the file, without `.yaml`."
    )
    base: str | None = Field(
        None,
        description="The config that the variants change: a file, or the name of a built-in one.",
    )
    changes: Changes = Field(
        default_factory=dict, description="Changes to all variants, by dotted key."
    )
    variants: dict[VariantName, Annotated[str | Changes, ShapeUnion()]] = Field(
        default_factory=dict,
        description="Changes of each variant, by dotted key; or the file of a whole config.",
    )
    grid: dict[str, Annotated[list[Any], Field(min_length=1)]] = Field(
        default_factory=dict, description="Values by dotted key: each combination is a variant."
    )
    seeds: Annotated[
        Annotated[int, Field(gt=0)] | Annotated[list[Seed], Field(min_length=1)], ShapeUnion()
    ] = Field(5, description="Number of seeds, from the base's seed on; or a list of seeds.")
    metric: str | None = Field(
        None, description="Metric to compare; null: the first one, on test rows if there are any."
    )
    baseline: str | None = Field(
        None, description="Variant that the others are tested against; null: the first."
    )

    @field_validator("changes", "variants", "grid", mode="before")
    @classmethod
    def _null_is_empty(cls, value: object) -> object:
        return {} if value is None else value

    @field_validator("variants", mode="before")
    @classmethod
    def _null_changes_are_empty(cls, variants: object) -> object:
        if not isinstance(variants, dict):
            return variants
        return {name: {} if changes is None else changes for name, changes in variants.items()}

    @field_validator("variants")
    @classmethod
    def _names_are_free(cls, variants: dict[str, Any]) -> dict[str, Any]:
        issues = []
        for name in variants:
            if name == PLOTS:
                message = f"`{PLOTS}` is the folder of the comparison's plots."
            elif name.endswith(_FILE_SUFFIXES):
                suffix = name[name.rindex(".") :]
                message = f"Variant `{name}` may overwrite a file: its name ends with `{suffix}`."
            else:
                continue
            issues.append(Issue((name,), message, "Choose another name.", at_key=True))
        if issues:
            raise issues_error(issues)
        return variants

    @field_validator("seeds")
    @classmethod
    def _seeds_are_unique(cls, seeds: int | list[int]) -> int | list[int]:
        seed_list = seeds if isinstance(seeds, list) else []
        issues = [
            Issue((position,), f"Duplicate seed {seed}.", "Remove one of them.")
            for position, seed in enumerate(seed_list)
            if seed in seed_list[:position]
        ]
        if issues:
            raise issues_error(issues)
        return seeds
