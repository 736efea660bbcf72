"""Lists of what there is to choose from."""

from __future__ import annotations

from typing import Any

from nnlab.report.text.listings import datasets_table, devices_table, listing


def test_data_sets_show_shapes_and_counts_as_people_write_them() -> None:
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


def test_devices_without_memory_have_no_such_column() -> None:
    rows = [{"name": "cpu", "kind": "CPU", "description": "2 cores", "memory": None}]
    assert devices_table(rows).lines() == ["name  kind  description", "cpu   CPU   2 cores"]


def test_truth_is_no_count() -> None:
    assert listing("", [{"found": True}], ("found",)).lines() == ["found", "True"]
