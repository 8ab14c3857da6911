"""The same pairs for every method: the risk that its walks leave, what they add in length, and what was possible."""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.alternatives import effort_limit_dm
from routing.errors import NoRouteError
from routing.geo import distance_m
from routing.model import Detour, LonLat
from routing.rivals.methods import Ends, Rivals, with_risk
from routing.rivals.optimum import optimum
from routing.score import measure
from routing.search.network import Network, PathFinder
from routing.snap import snap
from routing.stretches import stretches_of, watch_along

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from routing.area import Area
    from routing.search.network import Path
    from routing.snap import Snap

SHORTEST, OURS, OURS_MAPPED = "shortest", "Sidestep", "Sidestep, mapped cameras alone"
APART_M = (1000.0, 3000.0)
_NEARER_M = 500.0  # where an area is too small for a kilometre
_DRAWS = 300  # for each pair


class Measured(NamedTuple):
    """What was measured on walks, added up."""

    length_m: float = 0.0
    risk: float = 0.0
    mapped: float = 0.0  # the part of it by mapped cameras
    met: float = 0.0  # cameras that see the walker
    seen: float = 0.0  # what the search adds up for risk, 1e-6

    def __add__(self, other: object) -> Measured:
        """Add up."""
        if not isinstance(other, Measured):
            return NotImplemented
        return Measured(*(a + b for a, b in zip(self, other, strict=True)))


NOTHING = Measured()


@dataclass
class Tally:
    """What came of one method within one budget.

    Attributes
    ----------
    none, over
        In how many pairs it found no walk, and one longer than the budget: there the shortest walk is counted.
    least_seen
        The least that the search could have added up for risk in walks of no more effort than this method's.
    """

    walked: Measured = NOTHING
    none: int = 0
    over: int = 0
    least_seen: float = 0.0


@dataclass(frozen=True)
class Row:
    """One method within one budget, over all pairs.

    Attributes
    ----------
    extra
        Length beyond the shortest walks', a share of it.
    risk_left, mapped_left
        Risk that is left of the shortest walks', and of that by mapped cameras.
    met
        Cameras that see the walker, for each walk.
    beyond
        Risk beyond the least that walks of no more effort have, a share of it, as the search adds it up.
    beyond_budget
        The same beyond the least within the budget.
    """

    method: str
    none: int
    over: int
    extra: float
    risk_left: float
    mapped_left: float
    met: float
    beyond: float
    beyond_budget: float


@dataclass(frozen=True)
class Comparison:
    """All methods on the same pairs.

    Attributes
    ----------
    tables
        Rows by budget, each a share of the shortest walk's effort.
    exact
        Whether the least risk for each budget is that of all walks, not only of those that are best at some price.
    """

    area: str
    pairs: int
    seed: int
    tables: dict[float, tuple[Row, ...]]
    exact: bool


@dataclass
class _Sums:
    """Tallies of one budget by method."""

    tallies: dict[str, Tally] = field(default_factory=dict)

    def of(self, name: str) -> Tally:
        return self.tallies.setdefault(name, Tally())


def compare(
    area: Area,
    *,
    pairs: int = 20,
    seed: int = 1,
    detours: Sequence[float] = (0.1, 0.3),
    progress: Callable[[str, int], AbstractContextManager[Callable[[int], object]]] | None = None,
) -> Comparison:
    """Walk the same pairs by every method.

    Parameters
    ----------
    area
        Where.
    pairs, seed
        How many to draw, and the seed that draws them.
    detours
        Budgets, each a share of the shortest walk's effort.
    progress
        Shows how many pairs are done.

    Returns
    -------
    Comparison

    Raises
    ------
    NoRouteError
        If no two places of the area are half a kilometre apart and joined by a walk.
    """
    rivals = Rivals(area)
    sums = {detour: _Sums() for detour in detours}
    drawn = draw(area, pairs, seed=seed)
    exact = True
    with progress("walking", len(drawn)) if progress else nullcontext(lambda _: None) as done:
        for start, end in drawn:
            exact &= _one_pair(area, rivals, start, end, sums)
            done(1)
    tables = {detour: tuple(_rows(one, len(drawn))) for detour, one in sums.items()}
    return Comparison(area.manifest.name, len(drawn), seed, tables, exact)


def draw(area: Area, count: int, *, seed: int) -> list[tuple[Snap, Snap]]:
    """Draw pairs of places on the largest part of an area, 1 to 3 km apart; nearer where the area is small.

    Raises
    ------
    NoRouteError
        If there are none.
    """
    rng = np.random.default_rng(seed)
    nodes = np.flatnonzero(area.graph.component == 0)
    for least_m in (APART_M[0], _NEARER_M):
        pairs: list[tuple[Snap, Snap]] = []
        for _ in range(_DRAWS * count):
            if len(pairs) == count:
                return pairs
            a, b = (np.asarray(area.graph.node_lonlat[node]) for node in rng.choice(nodes, 2))
            if least_m <= float(distance_m(a, b)) <= APART_M[1]:
                start, end = (snap(area.graph, LonLat(*place.tolist())) for place in (a, b))
                if start.component == end.component == 0:
                    pairs.append((start, end))
        if pairs:
            return pairs
    raise NoRouteError("this area is too small to compare walks in it; build a larger one (sidestep area build)")


def _one_pair(area: Area, rivals: Rivals, start: Snap, end: Snap, sums: dict[float, _Sums]) -> bool:
    """Walk one pair by every method within every budget, and tell whether the least risk is exact."""
    shortest = PathFinder(area.network, start, end).best(0)
    if shortest is None:  # not within one strongly connected part
        return True
    limits = {detour: effort_limit_dm(shortest.effort_dm, Detour(share=detour)) for detour in sums}
    most_dm = max(limits.values(), default=0)
    best = optimum(area.network, start, end, most_dm)
    by_map = optimum(Network(area.graph, area.risk_e6 - area.unmapped_e6), start, end, most_dm)
    known: dict[Path, Measured] = {}
    for detour, limit_dm in limits.items():
        ends = Ends(start, end, limit_dm)
        found = {SHORTEST: shortest, **{one.name: one.find(ends) for one in rivals.methods}}
        found[OURS_MAPPED] = with_risk(by_map.within(limit_dm), area.network)
        found[OURS] = best.within(limit_dm)
        for name, path in found.items():
            tally = sums[detour].of(name)
            _count(tally, path, limit_dm)
            taken = shortest if path is None or path.effort_dm > limit_dm else path
            if taken not in known:
                known[taken] = _measured(area, taken)
            tally.walked += known[taken]
            tally.least_seen += best.least_seen(taken.effort_dm)
    return best.exact


def _count(tally: Tally, path: Path | None, limit_dm: int) -> None:
    if path is None:
        tally.none += 1
    elif path.effort_dm > limit_dm:
        tally.over += 1


def _measured(area: Area, path: Path) -> Measured:
    """Measure a walk on its geometry."""
    watch = watch_along(area, np.array([part.edge for part in path.parts]))
    score = measure(stretches_of(area, path.parts), watch, ranges=False)
    risk = score.risk.risk.default
    return Measured(
        score.length_m, risk, max(risk + math.log1p(-score.risk.unmapped), 0.0), len(score.meetings), path.seen
    )


def _rows(sums: _Sums, pairs: int) -> list[Row]:
    first, best = sums.of(SHORTEST).walked, sums.of(OURS).walked
    return [
        Row(
            name,
            tally.none,
            tally.over,
            extra=tally.walked.length_m / first.length_m - 1.0,
            risk_left=_share(tally.walked.risk, first.risk),
            mapped_left=_share(tally.walked.mapped, first.mapped),
            met=tally.walked.met / pairs,
            beyond=_share(tally.walked.seen, tally.least_seen) - 1.0,
            beyond_budget=_share(tally.walked.seen, best.seen) - 1.0,
        )
        for name, tally in sums.tallies.items()
    ]


def _share(value: float, whole: float) -> float:
    """Divide; nothing of nothing is all of it."""
    return value / whole if whole > 0 else (1.0 if value == 0 else math.inf)
