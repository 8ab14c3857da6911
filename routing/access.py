"""Who may walk where: the tags of an OSM way or node in; may one walk here, which way, and at what effort, out.

Efforts of ways are whole percent of the length (100 = an easy pavement, never less), those of nodes whole metres. No
coordinates and no I/O. All decisions are rows of `routing.access_table`; this module only finds the rows, so:

1. ``foot=no`` closes a way, whatever else it says. So does what is not built, or impassable.
2. Who is let in: ``foot:forward`` / ``foot:backward``, then ``foot``, then ``access``. Of several values (``a;b``) the
   most permissive counts; a word that the table lacks is passed over. ``foot:conditional`` (and ``access:conditional``
   where ``foot`` is silent) never closes a way, as the time of the walk is not known here; it costs.
3. What the way is: ``highway``, else ferry, platform, pier. Its row says *yes*, *no*, or *ask* (express leave needed).
4. Direction: ``oneway:foot``, ``foot:forward|backward=no``, ``conveying``; plain ``oneway`` on machines and ferries.
5. Effort: the percents of all rows that apply, multiplied. Adding ``foot=yes`` never raises it.
6. Among cars: a star in the table, by the kind of road and its pavement alone; silence is not "no pavement".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from routing.access_table import COLUMNS, TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.access_table import Row

_HIGHWAY: Final = TABLE["highway"]
_WORDS: Final = TABLE["foot"]  # of foot=* and access=*, on ways and nodes
_SIDEWALK: Final = TABLE["sidewalk"]
_ONEWAY: Final = TABLE["oneway"]
_RANK: Final = {"no": 0, "ask": 1, "yes": 2}
_DIRECTIONS: Final = {"both": (True, True), "forward": (True, False), "backward": (False, True)}
_EASY: Final = 100  # percent
_WITHOUT: Final = COLUMNS.index("without")
_BEST_PAVEMENT: Final = tuple(COLUMNS.index(name) for name in ("pavement", "separate", "without"))
_SIDEWALK_KEYS: Final = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
_OTHER_KINDS: Final = ("railway", "public_transport", "man_made", "amenity", "indoor")  # where there is no highway
_CIRCUMSTANCES: Final = ("motorroad", "impassable", "status", "sac_scale", "surface")
_FOOTWAYS: Final = frozenset({"footway", "path", "pedestrian", "cycleway"})  # footway=* means something here
_MACHINES: Final = frozenset({"steps", "footway", "corridor", "escalator"})  # conveying=* means something here
_ONEWAY_WORDS: Final = {"yes": "yes", "true": "yes", "1": "yes", "-1": "-1"}
_NO: Final = frozenset({"no", "disused"})
_CLAUSE: Final = re.compile(r"([a-z_]+)\s*@")  # `no @ (23:00-06:00); private @ (Su)`
_NUMBER: Final = re.compile(r"(?<![\d.])-?\d+(?:\.\d+)?", re.ASCII)  # of `-1`, `0;-1`, `-2--1`, `1-3`
_INDOOR: Final = frozenset({"yes", "corridor", "room", "area", "level"})
_TRAINS: Final = ("train", "subway", "light_rail", "monorail")
_PATHS: Final = frozenset({"footway", "path", "cycleway", "track", "corridor", "steps", "crossing", "pier"})
_STREETS: Final = frozenset({"living_street", "residential", "service", "unclassified", "road"})
_SQUARES: Final = _PATHS | _STREETS | {"pedestrian", "platform", "bus_stop"}
_OUTLINES: Final = frozenset({"pedestrian", "footway", "platform"})


@dataclass(frozen=True, slots=True)
class WayAccess:
    """One may walk on this way.

    Attributes
    ----------
    forward, backward
        Along the way's nodes, and against them; at least one is true.
    effort_pct
        Whole percent of the length, at least 100.
    reason
        Name of the row that weighs most, such as ``highway=steps``.
    among_cars
        Who walks here walks on a carriageway: nothing is to be dodged by it, so all of it counts as in view.
    """

    forward: bool
    backward: bool
    effort_pct: int
    reason: str
    among_cars: bool


@dataclass(frozen=True, slots=True)
class NodeAccess:
    """What a node does to somebody who walks over it.

    Attributes
    ----------
    passable
        One may pass.
    effort_m
        Whole metres on top of the length, at least 0.
    reason
        Name of the row that closes it or weighs most; ``""`` if the node says nothing.
    """

    passable: bool
    effort_m: int
    reason: str


class _Leave(NamedTuple):
    """What the access tags say: a row if any word is known, and whether a foot key said it."""

    row: Row | None
    by_foot: bool

    @property
    def told(self) -> bool:
        return self.by_foot and self.row is not None and self.row.walk == "yes"

    @property
    def closed(self) -> bool:
        return self.row is not None and self.row.walk == "no"


def way_access(tags: Mapping[str, str]) -> WayAccess | None:
    """Tell whether and how one may walk on a way; ``None`` if not, or if it is no way for walkers at all.

    Sources: the OSM wiki pages and laws named in each row of `routing.access_table`.

    Examples
    --------
    >>> way_access({"highway": "footway"})
    WayAccess(forward=True, backward=True, effort_pct=100, reason='highway=footway', among_cars=False)
    >>> way_access({"highway": "primary", "sidewalk": "separate"})
    WayAccess(forward=True, backward=True, effort_pct=500, reason='sidewalk=separate', among_cars=True)
    >>> way_access({"highway": "steps", "foot": "no"})
    >>> way_access({"building": "yes"})
    """
    kind = _kind(tags)
    if kind is None or tags.get("foot") == "no":
        return None
    rows = _circumstances(tags)
    walk = min(kind.walk, *(row.walk for row in rows), "yes", key=_RANK.__getitem__)
    if walk == "no":
        return None
    pavement = _pavement(tags) if len(kind.efforts) == len(COLUMNS) else None
    common = _leave(tags)
    sides = tuple(_side(tags, key, common) for key in ("foot:forward", "foot:backward"))
    hours = _conditional(tags, closed=any(side.closed for side in sides))
    opened = hours is not None and hours.value == "yes"
    beside = pavement is not None and COLUMNS[pavement.column] == "pavement"
    forward, backward = (
        allowed and (opened or not side.closed) and (walk == "yes" or beside or side.told)
        for allowed, side in zip(_directions(tags, kind), sides, strict=True)
    )
    used = [side for side, goes in zip(sides, (forward, backward), strict=True) if goes]
    base = _kind_effort(kind, pavement, told=all(side.told for side in used))
    if not used or not base[0]:
        return None
    extra = {row.name: row for row in (*rows, *((hours,) if hours else ()))}
    extra |= {_said(side): side.row for side in used if side.row is not None and not side.closed}
    among_cars = kind.among_cars[0 if pavement is None else pavement.column]
    return WayAccess(forward, backward, *_weigh(base, extra), among_cars)


def node_access(tags: Mapping[str, str]) -> NodeAccess:
    """Tell whether one may pass a node of a way, and what it costs.

    Examples
    --------
    >>> node_access({"barrier": "gate"})
    NodeAccess(passable=True, effort_m=25, reason='barrier=gate')
    >>> node_access({"barrier": "gate", "access": "private"})
    NodeAccess(passable=False, effort_m=0, reason='access=private')
    """
    obstacles = _obstacles(tags)
    leave = _leave(tags)
    if not obstacles and not leave.by_foot and "amenity" in tags:
        leave = _Leave(None, by_foot=False)  # the opening rule of a shop or car park, not of the way past it
    hours = _conditional(tags, closed=leave.closed)
    if leave.row is not None and leave.closed and (hours is None or hours.value != "yes" or tags.get("foot") == "no"):
        return NodeAccess(passable=False, effort_m=0, reason=_said(leave))
    permitted = leave.row is not None and leave.row.walk == "yes"
    easy = permitted and leave.row is not None and leave.row.efforts[0] == _EASY
    for row in obstacles:
        if row.walk != "yes" and not permitted:
            return NodeAccess(passable=False, effort_m=0, reason=row.name)
    weights = [(row.efforts[-1] if easy else row.efforts[0], row.name) for row in obstacles]
    metres = max((weight for weight, _ in weights), default=0)
    if leave.row is not None and not leave.closed:
        weights.append((leave.row.efforts[0] - _EASY, _said(leave)))
        metres += weights[-1][0]
    if hours is not None:
        weights.append((hours.efforts[0] - _EASY, hours.name))
        metres += weights[-1][0]
    reason = max(weights, key=lambda weight: weight[0])[1] if weights else ""
    return NodeAccess(passable=True, effort_m=metres, reason=reason)


def is_enclosed(tags: Mapping[str, str]) -> bool:
    """Tell whether a way is indoor, covered or underground, so that its whole length counts as in view (contract).

    The platforms of railway, metro and light rail stations count even under the open sky, as the contract names them;
    tram and bus stops in the street do not. A way below ground level counts unless it is a bridge.

    Examples
    --------
    >>> is_enclosed({"highway": "footway", "tunnel": "building_passage"})
    True
    >>> is_enclosed({"highway": "footway", "layer": "-1", "bridge": "yes"})
    False
    """
    return (
        tags.get("highway") in {"corridor", "elevator"}
        or tags.get("indoor") in _INDOOR
        or tags.get("covered", "no") not in {"no", "partial"}
        or tags.get("tunnel", "no") not in {"no", "culvert"}
        or tags.get("location") in {"underground", "indoor"}
        or _is_negative(tags.get("level", ""))
        or (_is_negative(tags.get("layer", "")) and tags.get("bridge", "no") == "no")
        or _is_station_platform(tags)
    )


def is_square(tags: Mapping[str, str]) -> bool:
    """Tell whether an area may be walked across: a square, a plaza, a platform; never ``area:highway``.

    Examples
    --------
    >>> is_square({"highway": "pedestrian", "area": "yes"})
    True
    >>> is_square({"highway": "pedestrian"})
    False
    """
    highway = tags.get("highway")
    if tags.get("area") == "yes":
        fits = highway is None or highway in _SQUARES
    elif tags.get("type") == "multipolygon":
        fits = highway is None or highway in _OUTLINES
    else:
        return False
    return fits and tags.get("route") != "ferry" and way_access(tags) is not None


def _kind(tags: Mapping[str, str]) -> Row | None:
    highway = tags.get("highway")
    if highway == "steps" and tags.get("conveying", "no") != "no":
        return _HIGHWAY["escalator"]
    if highway is not None:
        return _HIGHWAY.get(highway) or _HIGHWAY["*"]
    if tags.get("route") == "ferry" and tags.get("ferry") != "no":
        return TABLE["route"]["ferry"]
    for key in _OTHER_KINDS:
        row = TABLE[key].get(tags.get(key, ""))
        if row is not None:
            return row
    return None


def _circumstances(tags: Mapping[str, str]) -> list[Row]:
    found = [TABLE[key].get(tags[key]) for key in _CIRCUMSTANCES if key in tags]
    highway = tags.get("highway")
    if highway == "service":
        found.append(TABLE["service"].get(tags.get("service", "")))
    elif highway in _FOOTWAYS:
        found.append(TABLE["footway"].get(tags.get("footway", "")))
    tunnel = tags.get("tunnel", "no")
    if tunnel == "building_passage":
        found.append(TABLE["tunnel"][tunnel])
    elif tunnel not in {"no", "culvert"}:
        lit = tags.get("lit")
        light = "light unknown" if lit is None else "unlit" if lit in _NO else "lit"
        found.append(TABLE["tunnel"][f"yes, {light}"])
    return [row for row in found if row is not None]


def _pavement(tags: Mapping[str, str]) -> Row | None:
    """Find the best that is said of a road's pavements: here, then mapped apart, then none (of both sides)."""
    said = [
        (_SIDEWALK[word.strip()], key)
        for key in _SIDEWALK_KEYS
        if key in tags
        for word in tags[key].split(";")
        if word.strip() in _SIDEWALK
    ]
    best = min((row for row, _ in said), key=lambda row: _BEST_PAVEMENT.index(row.column), default=None)
    one_side = {key for _, key in said} in ({"sidewalk:left"}, {"sidewalk:right"})
    return None if one_side and best is not None and best.column == _WITHOUT else best  # the other may have one


def _word(text: str | None) -> Row | None:
    if text is None:
        return None
    rows = [row for word in text.split(";") if (row := _WORDS.get(word.strip())) is not None]
    return max(rows, key=lambda row: (_RANK[row.walk], -row.efforts[0]), default=None)


def _leave(tags: Mapping[str, str]) -> _Leave:
    row = _word(tags.get("foot"))
    return _Leave(_word(tags.get("access")), by_foot=False) if row is None else _Leave(row, by_foot=True)


def _side(tags: Mapping[str, str], key: str, common: _Leave) -> _Leave:
    row = _word(tags.get(key))
    return common if row is None else _Leave(row, by_foot=True)


def _conditional(tags: Mapping[str, str], *, closed: bool) -> Row | None:
    """Find what restrictions with a condition change: closed ways that open at times, or open ways that close."""
    text = tags.get("foot:conditional", "")
    if _word(tags.get("foot")) is None:
        text = f"{text};{tags.get('access:conditional', '')}"
    if "@" not in text:
        return None
    walks = {row.walk for word in _CLAUSE.findall(text) if (row := _WORDS.get(word)) is not None}
    if closed and "yes" in walks:
        return TABLE["conditional"]["yes"]
    return TABLE["conditional"]["no"] if "no" in walks else None


def _directions(tags: Mapping[str, str], kind: Row) -> tuple[bool, bool]:
    rows = [TABLE["oneway:foot"].get(tags.get("oneway:foot", ""))]
    if rows[0] is None:
        rows = [_machine(tags, kind)]
    rows += [TABLE[key].get(tags.get(key, "")) for key in ("foot:forward", "foot:backward")]
    allowed = [_DIRECTIONS[row.walk] for row in rows if row is not None]
    return all(forward for forward, _ in allowed), all(backward for _, backward in allowed)


def _machine(tags: Mapping[str, str], kind: Row) -> Row | None:
    """Find the row of ``conveying`` and plain ``oneway``."""
    oneway = tags.get("oneway", "")
    word = _ONEWAY_WORDS.get(oneway, "")
    highway = tags.get("highway")
    moving = TABLE["conveying"].get(tags.get("conveying", "")) if highway in _MACHINES else None
    if moving is not None:
        if moving.walk != "both":
            return None if oneway == "no" else moving
        return _ONEWAY.get(f"{word}, conveying")
    if kind.value == "ferry":
        return _ONEWAY.get(f"{word}, ferry")
    return _ONEWAY.get(f"{word}, steps" if highway == "steps" else word)


def _kind_effort(kind: Row, pavement: Row | None, *, told: bool) -> tuple[int, str]:
    """Pick from a kind's one, two or four numbers; 0 is closed."""
    if len(kind.efforts) == len(COLUMNS):
        column = 0 if pavement is None else pavement.column
        percent = kind.efforts[column] or (kind.efforts[_WITHOUT] if told else 0)
        return percent, pavement.name if pavement is not None and percent != kind.efforts[0] else kind.name
    return kind.efforts[-1 if told else 0], kind.name


def _weigh(base: tuple[int, str], extra: Mapping[str, Row]) -> tuple[int, str]:
    effort_pct, reason = base
    heaviest = effort_pct
    for name, row in extra.items():
        percent = row.efforts[0]
        effort_pct = effort_pct * percent // _EASY
        if percent > heaviest:
            heaviest, reason = percent, name
    return effort_pct, reason


def _said(leave: _Leave) -> str:
    return f"{'foot' if leave.by_foot else 'access'}={leave.row.value if leave.row else ''}"


def _obstacles(tags: Mapping[str, str]) -> list[Row]:
    found: list[Row | None] = []
    barrier = tags.get("barrier")
    if barrier is not None:
        audible = barrier == "fence" and tags.get("sensory") in {"audible", "audio"}
        table = TABLE["barrier"]
        found.append(table["fence, audible"] if audible else table.get(barrier) or table["*"])
    door = tags.get("door")
    if door is not None:
        found.append(TABLE["door"].get(door) or TABLE["door"]["*"])
    if tags.get("ford", "no") != "no":
        found.append(TABLE["ford"]["yes"])
    found.append(TABLE["locked"].get(tags.get("locked", "")))
    found.append(TABLE["entrance"].get(tags.get("entrance", "")))
    found.append(TABLE["node highway"].get(tags.get("highway", "")))
    return [row for row in found if row is not None]


def _is_negative(text: str) -> bool:
    return "-" in text and any(float(number) < 0 for number in _NUMBER.findall(text))


def _is_station_platform(tags: Mapping[str, str]) -> bool:
    railway = tags.get("railway") == "platform"
    if not railway and tags.get("public_transport") != "platform" and tags.get("highway") != "platform":
        return False
    if any(tags.get(key) == "yes" for key in _TRAINS):
        return True
    return railway and tags.get("tram") != "yes" and tags.get("bus") != "yes"
