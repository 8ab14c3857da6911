"""Reports that the page makes: the server's own parser takes all of them, and the queue keeps what it was given."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from browser_support import END, START
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import PlaceError
from routing.formats import as_record
from routing.geo import distance_m
from routing.model import LonLat, RouteRequest
from routing.optics import FIELD_DEG, REACH_M, view_of
from routing.reports import NewCamera, NoneSeen, camera_of, parse_reports, read_reports
from routing.router import plan
from web.asked import read_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.area import Area

    Node = Callable[..., Any]

EXAMPLES = settings(max_examples=15)
END_M = 50
KEY = "sidestep-reports"
told = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["fixed", "dome", "panning", "unknown", ""]),
        "direction": st.none() | st.integers(0, 71).map(lambda step: step * 5),
        "mount": st.sampled_from(["", "wall", "pole", "ceiling", "street_lamp", "traffic_signals", "__proto__"]),
        "zone": st.sampled_from(
            ["", "street", "entrance", "building", "parking", "shop", "bank", "traffic", "station", "<b>"]
        ),
        "indoor": st.booleans(),
        "fr": st.booleans(),
    }
)
place = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
QUEUE = """
const kept = new Map(Object.entries(given.kept ?? {}));
const storage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, text) => kept.set(key, text),
  removeItem: (key) => kept.delete(key),
};
let changes = 0;
const queue = makeQueue(() => storage, () => { changes += 1; });
"""


@EXAMPLES
@given(st.lists(st.tuples(place, told), min_size=1, max_size=50))
def test_camera_when_told_in_any_way_then_the_server_reads_the_same(
    node: Node, cameras: list[tuple[tuple[float, float], dict[str, Any]]]
) -> None:
    made = node("return given.map(([at, told]) => newCamera(at, told))", cameras, newCamera="reports.mjs")
    read = parse_reports(json.dumps(made))
    for report, (at, said) in zip(read, cameras, strict=True):
        assert isinstance(report, NewCamera)
        assert report.at == pytest.approx(at, abs=6e-7)
        assert all(axis == round(axis, 6) for axis in report.at)
        assert report.type == (said["type"] if said["type"] in {"fixed", "dome", "panning"} else None)
        assert (report.direction, report.indoor, report.fr == "yes") == (
            said["direction"],
            said["indoor"],
            said["fr"],
        )
        assert re.fullmatch(r"\d{4}-\d{2}", report.month)
    assert len({report.id for report in read}) == len(cameras)


def test_reports_when_of_known_cameras_or_shared_then_the_server_reads_them(node: Node) -> None:
    snippet = """
        const { asFile, ofCamera, turned, noneSeen } = await import(js + "reports.mjs");
        const all = [ofCamera("there", "osm/node/1"), ofCamera("gone", "ss/abcdefghij"), turned("osm/way/2", 135)];
        all.push(noneSeen([[1, 2], [3, 4]]));
        return asFile(all);
    """
    kinds = [report.__struct_config__.tag for report in read_reports(node(snippet).encode())]
    assert kinds == ["there", "gone", "turned", "survey"]


STRETCHES = """
    const { stretch, noneSeen } = await import(js + "reports.mjs");
    const told = (one) => one && { ...one, report: noneSeen(one.line) };
    return given.map((route) => route.steps.map((_, position) => told(stretch(route, position))));
"""


def random_walks(area: Area, count: int) -> list[dict[str, Any]]:
    """Give walks between random places, as the page gets them."""
    rng = np.random.default_rng(7)
    box = area.manifest.bbox
    walks: list[dict[str, Any]] = []
    while len(walks) < count:
        lon, lat = rng.uniform((box.west, box.south), (box.east, box.north), (2, 2)).T
        with suppress(PlaceError):
            request = RouteRequest(LonLat(lon[0], lat[0]), LonLat(lon[1], lat[1]))
            walks += as_record(plan(area, request))["routes"]
    return walks


def test_stretch_when_of_any_step_then_ends_at_junctions_and_not_near_the_ends_of_the_walk(
    node: Node, demo: Area
) -> None:
    graph = demo.graph
    ends = np.concatenate([graph.shape_start[:-1], graph.shape_start[1:] - 1])
    junctions = {(round(lon, 6), round(lat, 6)) for lon, lat in graph.shape_lonlat[ends].tolist()}
    walks = random_walks(demo, 60)
    told = lost = 0
    for route, found in zip(walks, node(STRETCHES, walks), strict=True):
        line = np.array(route["geometry"]["coordinates"])
        at_m = np.concatenate([[0.0], np.cumsum(distance_m(line[:-1], line[1:]))])
        begun = 0.0
        for step, one in zip(route["steps"], found, strict=True):
            ended = begun + step["length_m"]
            if one is None:
                lost += step["length_m"]
            else:
                (report,) = parse_reports(json.dumps([one["report"]]))
                assert isinstance(report, NoneSeen)
                assert {report.line[0], report.line[-1]} <= junctions, "an end within a section tells of a door"
                first, last = (
                    float(at_m[np.flatnonzero(distance_m(line, np.array(report.line[i])) < 0.2)[j]])
                    for i, j in ((0, 0), (-1, -1))
                )
                assert first > END_M - 0.2
                assert last < at_m[-1] - END_M + 0.2
                assert first > begun - 2, "nothing of another step"
                assert last < ended + 2
                assert one["length_m"] == pytest.approx(last - first, abs=1)
                assert one["clipped"] or one["length_m"] == pytest.approx(step["length_m"], abs=1)
                told += one["length_m"]
            begun = ended
    assert told > lost


def test_stretch_when_no_junction_is_far_enough_from_the_ends_then_nothing_is_left(node: Node) -> None:
    line = [[24 + i / 1e4, 60] for i in range(21)]  # 112 m, one street
    street = {"steps": [{"length_m": 111.7}, {"length_m": 0}], "geometry": {"coordinates": line}}
    for junctions in ([], [0, 20], [8], [3, 17], [0, 8, 20]):
        assert node(STRETCHES, [street | {"junctions": junctions}]) == [[None, None]]
    assert node(STRETCHES, [street]) == [[None, None]], "a server that tells no junctions"


def test_stretch_when_it_has_many_points_then_as_many_as_are_taken(node: Node) -> None:
    line = [[24 + i / 1e5, 60 + i % 2 / 1e4] for i in range(4000)]
    steps = [{"length_m": 45_000}]
    long = {"steps": steps, "geometry": {"coordinates": line}, "junctions": [0, 100, 2000, 3900, 3999]}
    ((one,),) = node(STRETCHES, [long])
    (report,) = parse_reports(json.dumps([one["report"]]))
    assert isinstance(report, NoneSeen)
    assert [report.line[0], report.line[-1]] == [tuple(line[100]), tuple(line[3900])]


def test_queue_when_used_then_keeps_deletes_and_marks(node: Node) -> None:
    snippet = f"""{QUEUE}
        const out = [];
        const note = () => out.push([queue.waiting().map(({{ id }}) => id), kept.size]);
        note();
        queue.add({{ id: "a", kind: "camera" }}); queue.add({{ id: "b", kind: "gone", camera: "x" }}); note();
        queue.add({{ id: "c", kind: "there", camera: "x" }}); note();
        queue.sent(["a"], "2026-11"); note();
        queue.prune((held) => held.sent !== null); note();
        queue.remove("c"); note();
        return [out, changes];
    """
    out, changes = node(snippet, {}, makeQueue="queue.mjs")
    assert out == [[[], 0], [["a", "b"], 1], [["a", "c"], 1], [["c"], 1], [["c"], 1], [[], 0]]
    assert changes == 6


def test_queue_when_reports_are_saved_then_their_order_tells_no_way_through_town(node: Node) -> None:
    snippet = f"""{QUEUE}
        for (const id of ["m", "c", "x", "a"]) queue.add({{ id, kind: "camera" }});
        return queue.waiting().map(({{ id }}) => id);
    """
    assert node(snippet, {}, makeQueue="queue.mjs") == ["a", "c", "m", "x"]


@pytest.mark.parametrize("kept", ["", "nonsense", "[]", "{}", '{"version":2,"held":[{}]}', '{"version":1,"held":3}'])
def test_queue_when_what_is_kept_is_no_queue_then_empty(node: Node, kept: str) -> None:
    found = node(f"{QUEUE} return queue.all()", {"kept": {KEY: kept}}, makeQueue="queue.mjs")
    assert found == []


def test_queue_when_the_browser_keeps_nothing_then_in_memory_and_told(node: Node) -> None:
    snippet = """
        const queue = makeQueue(() => { throw new Error("denied"); }, () => {});
        queue.add({ id: "a", kind: "camera" });
        return [queue.waiting().length, queue.isKept()];
    """
    assert node(snippet, makeQueue="queue.mjs") == [1, False]


CAMERA: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [24.9445, 60.1712]},
    "properties": {
        "id": "osm/node/1", "kind": "dome", "reach_m": 28, "sectors": [], "indoor": True,
        "status": "confirmed", "fr": "unknown",
    },
}  # fmt: skip
HELD: list[dict[str, Any]] = [
    {
        "id": "rp/mmmmmmmmmm", "kind": "camera", "month": "2026-11", "at": [24.944, 60.171],
        "type": "fixed", "direction": 90,
    },
    {"id": "rp/bbbbbbbbbb", "kind": "camera", "month": "2026-11", "at": [0.5, 0.5]},
    {"id": "rp/cccccccccc", "kind": "there", "month": "2026-11", "camera": "osm/node/1"},
    {"id": "rp/dddddddddd", "kind": "survey", "month": "2026-11", "line": [[0, 0], [1, 1]]},
]  # fmt: skip
TURNED: dict[str, Any] = {
    "id": "rp/eeeeeeeeee",
    "kind": "turned",
    "month": "2026-11",
    "camera": "osm/node/1",
    "direction": 90,
}
GONE: dict[str, Any] = {"id": "rp/ffffffffff", "kind": "gone", "month": "2026-11", "camera": "osm/node/1"}
BOX = [24.9, 60.1, 25.0, 60.2]
OWN = """
const { makeNames, merged, overlayOf, isOver } = await import(js + "own-cameras.mjs");
const [cameras, reports, box, sent, month] = given;
const held = reports.map((report) => ({ report, sent }));
const over = held.map(isOver(cameras, month));
const nameOf = makeNames();
return { all: merged(cameras, held, nameOf), overlay: overlayOf(cameras, held, box, nameOf) ?? null, over };
"""


def of(*cameras: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(cameras)}


def test_own_cameras_when_reported_then_drawn_as_the_server_sees_them_and_taken_by_it(node: Node, demo: Area) -> None:
    found = node(OWN, [of(CAMERA), HELD, BOX, None, "2026-11"])
    assert [one["properties"]["id"] for one in found["all"]["features"]] == [
        "osm/node/1", "ss/aaaaaaaaaa", "ss/aaaaaaaaab",
    ]  # fmt: skip
    assert [camera["id"] for camera in found["overlay"]["cameras"]] == ["rp/aaaaaaaaaa"], "only those of the area"
    assert [one["properties"].get("report") for one in found["all"]["features"][1:]] == [
        HELD[0]["id"], HELD[1]["id"],
    ]  # fmt: skip
    assert found["overlay"]["off"] == []
    wish = {"from": START, "to": END, "overlay": found["overlay"]}
    request = read_body(json.dumps(wish).encode(), demo, max_via=0)
    assert [camera.id for camera in request.overlay.cameras] == ["ss/aaaaaaaaaa"]
    for type_ in ("fixed", "dome", "panning", None):
        report = HELD[0] | {"type": type_}
        report = {key: value for key, value in report.items() if value is not None}
        drawn = node(OWN, [of(), [report], BOX, None, "2026-11"])["all"]["features"][0]["properties"]
        view = view_of(camera_of(msgspec.convert(report, NewCamera)).tags)
        assert view is not None
        assert drawn["reach_m"] == view.reach_m == REACH_M[type_ or "unknown"]
        assert drawn["sectors"] == [list(sector) for sector in view.sectors]
    assert drawn["sectors"][0][1] == FIELD_DEG["unknown"]


def test_own_cameras_when_gone_or_turned_then_off_and_the_turned_one_added(node: Node) -> None:
    gone = node(OWN, [of(CAMERA), [GONE], BOX, None, "2026-11"])
    assert gone["overlay"] == {"cameras": [], "off": ["osm/node/1"]}
    assert [one["properties"]["reach_m"] for one in gone["all"]["features"]] == [0]
    turned = node(OWN, [of(CAMERA), [TURNED], BOX, None, "2026-11"])
    assert turned["overlay"]["off"] == ["osm/node/1"]
    assert turned["overlay"]["cameras"] == [
        {
            "id": "rp/aaaaaaaaaa",
            "at": CAMERA["geometry"]["coordinates"],
            "type": "dome",
            "indoor": True,
            "direction": 90,
        }
    ]
    assert [one["properties"]["id"] for one in turned["all"]["features"]] == ["ss/aaaaaaaaaa"]
    assert node(OWN, [of(), [GONE, TURNED], BOX, None, "2026-11"])["overlay"] is None


def test_own_cameras_when_asked_with_then_no_id_of_a_report_goes_along_and_numbers_stay(node: Node) -> None:
    snippet = """
        const { makeNames, merged, overlayOf } = await import(js + "own-cameras.mjs");
        const [cameras, reports, box] = given;
        const nameOf = makeNames();
        return [reports, reports.slice(1), reports].map((some) => {
          const held = some.map((report) => ({ report, sent: null }));
          const drawn = merged(cameras, held, nameOf).features.map((one) => [one.properties.id, one.properties.report]);
          return [drawn, overlayOf(cameras, held, box, nameOf)];
        });
    """
    new = [HELD[0] | {"id": f"rp/{letter * 10}"} for letter in "xyz"]
    taken = CAMERA | {"properties": CAMERA["properties"] | {"id": "ss/aaaaaaaaab"}}
    turns = dict(node(snippet, [of(taken), [*new, TURNED | {"camera": "ss/aaaaaaaaab"}], BOX])[0][0])
    assert len(turns) == 4
    assert "ss/aaaaaaaaab" not in turns, "an id of the area is no number of hers"
    first, second, third = node(snippet, [of(CAMERA), [*new, TURNED], BOX])
    assert [name for name, _ in first[0]] == [f"ss/aaaaaaaaa{letter}" for letter in "abcd"]
    assert [name for name, _ in second[0]] == [f"ss/aaaaaaaaa{letter}" for letter in "bcd"], "as in the walks shown"
    assert first == third
    for _, overlay in (first, second, third):
        assert not [report["id"] for report in [*new, TURNED] if report["id"][3:] in json.dumps(overlay)]


def test_own_cameras_when_sent_then_kept_until_the_area_shows_them_or_a_month_has_passed(node: Node) -> None:
    reports = [HELD[0], GONE, TURNED, HELD[2], HELD[3]]
    assert node(OWN, [of(CAMERA), reports, BOX, None, "2026-11"])["over"] == [False] * 5
    assert node(OWN, [of(CAMERA), reports, BOX, "2026-10", "2026-11"])["over"] == [False, False, False, True, True]
    assert node(OWN, [of(CAMERA), reports, BOX, "2026-11", "2027-01"])["over"] == [True] * 5
    shown = CAMERA | {"properties": CAMERA["properties"] | {"status": "disputed", "sectors": [[58.5, 63]]}}
    new = CAMERA | {"properties": CAMERA["properties"] | {"id": "ss/mmmmmmmmmm"}}
    assert node(OWN, [of(shown, new), reports, BOX, "2026-11", "2026-11"])["over"] == [True] * 5


def test_puzzle_when_solved_then_its_number(node: Node) -> None:
    salt = "abc?expires=1"
    challenge = hashlib.sha256(f"{salt}1234".encode()).hexdigest()
    puzzle = {"salt": salt, "challenge": challenge, "maxnumber": 2000}
    snippet = "const told = []; return [await solve(given, { onProgress: (share) => told.push(share) }), told]"
    number, told = node(snippet, puzzle, solve="sending.mjs")
    assert number == 1234
    assert told == sorted(told)
    snippet = "return solve(given).then(() => null, (error) => error.code)"
    assert node(snippet, puzzle | {"maxnumber": 1000}, solve="sending.mjs") == "bad-proof"
    snippet = "return solve(given, { signal: AbortSignal.abort() }).then(() => null, (error) => error.name)"
    assert node(snippet, puzzle, solve="sending.mjs") == "AbortError"


def test_batches_when_there_are_many_then_as_large_as_is_taken_and_in_another_order(node: Node) -> None:
    reports = [{"id": f"rp/{i:010}", "kind": "there"} for i in range(450)]
    found = node("return batches(given)", reports, batches="sending.mjs")
    assert [len(batch) for batch in found] == [200, 200, 50]
    ids = [report["id"] for batch in found for report in batch]
    assert sorted(ids) == [report["id"] for report in reports] != ids
    long = [{"id": str(i), "line": [[24.123456, 60.123456]] * 500} for i in range(60)]
    found = node("return batches(given)", long, batches="sending.mjs")
    assert all(len(json.dumps(batch, separators=(",", ":"))) < 2**18 - 4096 for batch in found)
