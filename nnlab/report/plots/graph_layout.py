"""Where to draw the nodes and the arrows of a layered graph, so that no arrow crosses a box.

The method is that of Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical
system structures" (1981): a rank for each node by its longest path, invisible nodes where an arrow
passes a rank, an order within the ranks that avoids crossings, then positions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12
_PASSING_WIDTH = 14.0
# How hard two neighbours pull at each other, by how many of them are passing arrows: what passes
# ranks should run straight, then the main line of boxes; what joins the two can bend.
_PULLS = (4.0, 0.2, 8.0)

Point = tuple[float, float]
Edge = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """A drawing's geometry, x to the right and y down, from (0, 0).

    Args:
        centres: The middle of each node's box.
        ranks: Each node's rank, from 0 at the top.
        routes: For each arrow the points it runs through, from below its first node to above its
            last. Where it passes a rank, it has one point above and one below that rank.
        width: All of it, boxes included.
        height: Likewise.
    """

    centres: dict[str, Point]
    ranks: dict[str, int]
    routes: dict[Edge, list[Point]]
    width: float
    height: float


@dataclass
class _Node:
    """A box, or the place where an arrow passes a rank."""

    width: float
    rank: int
    passing: bool
    x: float = 0.0


def lay_out(
    sizes: Mapping[str, tuple[float, float]],
    edges: Sequence[Edge],
    gap_x: float = 28.0,
    gap_y: float = 30.0,
) -> Layout:
    """Places the nodes of a graph without cycles.

    Args:
        sizes: Width and height of each node's box; a node stands after those that lead to it.
        edges: Arrows, each from a node to a later one.
        gap_x: Room between boxes of one rank at least.
        gap_y: Room between two ranks.

    Returns:
        The layout.

    Example:
        >>> layout = lay_out({"a": (80, 20), "b": (80, 20)}, [("a", "b")])
        >>> layout.centres
        {'a': (40.0, 10.0), 'b': (40.0, 60.0)}
    """
    arrows = list(dict.fromkeys(edges))
    ranks = _ranks(list(sizes), arrows)
    nodes = {name: _Node(size[0], ranks[name], passing=False) for name, size in sizes.items()}
    chains = {arrow: _chain(arrow, nodes) for arrow in arrows}
    links = [link for chain in chains.values() for link in pairwise(chain)]
    rows = _ordered(nodes, links)
    _place(rows, nodes, links, gap_x)
    _straighten(chains.values(), rows, nodes, gap_x)
    left = min((node.x - node.width / 2 for node in nodes.values()), default=0.0)
    right = max((node.x + node.width / 2 for node in nodes.values()), default=0.0)
    tops, heights = _rank_tops(sizes, ranks, gap_y)
    centres = {
        name: (nodes[name].x - left, tops[ranks[name]] + heights[ranks[name]] / 2) for name in sizes
    }
    routes = {}
    for arrow, chain in chains.items():
        points = []
        for name in chain:
            x, rank = nodes[name].x - left, nodes[name].rank
            points += [(x, tops[rank]), (x, tops[rank] + heights[rank])]
        (x0, y0), (x1, y1) = centres[arrow[0]], centres[arrow[1]]
        start, end = (x0, y0 + sizes[arrow[0]][1] / 2), (x1, y1 - sizes[arrow[1]][1] / 2)
        routes[arrow] = [start, *points[2:-2], end]
    height = tops[-1] + heights[-1] if tops else 0.0
    return Layout(centres, ranks, routes, right - left, height)


def _ranks(names: Sequence[str], arrows: Sequence[Edge]) -> dict[str, int]:
    """Each node's rank: below all that lead to it, and no input far above its first use."""
    ranks: dict[str, int] = {}
    for name in names:
        above = [ranks[first] for first, last in arrows if last == name]
        ranks[name] = max(above, default=-1) + 1
    led_to = {last for _, last in arrows}
    for name in names:
        below = [ranks[last] for first, last in arrows if first == name]
        if name not in led_to and below:
            ranks[name] = min(below) - 1
    return ranks


def _rank_tops(
    sizes: Mapping[str, tuple[float, float]], ranks: Mapping[str, int], gap: float
) -> tuple[list[float], list[float]]:
    """The upper end and the height of each rank."""
    heights = [0.0] * (max(ranks.values(), default=-1) + 1)
    for name, rank in ranks.items():
        heights[rank] = max(heights[rank], sizes[name][1])
    tops = [sum(heights[:rank]) + gap * rank for rank in range(len(heights))]
    return tops, heights


def _chain(arrow: Edge, nodes: dict[str, _Node]) -> list[str]:
    """The nodes along an arrow; makes those where it passes a rank."""
    first, last = arrow
    chain = [first]
    for rank in range(nodes[first].rank + 1, nodes[last].rank):
        name = f"{first}\0{last}\0{rank}"
        nodes[name] = _Node(_PASSING_WIDTH, rank, passing=True)
        chain.append(name)
    return [*chain, last]


def _ordered(nodes: Mapping[str, _Node], links: Sequence[Edge]) -> list[list[str]]:
    """The nodes of each rank from left to right, with the fewest crossings that sweeps find."""
    found = []
    # Passing arrows to the right of the boxes, where the eye looks for them; else to the left.
    for left_first in (False, True):
        rows: list[list[str]] = [[] for _ in {node.rank for node in nodes.values()}]
        for name in sorted(nodes, key=lambda name: nodes[name].passing, reverse=left_first):
            rows[nodes[name].rank].append(name)
        found.append((_crossings(rows, links), rows))
        for sweep in range(_SWEEPS):
            if not found[-1][0]:
                break
            rows = _swept(rows, links, downwards=sweep % 2 == 0)
            found.append((_crossings(rows, links), rows))
    return min(found, key=lambda one: one[0])[1]


def _swept(
    rows: Sequence[Sequence[str]], links: Sequence[Edge], *, downwards: bool
) -> list[list[str]]:
    """Each rank sorted by where its neighbours of the rank before stand, on average."""
    neighbours: dict[str, list[str]] = {}
    for first, last in links:
        near, far = (last, first) if downwards else (first, last)
        neighbours.setdefault(near, []).append(far)
    result = [list(row) for row in rows]
    for row in result if downwards else reversed(result):
        places = {name: i for other in result for i, name in enumerate(other)}
        middles = {
            name: sum(places[far] for far in fars) / len(fars)
            for name in row
            if (fars := neighbours.get(name))
        }
        row.sort(key=lambda name: middles.get(name, places[name]))
    return result


def _crossings(rows: Sequence[Sequence[str]], links: Sequence[Edge]) -> int:
    """How many pairs of arrows cross between ranks."""
    places = {name: (rank, i) for rank, row in enumerate(rows) for i, name in enumerate(row)}
    between: dict[int, list[tuple[int, int]]] = {}
    for first, last in links:
        (rank, i), (_, j) = places[first], places[last]
        between.setdefault(rank, []).append((i, j))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for pairs in between.values()
        for index, a in enumerate(pairs)
        for b in pairs[:index]
    )


def _place(
    rows: Sequence[Sequence[str]],
    nodes: Mapping[str, _Node],
    links: Sequence[Edge],
    gap: float,
) -> None:
    """Sets x of every node: near its neighbours, in the order of its rank, without overlap."""
    neighbours: dict[str, list[str]] = {name: [] for name in nodes}
    for first, last in links:
        neighbours[first].append(last)
        neighbours[last].append(first)
    for row in rows:
        _settle(row, nodes, [0.0] * len(row), [1.0] * len(row), gap)
    for sweep in range(4 * _SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wishes, weights = [], []
            for name in row:
                pulls = [
                    (_PULLS[nodes[name].passing + nodes[other].passing], nodes[other].x)
                    for other in neighbours[name]
                ]
                weight = sum(pull for pull, _ in pulls)
                wish = sum(pull * x for pull, x in pulls) / weight if pulls else nodes[name].x
                wishes.append(wish)
                weights.append(weight or 1.0)
            _settle(row, nodes, wishes, weights, gap)


def _straighten(
    chains: Iterable[Sequence[str]],
    rows: Sequence[Sequence[str]],
    nodes: Mapping[str, _Node],
    gap: float,
) -> None:
    """Makes an arrow run straight past all its ranks, where there is room for that."""
    for chain in chains:
        passing = chain[1:-1]
        lowest, highest = -math.inf, math.inf
        for name in passing:
            row = rows[nodes[name].rank]
            i = row.index(name)
            for left, right in pairwise(row[max(i - 1, 0) : i + 2]):
                room = (nodes[left].width + nodes[right].width) / 2 + gap
                if right == name:
                    lowest = max(lowest, nodes[left].x + room)
                else:
                    highest = min(highest, nodes[right].x - room)
        if passing and lowest <= highest:
            middle = sum(nodes[name].x for name in passing) / len(passing)
            for name in passing:
                nodes[name].x = min(max(middle, lowest), highest)


def _settle(
    row: Sequence[str],
    nodes: Mapping[str, _Node],
    wishes: Sequence[float],
    weights: Sequence[float],
    gap: float,
) -> None:
    """Gives the nodes of a rank the places nearest to their wishes that keep order and distance.

    With the distances taken off, this is isotonic regression: pool neighbours that want to swap,
    until none do.
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (nodes[left].width + nodes[right].width) / 2 + gap)
    pools: list[tuple[float, float, int]] = []
    for wish, weight, offset in zip(wishes, weights, offsets, strict=False):
        mean, total, count = wish - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            other, other_total, other_count = pools.pop()
            mean = (mean * total + other * other_total) / (total + other_total)
            total, count = total + other_total, count + other_count
        pools.append((mean, total, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    for name, mean, offset in zip(row, means, offsets, strict=False):
        nodes[name].x = mean + offset
