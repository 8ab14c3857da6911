"""Tags of a camera in, its optics out: what lenses it may have, whither they look, how high it hangs, whose it is.

Bearings are degrees clockwise from north, heights and distances metres. What a tag does not say is never 0: a
direction that nobody knows is every direction, at the share of the time (a lens that turns) or with the chance (a lens
that stays) with which it looks there. The rules are those of exposure-model.md, section 2.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, overload

from routing.hazard.parameters import CLASSES
from routing.model import Sector
from routing.optics import (
    CAMERA_CLASSES,
    CEILING,
    HEIGHT_BOUNDS_M,
    WALL_MOUNTS,
    directions_of,
    is_camera,
    is_indoor,
    parse_height_m,
    parse_tilt_deg,
    tag_values,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from routing.hazard.parameters import Values
    from routing.model import Camera

_CIRCLE_DEG: Final = 360.0
_HALF_TURN_DEG: Final = 180.0
_FIELD_BELOW_DEG: Final = 17.0  # half of what a lens sees upright, PanoptiCity
_PUBLIC: Final = frozenset({"public", "government"})  # Key:operator:type
_TRAFFIC: Final = frozenset({"traffic", "speed", "red_light", "level_crossing"})  # Key:surveillance
_PLATES: Final = frozenset({"alpr", "anpr"})  # Key:surveillance:type
_PRIVATE_ZONES: Final = frozenset({"parking", "shop", "bank", "building"})  # Key:surveillance:zone
_CITY_ZONES: Final = frozenset({"town", "street"})


@dataclass(frozen=True, slots=True)
class Lens:
    """One lens that a camera may have; all of a camera's lenses are equally likely.

    Attributes
    ----------
    pixels
        K: pixels per metre times metres.
    field_deg
        Horizontal field of view.
    sectors
        Where it may look; empty means all round.
    duty
        Share of the time it looks at one point of them: below 1 where it turns.
    hidden
        Chance that it looks at one point of them at all: below 1 where it stays and nobody knows whither.
    on_facade
        Where it may look is all that lies before the façade.
    """

    pixels: float
    field_deg: float
    sectors: tuple[Sector, ...] = ()
    duty: float = 1.0
    hidden: float = 1.0
    on_facade: bool = False


@dataclass(frozen=True, slots=True)
class Optics:
    """What the tags of one camera say of how it sees.

    Attributes
    ----------
    reach_m
        Nothing is looked for beyond.
    far_m
        Where the lower rim of a lens that looks down ends; infinite for most.
    on_wall
        Hangs on a wall by its tags, so that its place is on the nearest façade.
    owner
        ``city``, ``state``, ``private`` (also: nobody knows), ``traffic``, or ``known`` for one that is known to
        recognise faces.
    """

    lenses: tuple[Lens, ...]
    height_m: float
    reach_m: float
    owner: str
    far_m: float = math.inf
    on_wall: bool = False
    indoor: bool = False
    level: float | None = None


def optics_of(camera: Camera, values: Values) -> Optics | None:
    """Work out what a camera may have in it.

    Parameters
    ----------
    camera
        Its tags, source and ``fr`` are read.
    values
        The column of the model whose heights are used.

    Returns
    -------
    Optics or None
        None if the tags do not describe a camera in use.

    Examples
    --------
    >>> from routing.hazard.parameters import model
    >>> from routing.model import Camera, LonLat
    >>> tags = {"man_made": "surveillance", "camera:type": "fixed", "camera:direction": "90"}
    >>> seen = optics_of(Camera("osm/node/1", LonLat(0, 0), tags), model().default)
    >>> [round(lens.sectors[0].start_deg, 1) for lens in seen.lenses], seen.owner
    ([51.0, 58.5, 74.5], 'private')
    """
    tags = camera.tags
    if not is_camera(tags):
        return None
    kinds = _kinds(tags)
    indoor, level = is_indoor(tags)
    height_m = _height_m(tags, values, entrance=kinds == ("entrance",))
    return Optics(
        lenses=tuple(lens for kind in kinds for lens in _lenses(kind, tags)),
        height_m=height_m,
        reach_m=max(CLASSES[kind].reach_m for kind in kinds),
        owner=owner_of(camera),
        far_m=_far_m(tags, height_m),
        on_wall=not WALL_MOUNTS.isdisjoint(tag_values(tags, "camera:mount")),
        indoor=indoor,
        level=level,
    )


def on_facade(optics: Optics, outward_deg: float) -> Optics:
    """Say that a camera hangs on a wall that faces ``outward_deg``: what nobody knows is then half a circle."""
    half = (Sector(facing_deg(outward_deg), _HALF_TURN_DEG),)
    lenses = tuple(
        replace(lens, sectors=half, hidden=min(1.0, lens.field_deg / _HALF_TURN_DEG), on_facade=True)
        if lens.hidden < 1.0
        else lens
        for lens in optics.lenses
    )
    return replace(optics, lenses=lenses)


@overload
def facing_deg(outward_deg: float) -> float: ...
@overload
def facing_deg(outward_deg: NDArray[np.float64]) -> NDArray[np.float64]: ...
def facing_deg(outward_deg: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Give the bearing at which the half-plane before a façade begins that faces ``outward_deg``."""
    return (outward_deg - _HALF_TURN_DEG / 2) % _CIRCLE_DEG


def connected(owner: str, values: Values) -> float:
    """Give the chance that a camera is connected to face recognition, 0…1."""
    chance: float = 1.0 if owner == "known" else getattr(values, f"connected_{owner}")
    return chance


def _kinds(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Name the classes that a camera may be of, each as likely as the others."""
    zones = tag_values(tags, "surveillance:zone")
    if "entrance" in zones:
        return ("entrance",)
    if tags.get("revolving") == "yes":
        return ("panning",)
    told = sorted({CAMERA_CLASSES[value] for value in tag_values(tags, "camera:type") if value in CAMERA_CLASSES})
    if told:
        return tuple(told)
    if CEILING in tag_values(tags, "camera:mount"):
        return ("dome",)
    if directions_of(tags) or not zones.isdisjoint(_PRIVATE_ZONES | _CITY_ZONES):
        return ("fixed",)
    return ("fixed", "dome")


def _lenses(kind: str, tags: Mapping[str, str]) -> list[Lens]:
    looks = directions_of(tags)
    fixed, turns = kind in ("fixed", "entrance"), kind == "panning"
    lenses = []
    for pixels, field_deg in zip(CLASSES[kind].pixels, CLASSES[kind].field_deg, strict=True):
        whole = field_deg / _CIRCLE_DEG
        arcs = [look for look in looks if isinstance(look, Sector)]
        if looks and (fixed or (arcs and len(arcs) == len(looks))):
            lenses.append(_looking(pixels, field_deg, looks))
        elif turns:
            lenses.append(Lens(pixels, field_deg, duty=whole))
        elif kind == "panorama":  # sees all round, or most of it
            lenses.append(Lens(pixels, field_deg))
        else:
            lenses.append(Lens(pixels, field_deg, hidden=whole))
    return lenses


def _looking(pixels: float, field_deg: float, looks: tuple[float | Sector, ...]) -> Lens:
    """Make a lens that looks where the tags say: one way, several ways at once, or turning over an arc."""
    sectors, arc_deg = [], 0.0
    for look in looks:
        start, turn = look if isinstance(look, Sector) else (look, 0.0)
        arc_deg = max(arc_deg, turn)
        if turn + field_deg >= _CIRCLE_DEG:
            return Lens(pixels, field_deg, duty=min(1.0, field_deg / _CIRCLE_DEG))
        sectors.append(Sector((start - field_deg / 2) % _CIRCLE_DEG % _CIRCLE_DEG, turn + field_deg))
    return Lens(pixels, field_deg, tuple(dict.fromkeys(sectors)), duty=min(1.0, field_deg / max(arc_deg, field_deg)))


def owner_of(camera: Camera) -> str:
    """Tell whose a camera is, see :class:`Optics`."""
    tags = camera.tags
    if camera.fr == "yes":
        return "known"
    if camera.fr == "no":  # somebody's word; never nothing
        return "traffic"
    zones = tag_values(tags, "surveillance:zone")
    watches = tag_values(tags, "surveillance")
    kinds = tag_values(tags, "surveillance:type")
    traffic = bool(watches) and watches <= _TRAFFIC
    if traffic or (bool(kinds) and kinds <= _PLATES) or zones == {"traffic"}:
        return "traffic"
    if not zones.isdisjoint(_CITY_ZONES) or camera.source == "official":
        return "city"
    return "state" if not _PUBLIC.isdisjoint(tag_values(tags, "operator:type")) else "private"


def _height_m(tags: Mapping[str, str], values: Values, *, entrance: bool) -> float:
    told = parse_height_m(tags.get("height"))
    if told is None:
        return values.entrance_height_m if entrance else values.camera_height_m
    return min(max(told, HEIGHT_BOUNDS_M[0]), HEIGHT_BOUNDS_M[1])


def _far_m(tags: Mapping[str, str], height_m: float) -> float:
    """Give how far a lens sees that is tilted down by more than half of what it sees upright."""
    for key in ("camera:tilt", "camera:angle"):
        tilt_deg = parse_tilt_deg(tags.get(key))
        if tilt_deg is not None and abs(tilt_deg) > _FIELD_BELOW_DEG:
            return height_m / math.tan(math.radians(abs(tilt_deg) - _FIELD_BELOW_DEG))
    return math.inf
