"""The layout of a layered graph in which no arrow crosses a box.

The method is by Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical
system structures" (1981): each node gets a rank by its longest path, and each arrow a dummy node in
each rank that it passes; the nodes of a rank are ordered to avoid crossings, then positioned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12
_DUMMY_WIDTH = 14.0
# The weight of a link by the number of its ends that are dummies: arrows that pass ranks should be
# straight, then the main line of boxes; links between the two may bend.
_LINK_WEIGHTS = (4.0, 0.2, 8.0)

Point = tuple[float, float]
Edge = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """The geometry of a graph, from (0, 0) at the top left, y downwards.

    Args:
        centers: The center of each node's box.
        ranks: The rank of each node, from 0 at the top.
        routes: The points of each arrow, from the bottom of its first box to the top of its last.
            An arrow that passes a rank has one point above and one below that rank.
        width: The width of the graph, boxes included.
        height: The height of the graph, boxes included.
    """

    centers: dict[str, Point]
    ranks: dict[str, int]
    routes: dict[Edge, list[Point]]
    width: float
    height: float


@dataclass
class _Node:
    """A box, or a dummy at the place where an arrow passes a rank."""

    width: float
    rank: int
    is_dummy: bool
    x: float = 0.0


def compute_layout(
    sizes: Mapping[str, tuple[float, float]],
    edges: Sequence[Edge],
    gap_x: float = 28.0,
    gap_y: float = 30.0,
) -> Layout:
    """Place the nodes of an acyclic graph, given the size of each box in topological order.

    The gaps are the minimum distance of boxes in a rank, and the distance of ranks.

    Example:
        >>> layout = compute_layout({"a": (80, 20), "b": (80, 20)}, [("a", "b")])
        >>> layout.centers
        {'a': (40.0, 10.0), 'b': (40.0, 60.0)}
    """
    arrows = list(dict.fromkeys(edges))
    ranks = _assign_ranks(list(sizes), arrows)
    nodes = {name: _Node(size[0], ranks[name], is_dummy=False) for name, size in sizes.items()}
    chains = {arrow: _add_dummies(arrow, nodes) for arrow in arrows}
    links = [link for chain in chains.values() for link in pairwise(chain)]
    rows = _order_ranks(nodes, links)
    _set_positions(rows, nodes, links, gap_x)
    _straighten(chains.values(), rows, nodes, gap_x)
    left = min((node.x - node.width / 2 for node in nodes.values()), default=0.0)
    right = max((node.x + node.width / 2 for node in nodes.values()), default=0.0)
    heights = [0.0] * len(rows)
    for name, rank in ranks.items():
        heights[rank] = max(heights[rank], sizes[name][1])
    tops = [sum(heights[:rank]) + gap_y * rank for rank in range(len(heights))]
    centers = {
        name: (nodes[name].x - left, tops[ranks[name]] + heights[ranks[name]] / 2) for name in sizes
    }
    routes = {}
    for arrow, chain in chains.items():
        points = []
        for name in chain:
            x, rank = nodes[name].x - left, nodes[name].rank
            points += [(x, tops[rank]), (x, tops[rank] + heights[rank])]
        (x0, y0), (x1, y1) = centers[arrow[0]], centers[arrow[1]]
        start, end = (x0, y0 + sizes[arrow[0]][1] / 2), (x1, y1 - sizes[arrow[1]][1] / 2)
        routes[arrow] = [start, *points[2:-2], end]
    height = tops[-1] + heights[-1] if tops else 0.0
    return Layout(centers, ranks, routes, right - left, height)


def _assign_ranks(names: Sequence[str], arrows: Sequence[Edge]) -> dict[str, int]:
    """Return each node's rank: below its predecessors; of a source, just above its successors."""
    ranks: dict[str, int] = {}
    for name in names:
        predecessors = [ranks[first] for first, last in arrows if last == name]
        ranks[name] = max(predecessors, default=-1) + 1
    targets = {last for _, last in arrows}
    for name in names:
        successors = [ranks[last] for first, last in arrows if first == name]
        if name not in targets and successors:
            ranks[name] = min(successors) - 1
    return ranks


def _add_dummies(arrow: Edge, nodes: dict[str, _Node]) -> list[str]:
    """Add a dummy for each rank that an arrow passes, and return the nodes along it."""
    first, last = arrow
    chain = [first]
    for rank in range(nodes[first].rank + 1, nodes[last].rank):
        name = f"{first}\0{last}\0{rank}"
        nodes[name] = _Node(_DUMMY_WIDTH, rank, is_dummy=True)
        chain.append(name)
    return [*chain, last]


def _order_ranks(nodes: Mapping[str, _Node], links: Sequence[Edge]) -> list[list[str]]:
    """Return the nodes of each rank from left to right, with the fewest crossings found."""
    candidates = []
    # Dummies to the right of the boxes, where readers expect them, or else to the left.
    for dummies_first in (False, True):
        rows: list[list[str]] = [[] for _ in {node.rank for node in nodes.values()}]
        for name in sorted(nodes, key=lambda name: nodes[name].is_dummy, reverse=dummies_first):
            rows[nodes[name].rank].append(name)
        candidates.append((_count_crossings(rows, links), rows))
        for sweep in range(_SWEEPS):
            if not candidates[-1][0]:
                break
            rows = _sort_by_neighbors(rows, links, downwards=sweep % 2 == 0)
            candidates.append((_count_crossings(rows, links), rows))
    return min(candidates, key=lambda candidate: candidate[0])[1]


def _sort_by_neighbors(
    rows: Sequence[Sequence[str]], links: Sequence[Edge], *, downwards: bool
) -> list[list[str]]:
    """Return each rank sorted by the mean position of its neighbors in the previous rank."""
    neighbors: dict[str, list[str]] = {}
    for first, last in links:
        name, neighbor = (last, first) if downwards else (first, last)
        neighbors.setdefault(name, []).append(neighbor)
    result = [list(row) for row in rows]
    for row in result if downwards else reversed(result):
        places = {name: i for other in result for i, name in enumerate(other)}
        means = {
            name: sum(places[neighbor] for neighbor in neighbors[name]) / len(neighbors[name])
            for name in row
            if name in neighbors
        }
        row.sort(key=lambda name: means.get(name, places[name]))
    return result


def _count_crossings(rows: Sequence[Sequence[str]], links: Sequence[Edge]) -> int:
    """Count the pairs of links that cross between ranks."""
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


def _set_positions(
    rows: Sequence[Sequence[str]],
    nodes: Mapping[str, _Node],
    links: Sequence[Edge],
    gap: float,
) -> None:
    """Set x of each node near its neighbors, keeping the order of its rank without overlap."""
    neighbors: dict[str, list[str]] = {name: [] for name in nodes}
    for first, last in links:
        neighbors[first].append(last)
        neighbors[last].append(first)
    for row in rows:
        _fit_row(row, nodes, [0.0] * len(row), [1.0] * len(row), gap)
    for sweep in range(4 * _SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            targets, weights = [], []
            for name in row:
                pulls = [
                    (_LINK_WEIGHTS[nodes[name].is_dummy + nodes[other].is_dummy], nodes[other].x)
                    for other in neighbors[name]
                ]
                weight = sum(pull for pull, _ in pulls)
                target = sum(pull * x for pull, x in pulls) / weight if pulls else nodes[name].x
                targets.append(target)
                weights.append(weight or 1.0)
            _fit_row(row, nodes, targets, weights, gap)


def _straighten(
    chains: Iterable[Sequence[str]],
    rows: Sequence[Sequence[str]],
    nodes: Mapping[str, _Node],
    gap: float,
) -> None:
    """Make each arrow straight along the ranks that it passes, if there is space."""
    for chain in chains:
        dummies = chain[1:-1]
        lowest, highest = -math.inf, math.inf
        for name in dummies:
            row = rows[nodes[name].rank]
            i = row.index(name)
            for left, right in pairwise(row[max(i - 1, 0) : i + 2]):
                distance = (nodes[left].width + nodes[right].width) / 2 + gap
                if right == name:
                    lowest = max(lowest, nodes[left].x + distance)
                else:
                    highest = min(highest, nodes[right].x - distance)
        if dummies and lowest <= highest:
            mean = sum(nodes[name].x for name in dummies) / len(dummies)
            for name in dummies:
                nodes[name].x = min(max(mean, lowest), highest)


def _fit_row(
    row: Sequence[str],
    nodes: Mapping[str, _Node],
    targets: Sequence[float],
    weights: Sequence[float],
    gap: float,
) -> None:
    """Set x of the nodes of a rank as close to the targets as order and distance allow.

    With the distances subtracted, this is isotonic regression by the pool adjacent violators
    algorithm.
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (nodes[left].width + nodes[right].width) / 2 + gap)
    pools: list[tuple[float, float, int]] = []
    for target, weight, offset in zip(targets, weights, offsets, strict=False):
        mean, total, count = target - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            other, other_total, other_count = pools.pop()
            mean = (mean * total + other * other_total) / (total + other_total)
            total, count = total + other_total, count + other_count
        pools.append((mean, total, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    for name, mean, offset in zip(row, means, offsets, strict=False):
        nodes[name].x = mean + offset
