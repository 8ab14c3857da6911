"""The whole honest choice on a small graph: every walk that is not beaten in both effort and what is seen.

A label is a way from the start to a node, with its effort and what is seen of it. Labels are taken up by the least
effort of a whole walk that begins with them, so the points of the front come in order of effort, and a search that is
stopped leaves its first part, exact (BOA*: Hernandez Ulloa and others 2020). From every label the shortest rest is a
walk, too: it is noted at once, and whatever cannot beat it is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.kernels import UNREACHED, compiled, drop_least, push
from routing.search.reach import SOURCE, TARGET
from routing.search.shrink import by_node

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Places in the state of a search.
LABELS, BUCKET, POINTS, BEST = range(4)
ROOM_TO_EXPAND = 64  # labels that one label may make, unless it has more edges


@compiled
def seen_to_go(
    out_start: NDArray[np.int32], head: NDArray[np.int32], seen: NDArray[np.int64], most: int
) -> NDArray[np.int64]:
    """Give the least that is seen from every node to the end, int64 [node]; UNREACHED where that is above ``most``."""
    count = len(out_start) - 1
    tail = np.empty(len(head), dtype=np.int32)
    for node in range(count):
        tail[out_start[node] : out_start[node + 1]] = node
    start, order = by_node(head, count)
    least = np.full(count, UNREACHED, dtype=np.int64)
    keys = np.empty(len(head) + 1, dtype=np.int64)
    nodes = np.empty(len(head) + 1, dtype=np.int64)
    least[TARGET] = 0
    size = push(keys, nodes, 0, 0, TARGET)
    while size > 0:
        key = keys[0]
        node = nodes[0]
        size = drop_least(keys, nodes, size)
        if key > least[node]:
            continue
        for i in range(start[node], start[node + 1]):
            edge = order[i]
            farther = key + seen[edge]
            if farther < least[tail[edge]] and farther <= most:
                least[tail[edge]] = farther
                size = push(keys, nodes, size, farther, tail[edge])
    return least


@compiled
def shortest_rest(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    effort_dm: NDArray[np.int64],
    seen: NDArray[np.int64],
    to_go_dm: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Give the first edge of a shortest way from every node to the end, and what is seen of that way, the least so."""
    count = len(out_start) - 1
    onward = np.full(count, -1, dtype=np.int32)
    rest = np.full(count, UNREACHED, dtype=np.int64)
    rest[TARGET] = 0
    order = np.argsort(to_go_dm, kind="mergesort")
    for turn in range(count + 1):
        node = SOURCE if turn == count else order[turn]  # the start comes last: a part of an edge may cost nothing
        if node == TARGET or (node == SOURCE and turn < count):
            continue
        for edge in range(out_start[node], out_start[node + 1]):
            other = head[edge]
            if effort_dm[edge] + to_go_dm[other] == to_go_dm[node] and rest[other] < UNREACHED:
                whole = seen[edge] + rest[other]
                if whole < rest[node]:
                    rest[node] = whole
                    onward[node] = edge
    return onward, rest


@compiled
def take_up(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    effort_dm: NDArray[np.int64],
    seen: NDArray[np.int64],
    to_go_dm: NDArray[np.int64],
    least: NDArray[np.int64],
    rest: NDArray[np.int64],
    bucket: NDArray[np.int32],
    best_at: NDArray[np.int64],
    label_node: NDArray[np.int32],
    label_dm: NDArray[np.int32],
    label_seen: NDArray[np.int64],
    label_from: NDArray[np.int32],
    label_edge: NDArray[np.int32],
    label_next: NDArray[np.int32],
    points: NDArray[np.int64],
    state: NDArray[np.int64],
    turns: int,
) -> int:
    """Take up labels, as many as told, as long as there is room for what they make; gives how many turns are left.

    Parameters
    ----------
    out_start, head, effort_dm, seen, to_go_dm
        Of :class:`routing.search.reach.Reached`.
    least, rest
        int64 [node] from :func:`seen_to_go` and :func:`shortest_rest`.
    bucket
        int32 [effort beyond the shortest walk's]: the last label of each, -1 where there is none.
    best_at
        int64 [node]: the least that was seen of a label taken up there.
    label_node, label_dm, label_seen, label_from, label_edge, label_next
        [label]: where, its effort and what is seen of it, the label and edge it came by, the next in its bucket.
    points
        int64 [point, 3]: effort, what is seen, and label of the walks found, in order of effort.
    state
        int64: labels there are, the bucket at hand, points there are, the least that is seen of any walk found.
    turns
        How many labels to take up.
    """
    shortest_dm = to_go_dm[SOURCE]
    labels, at, found, best = state[LABELS], state[BUCKET], state[POINTS], state[BEST]
    while turns > 0 and at < len(bucket):
        label = bucket[at]
        if label < 0:
            at += 1
            continue
        node = label_node[label]
        if labels + out_start[node + 1] - out_start[node] > len(label_node):
            break
        bucket[at] = label_next[label]
        turns -= 1
        so_far = label_seen[label]
        if so_far >= best_at[node] or so_far + least[node] >= best:
            continue
        best_at[node] = so_far
        whole = so_far + rest[node]
        if whole < best:
            best = whole
            if found > 0 and points[found - 1, 0] == shortest_dm + at:
                found -= 1
            points[found, 0], points[found, 1], points[found, 2] = shortest_dm + at, whole, label
            found += 1
        if rest[node] == least[node]:
            continue  # no other rest is seen less
        for edge in range(out_start[node], out_start[node + 1]):
            other = head[edge]
            farther = label_dm[label] + effort_dm[edge]
            put = farther + to_go_dm[other] - shortest_dm
            more = so_far + seen[edge]
            if put >= len(bucket) or more >= best_at[other] or more + least[other] >= best:
                continue
            label_node[labels] = other
            label_dm[labels] = farther
            label_seen[labels] = more
            label_from[labels] = label
            label_edge[labels] = edge
            label_next[labels] = bucket[put]
            bucket[put] = labels
            labels += 1
    state[LABELS], state[BUCKET], state[POINTS], state[BEST] = labels, at, found, best
    return turns


@compiled
def traced(
    points: NDArray[np.int64],
    label_node: NDArray[np.int32],
    label_from: NDArray[np.int32],
    label_edge: NDArray[np.int32],
    head: NDArray[np.int32],
    onward: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """List the edges of the walks found: where each one's begin, int32 [point + 1], and the edges in order, int32."""
    start = np.zeros(len(points) + 1, dtype=np.int32)
    for point in range(len(points)):
        count = 0
        label = points[point, 2]
        node = label_node[label]
        while label_from[label] >= 0:
            count += 1
            label = label_from[label]
        while node != TARGET:
            count += 1
            node = head[onward[node]]
        start[point + 1] = start[point] + count
    edges = np.empty(start[-1], dtype=np.int32)
    for point in range(len(points)):
        label = points[point, 2]
        node = label_node[label]
        at = start[point + 1] - 1
        while node != TARGET:
            at -= 1
            node = head[onward[node]]
        put, node = at + 1, label_node[label]
        while node != TARGET:
            edges[put] = onward[node]
            put += 1
            node = head[onward[node]]
        while label_from[label] >= 0:
            edges[at] = label_edge[label]
            at -= 1
            label = label_from[label]
    return start, edges
