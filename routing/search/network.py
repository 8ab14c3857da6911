"""The path of least cost for one price of being seen, exactly.

An edge costs ``1_000_000 * effort_dm + beta * seen`` (contract; ``effort_dm`` is the length as a walker feels it). All
numbers are whole, so sums are exact and equal to any other exact algorithm's. The ends lie beside the graph: a walk
begins with a part of a split edge and ends with one, and nothing that is shared is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.graph import Flag
from routing.kernels import UNIT, UNREACHED
from routing.search.landmarks import effort_marks, marks_of
from routing.search.route import Lanes, least_cost, room_for
from routing.search.straight import Doors, Roads
from routing.search.trunk import trunk_of
from routing.snap import SPLITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.snap import Snap

MAX_BETA = 10**7  # decimetres of detour for a unit of risk: a metre for the least risk that is counted
MOST_SEEN = 3 * 10**7  # of an edge; the sum over a walk of 20 of them at the highest price stays below 2^53
_DEAR = 500  # at a lower price, nearly all of a cost is effort
_LEAST_MARKED = 1000  # then twice as much each time; at four times, searches across a city took a third longer


@dataclass(frozen=True)
class Network:
    """A graph with what is seen of it: all that a search reads."""

    graph: WalkGraph
    seen: NDArray[np.int32]  # [edge] 1e-6 of risk
    beneath: Network | None = None  # on the same graph; where no edge of it is seen more, its bounds are good here

    @property
    def roads(self) -> Roads:
        """Give it as compiled searches read it."""
        of = self.graph
        return Roads(of.out_start, of.head, of.in_start, of.in_edge, of.tail, of.effort_dm, self.seen, of.anchor_dm)

    def raised(self, seen: NDArray[np.int32]) -> Network:
        """Give the same graph with more that is seen of it, int32 [edge]; where it is less, bounds are made anew."""
        return Network(self.graph, seen, self if self.beneath is None else self.beneath)

    def lanes(self, beta: int) -> Lanes:
        """Give it as a search for one route reads it: costs at a price lie between those at two prices with marks."""
        trunk, seen = self.graph.once(trunk_of), self._lane_seen
        below, above = 0, _LEAST_MARKED
        while above < beta:
            below, above = above, 2 * above
        weights = (UNIT * (above - beta) // (above - below), UNIT * (beta - below) // (above - below))
        if beta < _DEAR:
            above, weights = 0, (UNIT, 0)
        return Lanes(
            trunk.size, trunk.anchor_dm, self._marks(below), self._marks(above), *weights,
            trunk.start, trunk.to, trunk.effort_dm, seen, trunk.chain, trunk.link_start, trunk.link,
        )  # fmt: skip

    @cached_property
    def _lane_seen(self) -> NDArray[np.int64]:
        return self.graph.once(trunk_of).sums(self.seen)

    @cached_property
    def _marked(self) -> dict[int, NDArray[np.int32]]:
        return {0: self.graph.once(effort_marks)}

    @cached_property
    def _bounding(self) -> Network:
        """The network whose marks are good here: one beneath, if nothing of it is seen less here."""
        return self if self.beneath is None or (self.seen < self.beneath.seen).any() else self.beneath

    def _marks(self, price: int) -> NDArray[np.int32]:
        """Give marks at a price, int32 [node of the trunk, mark]; they are made when first asked for, and kept."""
        marked = self._bounding._marked  # noqa: SLF001  # another of this class
        if price not in marked:
            trunk, seen = self.graph.once(trunk_of), self._bounding._lane_seen  # noqa: SLF001
            marked[price] = marks_of(self.graph, trunk.effort_dm + price * seen // UNIT)
        return marked[price]


def weigh(graph: WalkGraph, risk_e6: NDArray[np.int32], among_cars_per_m: float) -> Network:
    """Make what a search reads of what cameras do: carriageways count as if watched, so that none is dodged along them.

    Parameters
    ----------
    graph
        The walk graph.
    risk_e6
        int32 [edge], 1e-6 of -ln(1 - p).
    among_cars_per_m
        The least risk that counts for a metre among cars.

    Returns
    -------
    Network
    """
    among_cars = (graph.flags[graph.section] & Flag.CARRIAGEWAY) != 0
    least = np.minimum(np.rint(graph.length_dm * (among_cars_per_m * 1e5)), MOST_SEEN).astype(np.int32)
    return Network(graph, np.where(among_cars, np.maximum(risk_e6, least), risk_e6))


class Part(NamedTuple):
    """A directed edge from ``q_from`` to ``q_to`` of 65,536, counted in walking direction."""

    edge: int
    q_from: int
    q_to: int

    def share(self, values: NDArray[np.int32]) -> int:
        """Give this part of an edge's whole number; the parts of a split edge add up to the whole."""
        value = int(values[self.edge])
        return self.q_to * value // SPLITS - self.q_from * value // SPLITS


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the graph with its exact sums; in its first and last part the ends lie."""

    parts: tuple[Part, ...]
    length_dm: int
    effort_dm: int
    seen: int

    def cost(self, beta: int) -> int:
        """Give the scalar cost at a price of being seen."""
        return UNIT * self.effort_dm + beta * self.seen


@dataclass(frozen=True, slots=True)
class Ends:
    """Start and end of a walk beside a graph: the parts of edges by which it is left and entered."""

    first: tuple[Part, ...]
    last: tuple[Part, ...]
    direct: tuple[Part, ...]  # from start to end on one edge

    @property
    def parts(self) -> tuple[Part, ...]:
        """Give all parts; searches tell them by their place here."""
        return (*self.first, *self.last, *self.direct)

    def without(self, parts: frozenset[Part]) -> Ends:
        """Give those that are not among some."""
        return Ends(*(tuple(part for part in of if part not in parts) for of in (self.first, self.last, self.direct)))


def ends_of(graph: WalkGraph, start: Snap, *targets: Snap) -> Ends:
    """Say how a walk leaves its start and enters its end, any of several.

    Parameters
    ----------
    graph
        A walk graph.
    start, targets
        From :func:`routing.snap.snap`.
    """
    first = [Part(edge, q, SPLITS) for edge, q in _edges_at(graph, start)]
    last = [Part(edge, 0, q) for target in targets for edge, q in _edges_at(graph, target)]
    direct = [Part(a.edge, a.q_from, b.q_to) for a in first for b in last if a.edge == b.edge and a.q_from <= b.q_to]
    return Ends(tuple(first), tuple(last), tuple(direct))


@dataclass(frozen=True, slots=True)
class Barred:
    """What a walk may not take: bool [edge], whole edges; and parts with which it would begin or end."""

    edges: NDArray[np.bool_]
    parts: frozenset[Part] = frozenset()


_NOTHING = Barred(np.empty(0, dtype=np.bool_))


class PathFinder:
    """Finds paths between two snapped points, for any number of prices.

    Parameters
    ----------
    network
        What to search.
    start, end
        From :func:`routing.snap.snap`.
    """

    def __init__(self, network: Network, start: Snap, end: Snap) -> None:
        self._network = network
        self.ends = ends_of(network.graph, start, end)

    def best(self, beta: int, barred: Barred | None = None, *, below: int = UNREACHED) -> Path | None:
        """Find a path of least cost.

        Parameters
        ----------
        beta
            The price of a unit of risk in decimetres of effort, 0 … :data:`MAX_BETA`.
        barred
            What it may not take.
        below
            Only a path that costs less is looked for, and what only longer ones pass is not searched.

        Returns
        -------
        Path or None
            ``None`` if the end cannot be reached so.

        Raises
        ------
        ValueError
            If the price is out of bounds.
        """
        if not 0 <= beta <= MAX_BETA:
            raise ValueError(f"the price of a unit of risk is 0 to {MAX_BETA}, in decimetres")
        network, ends = self._network, self.ends
        if barred is None:
            barred = _NOTHING
        else:
            ends = ends.without(barred.parts)
        found = self._found(ends, barred, beta, below)
        paths = [path for part in ends.direct if (path := path_of(network, (part,))).cost(beta) < below]
        if len(found):
            paths.append(_joined(network, ends.first[found[0]], found[2:], ends.last[found[1]]))
        return min(paths, key=lambda path: path.cost(beta), default=None)

    def _found(self, ends: Ends, barred: Barred, beta: int, below: int) -> NDArray[np.int64]:
        """Search the graph between both ends; gives what :func:`routing.search.route.least_cost` does."""
        network, graph = self._network, self._network.graph
        lanes, trunk = network.lanes(beta), graph.once(trunk_of)
        prices = [UNIT * part.share(graph.effort_dm) + beta * part.share(network.seen) for part in ends.parts]
        doors = doors_of(network, ends, column(prices))
        doors = doors._replace(leave=trunk.number[doors.leave], enter=trunk.number[doors.enter])
        try:
            room = trunk.rooms.pop()
        except IndexError:  # all are in use
            room = room_for(lanes)
        found = least_cost(lanes, doors, barred.edges, beta, below, room)
        trunk.rooms.append(room)
        return found


def path_of(network: Network, parts: tuple[Part, ...]) -> Path:
    """Add up what parts of edges are worth."""
    return _summed(network, parts, np.array(parts, dtype=np.int64).reshape(-1, 3))


def _joined(network: Network, first: Part, edges: NDArray[np.int64], last: Part) -> Path:
    """Join whole edges with the parts before and behind."""
    rows = np.zeros((len(edges) + 2, 3), dtype=np.int64)
    rows[0], rows[-1] = first, last
    rows[1:-1, 0], rows[1:-1, 2] = edges, SPLITS
    return _summed(network, (first, *map(Part, edges.tolist(), repeat(0), repeat(SPLITS)), last), rows)


def _summed(network: Network, parts: tuple[Part, ...], rows: NDArray[np.int64]) -> Path:
    columns = (network.graph.length_dm, network.graph.effort_dm, network.seen)
    return Path(parts, *(int(shares(rows, of).sum()) for of in columns))


def shares(parts: NDArray[np.int64], values: NDArray[np.int32]) -> NDArray[np.int64]:
    """Give the shares that parts have in whole numbers of edges, int64 [part].

    Parameters
    ----------
    parts
        int64 [part, 3], see :class:`Part`.
    values
        int32 [edge].
    """
    edge, q_from, q_to = parts.T
    of = values[edge].astype(np.int64)
    found: NDArray[np.int64] = q_to * of // SPLITS - q_from * of // SPLITS
    return found


def doors_of(network: Network, ends: Ends, cost: NDArray[np.int64]) -> Doors:
    """Say at which nodes a walk enters a network and leaves it, given what its parts cost, int64 [part]."""
    graph, first = network.graph, len(ends.first)
    leave = np.array([graph.head[part.edge] for part in ends.first], dtype=np.int32)
    enter = np.array([graph.tail[part.edge] for part in ends.last], dtype=np.int32)
    return Doors(leave, cost[:first], enter, cost[first : first + len(enter)])


def column(values: Sequence[int]) -> NDArray[np.int64]:
    """Give whole numbers as an array, int64."""
    return np.array(values, dtype=np.int64)


def _edges_at(graph: WalkGraph, place: Snap) -> list[tuple[int, int]]:
    """Give the directed edges of a place's section, and how far along each the place lies."""
    return [
        (int(edge), place.q if graph.forward[edge] else SPLITS - place.q)
        for edge in graph.edges_of_section(place.section)
    ]
