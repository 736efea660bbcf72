"""Boxes do not overlap, and arrows do not run through boxes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest

from nnlab.report.plots.graph_layout import Edge, Layout, lay_out

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
    """The layout of the graph with these arrows."""
    names = dict.fromkeys(name for edge in edges for name in edge)
    order: list[str] = []
    while len(order) < len(names):
        order += [
            name
            for name in names
            if name not in order and all(a in order for a, b in edges if b == name)
        ]
    return lay_out(dict.fromkeys(order, SIZE), edges)


@pytest.mark.parametrize("edges", GRAPHS)
def test_boxes_do_not_overlap_and_lie_inside(edges: list[Edge]) -> None:
    layout = layout_of(edges)
    for (x0, y0), (x1, y1) in combinations(layout.centres.values(), 2):
        assert abs(x0 - x1) >= SIZE[0] + 28 - 1e-6 or abs(y0 - y1) >= SIZE[1] + 30 - 1e-6
    for x, y in layout.centres.values():
        assert SIZE[0] / 2 - 1e-6 <= x <= layout.width - SIZE[0] / 2 + 1e-6
        assert SIZE[1] / 2 <= y <= layout.height - SIZE[1] / 2


@pytest.mark.parametrize("edges", GRAPHS)
def test_arrows_go_down_and_pass_beside_the_boxes(edges: list[Edge]) -> None:
    layout = layout_of(edges)
    for (first, last), route in layout.routes.items():
        assert route[0] == (layout.centres[first][0], layout.centres[first][1] + SIZE[1] / 2)
        assert route[-1] == (layout.centres[last][0], layout.centres[last][1] - SIZE[1] / 2)
        assert len(route) == 2 * (layout.ranks[last] - layout.ranks[first])
        for (x0, y0), (x1, y1) in list(pairwise(route))[1::2]:
            assert x0 == x1
            assert y0 < y1
            for x, y in layout.centres.values():
                if y0 <= y <= y1:
                    assert abs(x - x0) > SIZE[0] / 2 + 20


def test_a_chain_is_one_straight_column() -> None:
    layout = layout_of(CHAIN)
    assert {x for x, _ in layout.centres.values()} == {50.0}
    assert layout.height == 30 * 40 + 29 * 30


def test_a_skip_runs_straight_beside_the_main_line() -> None:
    layout = layout_of(RESIDUAL)
    passed = {x for x, _ in layout.routes["add", "add2"][1:-1]}
    assert len(passed) == 1
    main = [layout.centres[name][0] for name in ("in", "a", "b", "add", "c", "d", "add2", "out")]
    assert max(main) - min(main) < 20


def test_two_heads_and_two_inputs_stand_side_by_side() -> None:
    layout = layout_of(TWO_BY_TWO)
    assert layout.ranks["price"] == layout.ranks["kind"]
    assert layout.ranks["image"] == 0


def test_an_input_used_late_stands_near_its_use() -> None:
    late = [*CHAIN[:10], ("extra", "10")]
    layout = layout_of(late)
    assert layout.ranks["extra"] == layout.ranks["10"] - 1


def test_crossed_branches_are_untangled() -> None:
    edges = [("a", "2"), ("b", "1"), ("1", "x"), ("2", "y")]
    sizes = dict.fromkeys(["a", "b", "1", "2", "x", "y"], SIZE)
    centres = lay_out(sizes, edges).centres
    assert (centres["a"][0] < centres["b"][0]) == (centres["2"][0] < centres["1"][0])
    assert (centres["1"][0] < centres["2"][0]) == (centres["x"][0] < centres["y"][0])


def test_one_layer_used_twice_by_another_has_one_arrow() -> None:
    layout = lay_out({"a": SIZE, "b": SIZE}, [("a", "b"), ("a", "b")])
    assert list(layout.routes) == [("a", "b")]


def test_nothing_has_no_size() -> None:
    layout = lay_out({}, [])
    assert (layout.width, layout.height, layout.centres) == (0.0, 0.0, {})
