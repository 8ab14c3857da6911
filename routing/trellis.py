"""The most likely sequence of places on a graph for a sequence of points (Viterbi), compiled by numba.

A *state* is a directed edge and a place on it that may explain a point; the states of the points stand one after the
other, a *layer* for each point. What a state costs is how far the point is from it; what a step between two states
costs is how much longer the way between them is than the straight line (Newson and Krumm, Hidden Markov map matching
through noise and sparseness, 2009; https://doi.org/10.1145/1653771.1653818). The straight line is the same for all ways
of a step, so that it need not be taken off; a way shorter than it is no worse, since noise makes straight lines long.
Costs are -ln of a likelihood. Lengths are whole millimetres, places on an edge whole parts of 65,536 in walking
direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.kernels import UNREACHED, compiled, reach_within
from routing.snap import SPLITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# How one came from a state to the next.
ALONG: Final = 0  # on the same edge, forth; or a little back, which is noise and not walked
TURN: Final = 1  # on the same section, turning round once
ONWARD: Final = 2  # off the edge's end, by the shortest way
TURN_FIRST: Final = 3  # turning round on the edge, then by the shortest way
TURN_LAST: Final = 4  # by the shortest way past the place, then turning round to it
_KINDS: Final = 8

# Chosen by measurement on walks with noise of 5 and 10 m at 1, 10 and 30 s (tests/test_matching.py).
_WAY_MM: Final = 5_000.0  # of way at the cost 1 [M]
_BACK_MM: Final = 3_500.0  # back along an edge at the cost 1: noise, but a walk that comes far back has turned [M]
_TURN_COST: Final = 2.0  # of turning round; with the two above, one who comes back 23 m on an edge has turned [M]
_HOPELESS: Final = 30.0  # costlier than the best state by this: not followed further
_WAY_FACTOR: Final = 2.0  # a way is followed up to this times the straight line
_WAY_EXTRA_MM: Final = 75_000.0  # and this


class Roads(NamedTuple):
    """The graph as a walk is followed on it."""

    out_start: NDArray[np.int32]  # [node + 1]
    head: NDArray[np.int32]  # [edge]
    tail: NDArray[np.int32]  # [edge]
    twin: NDArray[np.int32]  # [edge] the same section walked the other way, -1 for none
    length_mm: NDArray[np.int64]  # [edge]


class States(NamedTuple):
    """What may explain the points, layer by layer; a place on an edge that has a twin is a state of that, too."""

    start: NDArray[np.int64]  # [layer + 1] into the others
    edge: NDArray[np.int32]  # [state]
    q: NDArray[np.int32]  # [state]
    cost: Floats  # [state] of the distance from the point


class Scratch(NamedTuple):
    """Room for searches; what they touched is wiped after each."""

    reached_mm: NDArray[np.int64]  # [node] UNREACHED where no search is under way
    came_by: NDArray[np.int32]  # [node]
    touched: NDArray[np.int32]  # [node]
    keys: NDArray[np.int64]  # [edge + 1]
    nodes: NDArray[np.int32]  # [edge + 1]


def scratch_for(roads: Roads) -> Scratch:
    """Make the room that searches on a graph need."""
    nodes, edges = len(roads.out_start) - 1, len(roads.head)
    return Scratch(
        np.full(nodes, UNREACHED, dtype=np.int64),
        np.empty(nodes, dtype=np.int32),
        np.empty(nodes, dtype=np.int32),
        np.empty(edges + 1, dtype=np.int64),
        np.empty(edges + 1, dtype=np.int32),
    )


@compiled
def _search(roads: Roads, edge: int, limit_mm: float, scratch: Scratch) -> int:
    """Measure from the end of an edge without turning round there; gives how many nodes were touched."""
    count: int = reach_within(
        roads.out_start, roads.head, roads.length_mm, roads.head[edge], roads.twin[edge], int(limit_mm),
        scratch.reached_mm, scratch.came_by, scratch.touched, scratch.keys, scratch.nodes,
    )  # fmt: skip
    return count


@compiled
def _wipe(scratch: Scratch, count: int) -> None:
    """Forget a search."""
    for i in range(count):
        scratch.reached_mm[scratch.touched[i]] = UNREACHED


@compiled
def _offer(total: Floats, came: NDArray[np.int16], t: int, cost: float, code: int) -> None:
    """Keep a way to a state if it is the cheapest yet."""
    if cost < total[t]:
        total[t] = cost
        came[t] = code


@compiled
def _stay(roads: Roads, states: States, total: Floats, came: NDArray[np.int16], layer: int, most: float) -> None:
    """Offer the steps that stay on a section."""
    first = states.start[layer - 1]
    for s in range(first, states.start[layer]):
        if total[s] > most:
            continue
        edge = states.edge[s]
        for t in range(states.start[layer], states.start[layer + 1]):
            same = states.edge[t] == edge
            if not same and states.edge[t] != roads.twin[edge]:
                continue
            q = states.q[t] if same else SPLITS - states.q[t]
            on_mm = (q - states.q[s]) / SPLITS * roads.length_mm[edge]
            cost = abs(on_mm) / (_WAY_MM if on_mm >= 0 or not same else _BACK_MM)
            if same:
                _offer(total, came, t, total[s] + cost, (s - first) * _KINDS + ALONG)
            else:
                _offer(total, came, t, total[s] + cost + _TURN_COST, (s - first) * _KINDS + TURN)


@compiled
def _from_mm(scratch: Scratch, node: int) -> float:
    """Give how far a node is from where the search began, infinity if it was not reached."""
    reached_mm = scratch.reached_mm[node]
    return np.inf if reached_mm == UNREACHED else float(reached_mm)


@compiled
def _go(
    roads: Roads, states: States, total: Floats, came: NDArray[np.int16], layer: int, most: float, edge: int,
    scratch: Scratch,
) -> None:  # fmt: skip
    """Offer the steps that leave a section by the end of one edge; the search from there stands in the scratch."""
    first = states.start[layer - 1]
    for s in range(first, states.start[layer]):
        on = states.edge[s]
        if total[s] > most or (on != edge and roads.twin[on] != edge):
            continue
        left = 1 - states.q[s] / SPLITS if on == edge else states.q[s] / SPLITS
        out_mm = left * roads.length_mm[on]
        code = (s - first) * _KINDS
        for t in range(states.start[layer], states.start[layer + 1]):
            to = states.edge[t]
            q = states.q[t] / SPLITS
            in_mm = _from_mm(scratch, roads.tail[to]) + q * roads.length_mm[to]
            cost = total[s] + (out_mm + in_mm) / _WAY_MM
            if on != edge:
                _offer(total, came, t, cost + _TURN_COST, code + TURN_FIRST)
                continue
            _offer(total, came, t, cost, code + ONWARD)
            if roads.twin[to] >= 0:
                past_mm = _from_mm(scratch, roads.head[to]) + (1 - q) * roads.length_mm[to]
                turned = total[s] + (out_mm + past_mm) / _WAY_MM
                _offer(total, came, t, turned + _TURN_COST, code + TURN_LAST)


@compiled
def _leads_out(roads: Roads, states: States, total: Floats, first: int, at: int, end: int, most: float) -> bool:
    """Tell whether somebody in a layer may leave by the edge of a state, and no state before it has that edge."""
    edge = states.edge[at]
    for s in range(first, at):
        if states.edge[s] == edge:
            return False
    for s in range(first, end):
        if total[s] <= most and (states.edge[s] == edge or roads.twin[states.edge[s]] == edge):
            return True
    return False


@compiled
def follow(
    roads: Roads,
    states: States,
    straight_mm: Floats,
    start: int,
    scratch: Scratch,
    total: Floats,
    came: NDArray[np.int16],
) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """Find the most likely states from a layer on, as far as steps lead.

    Parameters
    ----------
    roads
        The graph.
    states
        Of all layers; those of ``start`` must not be empty.
    straight_mm
        float64 [layer], the straight line from the layer before; negative where no step is taken.
    start
        The first layer.
    scratch
        From :func:`scratch_for`.
    total, came
        float64 [state], all infinity; int16 [state]: what was found of each state, for this function alone to read.

    Returns
    -------
    tuple
        The state of each layer from ``start`` on, int64 [followed], and how it was reached, int16 [followed], the first
        of no meaning. At least one.
    """
    total[states.start[start] : states.start[start + 1]] = states.cost[states.start[start] : states.start[start + 1]]
    layer = start + 1
    while layer < len(states.start) - 1 and straight_mm[layer] >= 0:
        first, here, end = states.start[layer - 1], states.start[layer], states.start[layer + 1]
        most = np.min(total[first:here]) + _HOPELESS
        _stay(roads, states, total, came, layer, most)
        limit_mm = _WAY_FACTOR * straight_mm[layer] + _WAY_EXTRA_MM
        for s in range(first, here):
            if _leads_out(roads, states, total, first, s, here, most):
                count = _search(roads, states.edge[s], limit_mm, scratch)
                _go(roads, states, total, came, layer, most, states.edge[s], scratch)
                _wipe(scratch, count)
        total[here:end] += states.cost[here:end]
        if here == end or np.min(total[here:end]) == np.inf:
            break
        layer += 1
    return _back(states, total, came, start, layer)


@compiled
def _back(
    states: States, total: Floats, came: NDArray[np.int16], start: int, stop: int
) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """Go back from the cheapest state of the last layer followed."""
    chosen = np.empty(stop - start, dtype=np.int64)
    kind = np.zeros(stop - start, dtype=np.int16)
    at = states.start[stop - 1] + np.argmin(total[states.start[stop - 1] : states.start[stop]])
    for i in range(stop - start - 1, -1, -1):
        chosen[i] = at
        if i > 0:
            kind[i] = came[at] % _KINDS
            at = states.start[start + i - 1] + came[at] // _KINDS
    return chosen, kind


@compiled
def between(roads: Roads, edge: int, node: int, limit_mm: float, scratch: Scratch) -> NDArray[np.int32]:
    """List the edges of the shortest way from the end of an edge to a node that a search has reached before."""
    count = _search(roads, edge, limit_mm, scratch)
    edges = 0
    at = node
    while at != roads.head[edge]:
        edges += 1
        at = roads.tail[scratch.came_by[at]]
    found = np.empty(edges, dtype=np.int32)
    at = node
    for i in range(edges - 1, -1, -1):
        found[i] = scratch.came_by[at]
        at = roads.tail[found[i]]
    _wipe(scratch, count)
    return found


def way_between(roads: Roads, edge: int, node: int, straight_mm: float, scratch: Scratch) -> list[int]:
    """List the edges of the shortest way from the end of an edge to a node, as :func:`follow` went it."""
    found: list[int] = between(roads, edge, node, _WAY_FACTOR * straight_mm + _WAY_EXTRA_MM, scratch).tolist()
    return found
