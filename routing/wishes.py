"""What one person would rather walk on or not → what it counts for on each edge, beside the arrays that all share.

A wish is told in the unit of risk and added to what a search reads as seen: *shortest* and the detour stay what they
are without wishes, and a walk is found even where there is no way but one to be avoided. How much of that a walk has is
measured anew on its line. What the map does not say is not known, and is neither avoided nor preferred: of most streets
it says nothing of light.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.errors import AmbiguousError, BadPositionError, BadUsageError, OutsideAreaError, UnknownPlaceError
from routing.geo import distance_m
from routing.graph import WAY_CLASSES, Flag
from routing.model import Circle, Ring, Wishes
from routing.places import find
from routing.regions import box_of, share_inside
from routing.search.network import MOST_SEEN, Network
from routing.spelling import fold, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.model import Stretch

    Floats = NDArray[np.float64]
    Spot = Circle | Ring | str

# Risk, -ln(1 - p), that a metre counts for [A]. A metre of a shortest walk in the demo area has 0.0001 on average (24.3
# over 221.9 km [M: tests/bench/table_walks.py]), one in an underpass some 0.002. Stairs and what she names herself are
# left out wherever the detour allows it; a metre on a kind of street weighs like ten usual ones, so that nobody is sent
# through an underpass to be spared a few metres of a busy road; one elsewhere than on what is preferred like one.
NAMED_PER_M: Final = 0.01
KIND_PER_M: Final = 0.001
ELSEWHERE_PER_M: Final = 0.0001
LEAST_STAIRS_M: Final = 10.0  # that any flight counts for: who cannot take stairs cannot take three steps [A]

MOST_SPOTS: Final = 20  # regions and streets to avoid, and as many to prefer
MOST_CORNERS: Final = 200  # of all rings together
LEAST_CORNERS: Final = 3
LEAST_RADIUS_M, MOST_RADIUS_M = 1.0, 5000.0
_E6_PER_DM: Final = 1e5  # a risk for a metre → 1e-6 of risk for a decimetre

_BUSY: Final = (
    "secondary", "primary", "trunk", "motorway", "secondary_link", "primary_link", "trunk_link", "motorway_link",
)  # fmt: skip
_STAIRS: Final = ("steps", "escalator")


@dataclass(frozen=True, slots=True)
class Wished:
    """What wishes mean in an area.

    Attributes
    ----------
    extra_e6
        int32 [edge], 1e-6 of risk that each edge counts for beyond its own; empty where nothing is wished.
    whole
        bool [section]: to be avoided from end to end.
    regions
        To be avoided.
    avoids
        Something is to be avoided, and not only preferred.
    """

    extra_e6: NDArray[np.int32]
    whole: NDArray[np.bool_]
    regions: tuple[Circle | Ring, ...]
    avoids: bool = True

    def __bool__(self) -> bool:
        """Tell whether anything is wished."""
        return len(self.extra_e6) > 0

    def on(self, network: Network) -> Network:
        """Give what a search reads: a network of its own, or the same where nothing is wished."""
        if not self:
            return network
        seen = np.minimum(network.seen.astype(np.int64) + self.extra_e6, MOST_SEEN).astype(np.int32)
        return network.raised(seen)

    def avoided_m(self, sections: NDArray[np.integer], stretches: Sequence[Stretch]) -> float:
        """Measure how much of a walk lies on what is to be avoided.

        Parameters
        ----------
        sections
            int [stretch].
        stretches
            In walking order.
        """
        lines = [np.asarray(stretch.lonlat) for stretch in stretches]
        a, b = np.concatenate([line[:-1] for line in lines]), np.concatenate([line[1:] for line in lines])
        section = np.repeat(sections, [len(line) - 1 for line in lines])
        share = np.where(self.whole[section], 1.0, share_inside(a, b, self.regions))
        return float((share * distance_m(a, b)).sum())


NOTHING: Final = Wished(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_), ())


def understood(area: Area, wishes: Wishes) -> Wished:
    """Say what wishes mean in an area.

    Parameters
    ----------
    area
        Where the walk shall be; nothing of it is changed.
    wishes
        Of one request.

    Raises
    ------
    BadUsageError
        If a region is too large, too small or has too few corners, or there are too many.
    BadPositionError, OutsideAreaError
        If a region is nowhere on Earth, or wholly outside the area.
    UnknownPlaceError
        If no street of the area has that name.
    """
    if wishes == Wishes():
        return NOTHING
    _check(area, wishes)
    graph = area.graph
    kinds, regions = _of_kinds(graph, wishes), _regions(wishes.avoid)
    named = _on_streets(graph, wishes.avoid)
    if wishes.avoid_stairs:
        named |= _stairs(graph)
    per_m = np.maximum(np.maximum(named, _inside(area, regions)) * NAMED_PER_M, kinds * KIND_PER_M)
    if wishes.prefer:
        liked = np.maximum(_on_streets(graph, wishes.prefer), _inside(area, _regions(wishes.prefer)))
        per_m += (1.0 - liked) * ELSEWHERE_PER_M
    extra = graph.length_dm * (per_m * _E6_PER_DM)[graph.section]
    if wishes.avoid_stairs:
        least = np.where(_stairs(graph), LEAST_STAIRS_M * NAMED_PER_M * 1e6, 0.0)
        extra = np.maximum(extra, least[graph.section])
    avoids = wishes != Wishes(prefer=wishes.prefer)
    return Wished(np.rint(np.minimum(extra, MOST_SEEN)).astype(np.int32), named | kinds, regions, avoids)


def spot_of(area: Area, text: str) -> tuple[Circle | str, str]:
    """Find what a person names: a street of the area, or else a place, and what is within 100 m of it.

    Parameters
    ----------
    area
        Whose names are meant.
    text
        A name or an address.

    Returns
    -------
    spot : Circle or str
    name : str
        As the map has it.

    Raises
    ------
    UnknownPlaceError, AmbiguousError
        If nothing, or no one thing, is called that.
    """
    streets = _Streets(area.graph)
    called = streets.called(text) if text.strip() else []
    if called:
        return called[0], called[0]
    place = find(area.places, text)
    known = streets.known(place.names) if place.kind == "street" else None
    return (Circle(place.lonlat) if known is None else known), place.names[0]


def _check(area: Area, wishes: Wishes) -> None:
    for spots, what in ((wishes.avoid, "avoid"), (wishes.prefer, "prefer")):
        if len(spots) > MOST_SPOTS:
            raise BadUsageError(f"more than {MOST_SPOTS} regions and streets to {what}; leave some out")
        for number, region in enumerate(spots, 1):
            if not isinstance(region, str):
                _check_region(area, region, f"number {number} of what to {what}")
    for spot in wishes.avoid:
        if _as_one(spot) in map(_as_one, wishes.prefer):
            what = "street" if isinstance(spot, str) else "region"  # not which: nobody knows yet what was typed
            raise BadUsageError(f"the same {what} is both to be avoided and to be preferred; leave out one of the two")
    rings = [one for one in (*wishes.avoid, *wishes.prefer) if isinstance(one, Ring)]
    if sum(len(ring.corners) for ring in rings) > MOST_CORNERS:
        raise BadUsageError(f"the regions have more than {MOST_CORNERS} corners together; draw them more simply")


def _as_one(spot: Spot) -> object:
    """Give what is the same of a region, and of a name in one script: in any case, order of words, shortened or not."""
    return tuple(sorted((found := words_of(fold(spot))).street + found.rest)) if isinstance(spot, str) else spot


def _check_region(area: Area, region: Circle | Ring, what: str) -> None:
    corners = region.corners if isinstance(region, Ring) else (region.centre,)
    if not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in corners):  # noqa: PLR2004  # degrees; NaN is neither
        raise BadPositionError(f"{what} is not a position on Earth; give latitude and longitude in degrees")
    if isinstance(region, Ring):
        if len(set(corners)) < LEAST_CORNERS:
            raise BadUsageError(f"{what} is a region of fewer than {LEAST_CORNERS} corners; give at least three")
        if max(lon for lon, _ in corners) - min(lon for lon, _ in corners) >= 180:  # noqa: PLR2004  # which half is meant?
            raise BadUsageError(f"{what} is a region as wide as half the Earth; draw a smaller one")
    elif not LEAST_RADIUS_M <= region.radius_m <= MOST_RADIUS_M:
        raise BadUsageError(
            f"the radius of {what} is out of bounds; give {LEAST_RADIUS_M:.0f} m to {MOST_RADIUS_M:.0f} m"
        )
    (west, south), (east, north) = (corner.tolist() for corner in box_of(region))
    box = area.manifest.bbox
    if west > box.east or east < box.west or south > box.north or north < box.south:
        raise OutsideAreaError(f"{what} lies outside the area '{area.manifest.name}'; leave it out, or correct it")


def _regions(spots: Sequence[Spot]) -> tuple[Circle | Ring, ...]:
    return tuple(spot for spot in spots if not isinstance(spot, str))


def _inside(area: Area, regions: Sequence[Circle | Ring]) -> Floats:
    """Tell which share of each section lies in any of some regions, float64 [section]; far ones are not looked at."""
    graph = area.graph
    if not regions:
        return np.zeros(graph.section_count)
    low, high = zip(*(box_of(region) for region in regions), strict=True)
    near = area.segments.near(np.array(low), np.array(high))
    points, first = np.asarray(graph.shape_lonlat), graph.segment_point[near]
    inside_m = share_inside(points[first], points[first + 1], regions) * graph.segment_length_m[near]
    sums_m = np.bincount(graph.segment_section[near], inside_m, minlength=graph.section_count)
    return np.minimum(sums_m / np.maximum(graph.section_length_m, 1e-9), 1.0)


def _of_kinds(graph: WalkGraph, wishes: Wishes) -> NDArray[np.bool_]:
    """Tell which sections are of a kind of street to be avoided, bool [section]."""
    flagged = np.zeros(graph.section_count, dtype=np.bool_)
    if wishes.avoid_unlit:
        flagged |= (graph.flags & Flag.UNLIT) != 0
    if wishes.avoid_busy:
        busy = _is_class(graph, _BUSY)
        # a pavement mapped apart is as busy as the street that it has its name from
        beside = ((graph.flags & Flag.BESIDE) != 0) & (graph.name >= 0)
        flagged |= busy | (beside & np.isin(graph.name, np.unique(graph.name[busy])))
    return flagged


def _stairs(graph: WalkGraph) -> NDArray[np.bool_]:
    flagged: NDArray[np.bool_] = _is_class(graph, _STAIRS) | ((graph.flags & Flag.STEPS) != 0)
    return flagged


def _is_class(graph: WalkGraph, classes: Sequence[str]) -> NDArray[np.bool_]:
    return np.isin(graph.way_class, [WAY_CLASSES.index(name) for name in classes])


class _Streets:
    """The names of an area's streets, folded once."""

    def __init__(self, graph: WalkGraph) -> None:
        text = np.asarray(graph.name_utf8).tobytes()
        self._names = [text[first:last].decode() for first, last in pairwise(graph.name_start.tolist())]
        self._folded = fold("\n".join(name.replace("\n", " ") for name in self._names)).split("\n")
        self._of_section = graph.name

    def called(self, text: str) -> list[str]:
        """Give the name that a text is but for case, accents and the word for a kind of street, however often spelt."""
        wanted = words_of(fold(" ".join(text.split())))
        longest = max(wanted.rest, key=len, default="")  # leaves least to look at
        lines = zip(self._names, self._folded, strict=False)  # without names there is one empty line
        known = [(name, words_of(line)) for name, line in lines if longest in line]
        same = [name for name, words in known if words == wanted]
        alike = {name: words for name, words in known if words.rest == wanted.rest}
        alike = {name: words for name, words in alike.items() if not (words.street and wanted.street)}
        if not same and len(set(alike.values())) > 1:
            raise AmbiguousError("several streets may be meant: say which", tuple(alike))
        return same or list(alike)

    def known(self, names: Iterable[str]) -> str | None:
        """Give the first of some names that a street has, to the letter."""
        return next((name for name in names if name in self._names), None)

    def sections(self, spots: Sequence[Spot]) -> NDArray[np.bool_]:
        """Tell which sections bear one of the names among some spots, bool [section]."""
        meant: set[str] = set()
        for street in spots:
            if isinstance(street, str):
                found = self.called(street)
                if not found:
                    raise UnknownPlaceError("no street in this area has the name that was given; check its spelling")
                meant |= set(found)
        return np.isin(self._of_section, [number for number, name in enumerate(self._names) if name in meant])


def _on_streets(graph: WalkGraph, spots: Sequence[Spot]) -> NDArray[np.bool_]:
    named = any(isinstance(spot, str) for spot in spots)
    return _Streets(graph).sections(spots) if named else np.zeros(graph.section_count, dtype=np.bool_)
