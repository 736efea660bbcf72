"""The sections of a comparison file: a base, what each variant changes, seeds, a metric."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator

from nnlab.config.diagnostics.issues import Expected, Issue, issues_error
from nnlab.config.schema.experiment import Name
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.unions import ShapeUnion

SEEDS = 2**32
Seed = Annotated[int, Field(ge=0, lt=SEEDS)]
Changes = dict[str, Any]
# Those that a grid makes have `=` and `,` in them.
VariantName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._=,+-]*$", max_length=150),
    Expected("letters, digits, `.`, `_`, `-`, `=`, `,` or `+`, a letter or digit first,"),
]

# The comparison's own files and the folder of its pictures stand beside those of its variants.
PLOTS = "plots"
_FILES = (".yaml", ".json", ".html", ".csv")


class ComparisonConfig(Section):
    """A comparison as its file says it: one base, variants of it, the seeds each is trained with.

    Example:
        >>> variants = {"few": {"training.epochs": 5}, "many": {"training.epochs": 50}}
        >>> ComparisonConfig(base="mnist_5k", variants=variants).seeds
        5
    """

    name: Name | None = Field(
        None, description="What its folder is called; null: as the file, without `.yaml`."
    )
    base: str | None = Field(
        None,
        description="The config that the variants change: a file, or a shipped config's name.",
    )
    changes: Changes = Field(
        default_factory=dict, description="What all variants change, by dotted key."
    )
    variants: dict[VariantName, Annotated[str | Changes, ShapeUnion()]] = Field(
        default_factory=dict,
        description="What each variant changes, by dotted key; or a whole config's file.",
    )
    grid: dict[str, Annotated[list[Any], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Values of several dotted keys: each combination of them is a variant.",
    )
    seeds: Annotated[
        Annotated[int, Field(gt=0)] | Annotated[list[Seed], Field(min_length=1)], ShapeUnion()
    ] = Field(5, description="How many, from the base's seed on; or a list of them.")
    metric: str | None = Field(
        None, description="What is compared; null: the first metric, on test rows if there are any."
    )
    baseline: str | None = Field(
        None, description="The variant that the others are tested against; null: the first."
    )

    @classmethod
    def display_name(cls) -> str:
        """What messages call the top level."""
        return "the comparison"

    @field_validator("changes", "variants", "grid", mode="before")
    @classmethod
    def _nothing_is_a_mapping(cls, value: object) -> object:
        return {} if value is None else value

    @field_validator("variants", mode="before")
    @classmethod
    def _nothing_changes_nothing(cls, variants: object) -> object:
        if not isinstance(variants, dict):
            return variants
        return {name: {} if said is None else said for name, said in variants.items()}

    @field_validator("variants")
    @classmethod
    def _leave_room_for_its_own_files(cls, variants: dict[str, Any]) -> dict[str, Any]:
        whose = {PLOTS: f"The folder `{PLOTS}` holds the comparison's pictures."}
        whose |= {
            name: f"A name that ends like a file's, `{name}`, may be one of the comparison's own."
            for name in variants
            if name.endswith(_FILES)
        }
        issues = [
            Issue((name,), message, "Choose another name.", at_key=True)
            for name, message in whose.items()
            if name in variants
        ]
        if issues:
            raise issues_error(issues)
        return variants

    @field_validator("seeds")
    @classmethod
    def _each_seed_once(cls, seeds: int | list[int]) -> int | list[int]:
        listed = seeds if isinstance(seeds, list) else []
        issues = [
            Issue((at,), f"Seed {seed} stands twice.", "Remove one of them.")
            for at, seed in enumerate(listed)
            if seed in listed[:at]
        ]
        if issues:
            raise issues_error(issues)
        return seeds
