"""The layout of a graph: boxes do not overlap, and arrows cross no box."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest

from nnlab.report.plots.graph_layout import Edge, Layout, compute_layout

SIZE = (100.0, 40.0)
CHAIN = [(str(i), str(i + 1)) for i in range(29)]
RESIDUAL: list[Edge] = [
    ("in", "a"),
    ("a", "b"),
    ("b", "add"),
    ("in", "add"),
    ("add", "c"),
    ("c", "d"),
    ("d", "add2"),
    ("add", "add2"),
    ("add2", "out"),
]
TWO_BY_TWO: list[Edge] = [
    ("table", "t1"),
    ("image", "flat"),
    ("flat", "i1"),
    ("i1", "i2"),
    ("t1", "both"),
    ("i2", "both"),
    ("both", "price"),
    ("both", "kind"),
    ("table", "kind"),
]
ALL_TO_ALL = [(a, b) for a, b in combinations("abcdef", 2)]
GRAPHS = [CHAIN, RESIDUAL, TWO_BY_TWO, ALL_TO_ALL]


def layout_of(edges: Sequence[Edge]) -> Layout:
    """Return the layout of a graph of boxes of equal size."""
    names = dict.fromkeys(name for edge in edges for name in edge)
    order: list[str] = []
    while len(order) < len(names):
        order += [
            name
            for name in names
            if name not in order and all(a in order for a, b in edges if b == name)
        ]
    return compute_layout(dict.fromkeys(order, SIZE), edges)


@pytest.mark.parametrize("edges", GRAPHS)
def test_boxes_do_not_overlap_and_are_inside(edges: list[Edge]) -> None:
    layout = layout_of(edges)
    for (x0, y0), (x1, y1) in combinations(layout.centers.values(), 2):
        assert abs(x0 - x1) >= SIZE[0] + 28 - 1e-6 or abs(y0 - y1) >= SIZE[1] + 30 - 1e-6
    for x, y in layout.centers.values():
        assert SIZE[0] / 2 - 1e-6 <= x <= layout.width - SIZE[0] / 2 + 1e-6
        assert SIZE[1] / 2 <= y <= layout.height - SIZE[1] / 2


@pytest.mark.parametrize("edges", GRAPHS)
def test_arrows_point_down_and_avoid_boxes(edges: list[Edge]) -> None:
    layout = layout_of(edges)
    for (first, last), route in layout.routes.items():
        assert route[0] == (layout.centers[first][0], layout.centers[first][1] + SIZE[1] / 2)
        assert route[-1] == (layout.centers[last][0], layout.centers[last][1] - SIZE[1] / 2)
        assert len(route) == 2 * (layout.ranks[last] - layout.ranks[first])
        for (x0, y0), (x1, y1) in list(pairwise(route))[1::2]:
            assert x0 == x1
            assert y0 < y1
            for x, y in layout.centers.values():
                if y0 <= y <= y1:
                    assert abs(x - x0) > SIZE[0] / 2 + 20


def test_chain_is_a_straight_column() -> None:
    layout = layout_of(CHAIN)
    assert {x for x, _ in layout.centers.values()} == {50.0}
    assert layout.height == 30 * 40 + 29 * 30


def test_skip_connection_is_straight() -> None:
    layout = layout_of(RESIDUAL)
    places = {x for x, _ in layout.routes["add", "add2"][1:-1]}
    assert len(places) == 1
    main = [layout.centers[name][0] for name in ("in", "a", "b", "add", "c", "d", "add2", "out")]
    assert max(main) - min(main) < 20


def test_two_outputs_and_two_inputs_are_side_by_side() -> None:
    layout = layout_of(TWO_BY_TWO)
    assert layout.ranks["price"] == layout.ranks["kind"]
    assert layout.ranks["image"] == 0


def test_input_used_late_is_near_its_use() -> None:
    layout = layout_of([*CHAIN[:10], ("extra", "10")])
    assert layout.ranks["extra"] == layout.ranks["10"] - 1


def test_crossed_branches_are_untangled() -> None:
    edges = [("a", "2"), ("b", "1"), ("1", "x"), ("2", "y")]
    sizes = dict.fromkeys(["a", "b", "1", "2", "x", "y"], SIZE)
    centers = compute_layout(sizes, edges).centers
    assert (centers["a"][0] < centers["b"][0]) == (centers["2"][0] < centers["1"][0])
    assert (centers["1"][0] < centers["2"][0]) == (centers["x"][0] < centers["y"][0])


def test_duplicate_edge_has_one_arrow() -> None:
    layout = compute_layout({"a": SIZE, "b": SIZE}, [("a", "b"), ("a", "b")])
    assert list(layout.routes) == [("a", "b")]


def test_empty_graph_has_no_size() -> None:
    layout = compute_layout({}, [])
    assert (layout.width, layout.height, layout.centers) == (0.0, 0.0, {})
