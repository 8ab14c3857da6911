"""The whole honest choice on a small graph: every walk that is not beaten in both effort and what is seen.

A label is a way from the start to a node, with its effort and what is seen of it. Labels are taken up by the least
effort of a whole walk that begins with them, so the points of the front come in order of effort, and a search that is
stopped leaves its first part, exact (BOA*: Hernandez Ulloa and others 2020). From every label the shortest rest is a
walk, too: it is noted at once, and whatever cannot beat it is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from routing.kernels import UNREACHED, compiled, drop_least, push
from routing.search.reach import SOURCE, TARGET
from routing.search.shrink import by_node

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.search.reach import Reached

# Places in the state of a search.
LABELS, BUCKET, POINTS, BEST = range(4)


class Labels(NamedTuple):
    """Ways from the start, each with the one that it prolongs."""

    node: NDArray[np.int32]  # [label]
    effort_dm: NDArray[np.int32]  # [label]
    seen: NDArray[np.int64]  # [label]
    came_from: NDArray[np.int32]  # [label] another label, -1 for the first
    came_by: NDArray[np.int32]  # [label] edge
    under: NDArray[np.int32]  # [label] the next in its bucket, -1 for the last


def labels_for(room: int, known: Labels | None = None) -> Labels:
    """Make room for labels, those that are known at its begin; else for the first, which is at the start."""

    def column(name: str, first: int) -> NDArray[Any]:
        made = np.empty(room, dtype=np.int64 if name == "seen" else np.int32)
        old: NDArray[Any] = np.array([first]) if known is None else getattr(known, name)
        made[: len(old)] = old
        return made

    return Labels(
        column("node", SOURCE), column("effort_dm", 0), column("seen", 0),
        column("came_from", -1), column("came_by", -1), column("under", -1),
    )  # fmt: skip


class Found(NamedTuple):
    """What a search has found so far."""

    bucket: NDArray[np.int32]  # [effort beyond the shortest walk's] the last label of each, -1 where there is none
    best_at: NDArray[np.int64]  # [node] the least that was seen of a label taken up there
    points: NDArray[np.int64]  # [point, 3] effort, what is seen, and label of the walks, in order of effort
    state: NDArray[np.int64]  # labels there are, the bucket at hand, points there are, the least seen of any walk


@compiled
def seen_to_go(reached: Reached, most: int) -> NDArray[np.int64]:
    """Give the least that is seen from every node to the end, int64 [node]; UNREACHED where that is above ``most``."""
    count, edges = len(reached.to_go_dm), len(reached.head)
    tail = np.empty(edges, dtype=np.int32)
    for node in range(count):
        tail[reached.out_start[node] : reached.out_start[node + 1]] = node
    start, order = by_node(reached.head, count)
    least = np.full(count, UNREACHED, dtype=np.int64)
    keys, nodes = np.empty(edges + 1, dtype=np.int64), np.empty(edges + 1, dtype=np.int32)
    least[TARGET] = 0
    size = push(keys, nodes, 0, 0, TARGET)
    while size > 0:
        key, node = keys[0], nodes[0]
        size = drop_least(keys, nodes, size)
        if key > least[node]:
            continue
        for i in range(start[node], start[node + 1]):
            edge = order[i]
            more = key + reached.seen[edge]
            if more < least[tail[edge]] and more <= most:
                least[tail[edge]] = more
                size = push(keys, nodes, size, more, tail[edge])
    return least


def shortest_rest(reached: Reached) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Give the first edge of a shortest way from every node to the end, and what is seen of that way, the least so."""
    found: tuple[NDArray[np.int32], NDArray[np.int64]] = _rest(reached, np.argsort(reached.to_go_dm, kind="stable"))
    return found


@compiled
def _rest(reached: Reached, order: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    to_go_dm = reached.to_go_dm
    count = len(to_go_dm)
    onward = np.full(count, -1, dtype=np.int32)
    rest = np.full(count, UNREACHED, dtype=np.int64)
    rest[TARGET] = 0
    for turn in range(count + 1):
        node = SOURCE if turn == count else order[turn]  # the start comes last: a part of an edge may cost nothing
        if node == TARGET or (node == SOURCE and turn < count):
            continue
        for edge in range(reached.out_start[node], reached.out_start[node + 1]):
            other = reached.head[edge]
            if reached.effort_dm[edge] + to_go_dm[other] == to_go_dm[node] and rest[other] < UNREACHED:
                whole = reached.seen[edge] + rest[other]
                if whole < rest[node]:
                    rest[node], onward[node] = whole, edge
    return onward, rest


@compiled
def take_up(
    reached: Reached, least: NDArray[np.int64], rest: NDArray[np.int64], labels: Labels, found: Found, turns: int
) -> int:
    """Take up labels, as many as told, as long as there is room for what they make; gives how many turns are left.

    Parameters
    ----------
    reached
        What to search.
    least, rest
        int64 [node] from :func:`seen_to_go` and :func:`shortest_rest`.
    labels, found
        The search so far; they are changed.
    turns
        How many labels to take up.
    """
    bucket, best_at, points, state = found
    shortest_dm = reached.to_go_dm[SOURCE]
    count, at, known, best = state[LABELS], state[BUCKET], state[POINTS], state[BEST]
    while turns > 0 and at < len(bucket):
        label = bucket[at]
        if label < 0:
            at += 1
            continue
        node = labels.node[label]
        first, end = reached.out_start[node], reached.out_start[node + 1]
        if count + end - first > len(labels.node):
            break
        bucket[at] = labels.under[label]
        turns -= 1
        so_far = labels.seen[label]
        if so_far >= best_at[node] or so_far + least[node] >= best:
            continue
        best_at[node] = so_far
        whole = so_far + rest[node]
        if whole < best:
            best = whole
            if known > 0 and points[known - 1, 0] == shortest_dm + at:
                known -= 1
            points[known, 0], points[known, 1], points[known, 2] = shortest_dm + at, whole, label
            known += 1
        if rest[node] == least[node]:
            continue  # no other rest is seen less
        for edge in range(first, end):
            other = reached.head[edge]
            farther = labels.effort_dm[label] + reached.effort_dm[edge]
            put = farther + reached.to_go_dm[other] - shortest_dm
            more = so_far + reached.seen[edge]
            if put >= len(bucket) or more >= best_at[other] or more + least[other] >= best:
                continue
            labels.node[count], labels.effort_dm[count], labels.seen[count] = other, farther, more
            labels.came_from[count], labels.came_by[count], labels.under[count] = label, edge, bucket[put]
            bucket[put] = count
            count += 1
    state[LABELS], state[BUCKET], state[POINTS], state[BEST] = count, at, known, best
    return turns


@compiled
def traced(
    points: NDArray[np.int64], labels: Labels, head: NDArray[np.int32], onward: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """List the edges of the walks found: where each one's begin, int32 [point + 1], and the edges in order, int32."""
    start = np.zeros(len(points) + 1, dtype=np.int32)
    before = np.zeros(len(points), dtype=np.int32)
    for point in range(len(points)):
        label = points[point, 2]
        node = labels.node[label]
        while labels.came_from[label] >= 0:
            before[point] += 1
            label = labels.came_from[label]
        start[point + 1] = start[point] + before[point]
        while node != TARGET:
            start[point + 1] += 1
            node = head[onward[node]]
    edges = np.empty(start[-1], dtype=np.int32)
    for point in range(len(points)):
        label = points[point, 2]
        node = labels.node[label]
        put = start[point] + before[point]
        for at in range(put - 1, start[point] - 1, -1):
            edges[at] = labels.came_by[label]
            label = labels.came_from[label]
        while node != TARGET:
            edges[put] = onward[node]
            put += 1
            node = head[onward[node]]
    return start, edges
