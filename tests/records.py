"""Camera records for tests of what changes, joins and compares them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from routing.model import Camera, LonLat, Origin

TAGS = {"man_made": "surveillance"}
HERE = LonLat(24.9384, 60.1699)


def camera(number: int = 1, **changes: Any) -> Camera:  # noqa: ANN401 (any field of the record)
    return replace(Camera(f"osm/node/{number}", HERE, TAGS, last_seen="2020-05"), **changes)


def north(metres: float) -> LonLat:
    return LonLat(HERE.lon, round(HERE.lat + metres / 111_195, 7))


MONTHS = st.sampled_from(["2018-01", "2019-06", "2020-03", "2021-09", "2023-12"])
IDS = st.sampled_from([f"osm/node/{n}" for n in range(1, 5)] + [f"ss/abcdefgh{a}{b}" for a in "ab" for b in "cd"])
SOURCES = st.sampled_from(["osm", "report", "official", "import:x", "import:y"])
ORIGINS = st.builds(
    Origin, id=IDS, source=SOURCES, evidence=st.sampled_from(["seen", "osm"]), last_seen=st.none() | MONTHS
)


@st.composite
def cameras(draw: st.DrawFn, ids: st.SearchStrategy[str] = IDS) -> Camera:
    """A record that a file may hold, near all the others."""
    first, last = sorted([draw(MONTHS), draw(MONTHS)])
    status = draw(st.sampled_from(["confirmed", "confirmed", "unverified", "disputed", "disputed", "removed"]))
    gone = tuple(sorted(draw(st.sets(MONTHS, max_size=2)))) if status in ("disputed", "removed") else ()
    reasons = [*([None] if len(gone) > 1 else []), "torn down", "a dummy"]  # a removal needs one, or two months
    return Camera(
        id=draw(ids),
        lonlat=north(draw(st.sampled_from([0.0, 0.5, 6.0, 12.0, 40.0]))),
        tags=TAGS | draw(st.sampled_from([{}, {"camera:direction": "90"}, {"camera:direction": "95", "a": "b"}])),
        source=draw(SOURCES),
        status=status,
        fr=draw(st.sampled_from(["yes", "no", "unknown"])),
        first_seen=draw(st.sampled_from([None, first])),
        last_seen=draw(st.sampled_from([None, last, last])),
        confirmations=draw(st.integers(0, 3)),
        evidence=draw(st.sampled_from(["seen", "sign", "osm"])),
        gone=gone,
        removed_because=draw(st.sampled_from(reasons)) if status == "removed" else None,
        also=tuple(draw(st.lists(ORIGINS, max_size=2))) if draw(st.integers(0, 3)) == 0 else (),
    )
