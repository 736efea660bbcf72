"""Tables of data sets and devices."""

from __future__ import annotations

from typing import Any

from nnlab.report.text.listings import datasets_table, devices_table, listing


def test_datasets_have_formatted_shapes_and_counts() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "mnist", "rows": 70_000, "shape": (28, 28), "source": "download"},
        {
            "name": "moons",
            "shape": (2,),
            "source": "generated",
            "arguments": ["n_samples", "noise"],
        },
    ]
    assert datasets_table(rows).lines() == [
        "name     rows  shape    source     arguments",
        "mnist  70,000  28 x 28  download   -",
        "moons       -  2        generated  n_samples, noise",
    ]


def test_empty_column_is_left_out() -> None:
    rows = [{"name": "cpu", "kind": "CPU", "description": "2 cores", "memory": None}]
    assert devices_table(rows).lines() == ["name  kind  description", "cpu   CPU   2 cores"]


def test_bool_is_no_count() -> None:
    assert listing("", [{"found": True}], ("found",)).lines() == ["found", "True"]
