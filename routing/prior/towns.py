"""What a town is taken to hold: how many cameras in all, and of which groups; a table, nothing is computed here.

In: a box, or the name of a kind of town. Out: a :class:`Town`. A total is a number of cameras that act on open ways,
mapped or not, per square kilometre built up or per kilometre of street; it is a range, for nobody has counted. What a
number rests on is said by ``S`` (a source), ``M`` (measured) or ``A`` (an assumption), as in ``parameters``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from routing.errors import BadFileError
from routing.hazard.parameters import Parameter
from routing.model import BBox, Camera, LonLat

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where unmapped cameras may hang; the order is that of the codes in ``Sites.group``.
GROUPS: Final = ("entrance", "courtyard", "mass", "shop", "street")
PER_KM2: Final = "cameras/km² built up"
PER_KM: Final = "cameras/km of street"

# Tags of a camera of each group (routing/hazard/lenses.py reads them); where it looks is known of none.
TAGS: Final[Mapping[str, Mapping[str, str]]] = {
    "entrance": {"surveillance:zone": "entrance", "camera:mount": "wall"},
    "courtyard": {"camera:type": "fixed;dome", "camera:mount": "wall"},
    "mass": {"camera:type": "fixed;dome", "operator:type": "public"},
    "shop": {"surveillance:zone": "shop", "camera:mount": "wall"},
    "street": {"surveillance:zone": "street"},
}
_CITY_OPERATED: Final = "official"  # the source by which lenses.py knows a city's own camera


@dataclass(frozen=True, slots=True)
class Town:
    """A kind of town.

    Attributes
    ----------
    total
        Cameras in all, per what its unit says.
    shares
        Group -> share of them; they add up to 1.
    basis, source
        Of the shares.
    city_operated
        Groups whose cameras are the city's own; of the others their tags say whose they are.
    region
        Whose rows of the exposure model hold there, see :data:`routing.hazard.parameters.REGIONS`.
    """

    name: str
    total: Parameter
    shares: Mapping[str, float]
    basis: str
    source: str
    city_operated: frozenset[str] = frozenset()
    region: str = ""

    def camera(self, group: str, lonlat: LonLat, number: int = 0) -> Camera:
        """Make the record of a camera that nobody mapped, for the model to look at.

        Examples
        --------
        >>> TOWNS["moscow"].camera("entrance", LonLat(37.6, 55.8)).source
        'official'
        """
        source = _CITY_OPERATED if group in self.city_operated else "prior"
        return Camera(f"prior/{number}", lonlat, {"man_made": "surveillance", **TAGS[group]}, source=source)


_MOSCOW_SHARES: Final = {"entrance": 0.82, "courtyard": 0.17, "mass": 0.01, "shop": 0.0, "street": 0.0}
_MOSCOW_SOURCE: Final = "Rostelecom's part: 49,797 at entrances, 10,111 in courtyards, 736 in mass places (tadviser)"
_CITY_GROUPS: Final = frozenset({"entrance", "courtyard", "mass"})
TOWNS: Final[Mapping[str, Town]] = {
    "moscow": Town(
        "moscow",
        Parameter(
            80.0, 240.0, 600.0, PER_KM2, "A",
            "213,000 in the city's store (Kommersant): over all 2,561 km², over the 880 km² within the ring road, and "
            "that times 2.5 for those outside the store",
        ),
        _MOSCOW_SHARES, "S", _MOSCOW_SOURCE, _CITY_GROUPS, "RU/Moscow",
    ),
    "russia": Town(
        "russia",
        Parameter(
            40.0, 120.0, 480.0, PER_KM2, "A",
            "1.2 million in Russia (investforesight): half as many a head as in Moscow's store; 5 million by 2030",
        ),
        _MOSCOW_SHARES, "A", f"as Moscow's: {_MOSCOW_SOURCE}", _CITY_GROUPS,
    ),
    "anywhere": Town(
        "anywhere",
        Parameter(
            0.2, 1.2, 2.7, PER_KM, "A",
            "Sheng, Yao and Goel 2021 (arXiv 2105.01764): 0.2-0.9 visible from the road, 0.6 between London and Paris; "
            "twice that for those in yards and doorways, three times at most (IPVM: a clear underestimate)",
        ),
        {"entrance": 0.35, "courtyard": 0.10, "mass": 0.05, "shop": 0.25, "street": 0.25},
        "A", "Sheng et al.: more in commercial and mixed zones; no composition was found",
        frozenset({"street"}),
    ),
}  # fmt: skip
"""Kinds of town by name."""

_MOSCOW_BOX: Final = BBox(36.8, 55.14, 37.97, 56.02)
# Inside Russia's border, not all that is: near the border the kind must be told [A].
_RUSSIA_BOXES: Final = (
    BBox(29.5, 58.5, 60.0, 60.5), BBox(32.0, 57.0, 60.0, 69.0), BBox(36.0, 51.5, 50.0, 57.0),
    BBox(60.0, 55.6, 87.0, 70.0), BBox(78.0, 53.6, 116.0, 72.0), BBox(36.5, 44.0, 40.0, 47.0),
)  # fmt: skip


def town_at(bbox: BBox) -> Town:
    """Give the kind of town that an area's middle lies in.

    Examples
    --------
    >>> town_at(BBox(37.58, 55.80, 37.63, 55.83)).name, town_at(BBox(24.89, 60.14, 24.99, 60.18)).name
    ('moscow', 'anywhere')
    """
    middle = LonLat((bbox.west + bbox.east) / 2, (bbox.south + bbox.north) / 2)
    if _MOSCOW_BOX.holds(middle):
        return TOWNS["moscow"]
    return TOWNS["russia" if any(box.holds(middle) for box in _RUSSIA_BOXES) else "anywhere"]


def town_of(name: str | None, bbox: BBox) -> Town | None:
    """Give the kind of town that is named; by the place where none is, ``None`` for the word ``none``.

    Raises
    ------
    BadFileError
        If no kind has that name.
    """
    if name == "none":
        return None
    if name is not None and name not in TOWNS:
        raise BadFileError(f"no kind of town is called {name!r}; there are: {', '.join((*TOWNS, 'none'))}")
    return town_at(bbox) if name is None else TOWNS[name]
