"""The methods of other programs, each from what is told of it: two ends and a budget in, a walk or none out.

None has been copied, and none is the program itself: what those do with maps, cars and plates is left out. Whatever
their descriptions leave open was decided in their favour; the numbers that they give are kept.

* UNDO-agentic: a few shortest simple walks, and of these the one with the fewest cameras within 50 m.
* openrouteservice with ``avoid_polygons``, as Ghost uses it: no way within a circle about a camera is walked at all.
* deflockmaps: a fixed number of metres is added for each camera whose cone is crossed; several such numbers, of the
  walks those that none beats in both, counted anew, and the one with the fewest cameras within the budget.
* OsmAnd-DeFlock: every way of the map that a camera's cone or the ring about it touches is barred whole; if no walk
  within the budget is left, kinds of roads are let in again, motorways first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.graph import WAY_CLASSES
from routing.rivals.simple_paths import SimplePaths
from routing.rivals.spots import Lines
from routing.search.network import Network, PathFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.rivals.spots import Spots
    from routing.search.network import Path
    from routing.snap import Snap

WALKS = 5  # UNDO-agentic, three to five
NEAR_M = 50.0
EXCLUDED_M = 20.0  # between Blind Spots' 15 m and Ghost's 80 m
CONE_M, CONE_DEG = 75.0, 50.0  # deflockmaps
PER_CAMERA_M = (0.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
PER_RISK_DM = (0, 5_000, 20_000, 100_000, 500_000, 10_000_000)  # the same sweep by Sidestep's risk
WAY_CONE_M, WAY_CONE_DEG, WAY_RING_M = 60.0, 60.0, 150.0  # OsmAnd-DeFlock
LADDER = (("motorway", "trunk"), ("primary",), ("secondary",))

_BARRED = 10**6  # of an edge; at the price below it is worth a thousand kilometres
_BARRED_AT = 10**7
_PER_CAMERA = 1000  # of an edge; so that a kilometre for a camera is a price that a search takes


class Ends(NamedTuple):
    """What is asked of a method.

    Attributes
    ----------
    limit_dm
        The greatest effort that is accepted.
    """

    start: Snap
    end: Snap
    limit_dm: int


@dataclass(frozen=True)
class Method:
    """A method and its name in tables; ``find`` gives ``None`` where it finds no walk."""

    name: str
    find: Callable[[Ends], Path | None]


class Rivals:
    """All methods on one area.

    Parameters
    ----------
    area
        Where they are tried.
    """

    def __init__(self, area: Area) -> None:
        self._area = area
        self._lines = Lines(area)

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """Give all of them, in the order of the table."""
        near = self._lines.circles(NEAR_M)
        cones = self._lines.cones(CONE_M, CONE_DEG)
        ways = self._lines.cones(WAY_CONE_M, WAY_CONE_DEG)
        rings = self._lines.circles(WAY_RING_M)
        excluded = self._lines.circles(EXCLUDED_M)
        return (
            Method(f"{WALKS} shortest, fewest cameras", lambda ends: self.reranked(ends, self._cameras(near))),
            Method(f"{WALKS} shortest, least risk", lambda ends: self.reranked(ends, lambda path: path.seen)),
            Method(f"{EXCLUDED_M:.0f} m circles barred", lambda ends: self.without(ends, excluded.seen)),
            Method("metres per camera, swept", lambda ends: self.swept_by_count(ends, cones)),
            Method("metres per risk, swept", self.swept_by_risk),
            Method("ways in cones barred, ladder", lambda ends: self.by_ladder(ends, ways.seen)),
            Method("ways in rings barred, ladder", lambda ends: self.by_ladder(ends, ways.seen | rings.seen)),
        )

    def reranked(self, ends: Ends, worth: Callable[[Path], int]) -> Path | None:
        """Take of a few shortest simple walks the one that is worth most, the shorter of equals."""
        walks = SimplePaths(self._area.network, ends.start, ends.end).shortest(WALKS)
        return min(walks, key=lambda path: (worth(path), path.effort_dm), default=None)

    def without(self, ends: Ends, barred: NDArray[np.bool_]) -> Path | None:
        """Find the shortest walk on sections that are not barred; those of the ends are open, else few had any walk."""
        opened = barred.copy()
        opened[[ends.start.section, ends.end.section]] = False
        graph = self._area.graph
        network = Network(graph, np.where(opened[graph.section], _BARRED, 0).astype(np.int32))
        path = PathFinder(network, ends.start, ends.end).best(_BARRED_AT)
        return None if path is None or path.seen else with_risk(path, self._area.network)

    def swept_by_count(self, ends: Ends, spots: Spots) -> Path | None:
        """Add metres for each camera on each section, and choose by cameras, each counted once."""
        graph = self._area.graph
        network = Network(graph, (spots.count * _PER_CAMERA).astype(np.int32)[graph.section])
        finder = PathFinder(network, ends.start, ends.end)
        prices = (round(metres * 10) * (10**6 // _PER_CAMERA) for metres in PER_CAMERA_M)
        return self._fewest(map(finder.best, prices), ends, self._cameras(spots))

    def swept_by_risk(self, ends: Ends) -> Path | None:
        """Do the same with Sidestep's risk for cameras."""
        finder = PathFinder(self._area.network, ends.start, ends.end)
        return self._fewest(map(finder.best, PER_RISK_DM), ends, lambda path: path.seen)

    def by_ladder(self, ends: Ends, seen: NDArray[np.bool_]) -> Path | None:
        """Bar whole ways of the map, and let kinds of roads in again until a walk fits the budget."""
        graph = self._area.graph
        barred = np.isin(graph.way_id, np.unique(graph.way_id[seen]))
        at_ends = graph.way_id[[ends.start.section, ends.end.section]]
        barred &= ~np.isin(graph.way_id, at_ends)
        for kinds in ((), *LADDER):
            codes = [WAY_CLASSES.index(name) for kind in kinds for name in (kind, f"{kind}_link")]
            barred &= ~np.isin(graph.way_class, codes)
            path = self.without(ends, barred)
            if path is not None and path.effort_dm <= ends.limit_dm:
                return path
        return None

    def _fewest(self, paths: Iterable[Path | None], ends: Ends, worth: Callable[[Path], int]) -> Path | None:
        """Take the walk within the budget with the fewest cameras, the shorter of equals: the end of its front."""
        fit = [path for path in paths if path is not None and path.effort_dm <= ends.limit_dm]
        best = min(fit, key=lambda path: (worth(path), path.effort_dm), default=None)
        return None if best is None else with_risk(best, self._area.network)

    def _cameras(self, spots: Spots) -> Callable[[Path], int]:
        def count(path: Path) -> int:
            return spots.cameras_of(self._area.graph.section[[part.edge for part in path.parts]])

        return count


def with_risk(path: Path, network: Network) -> Path:
    """Give a walk that was found by other numbers with the risk that a network has for it."""
    return replace(path, seen=sum(part.share(network.seen) for part in path.parts))
