"""Reports that the page makes: the server's own parser takes all of them, and the queue keeps what it was given."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from browser_support import END, START
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.formats import as_record
from routing.geo import cut_line, distance_m
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


def test_stretch_when_of_any_step_then_without_the_ends_of_the_walk(node: Node, demo: Area) -> None:
    route = as_record(plan(demo, RouteRequest(LonLat(*START), LonLat(*END))))["routes"][0]
    whole = np.array(route["geometry"]["coordinates"])
    snippet = """
        const { stretch, noneSeen } = await import(js + "reports.mjs");
        const all = given.steps.map((_, position) => stretch(given, position));
        return all.map((one) => one && { ...one, report: noneSeen(one.line) });
    """
    found = node(snippet, route)
    begun = 0.0
    for step, one in zip(route["steps"], found, strict=True):
        ended = begun + step["length_m"]
        first, last = max(begun, END_M), min(ended, route["length_m"] - END_M)
        assert (one is None) == (last - first < 10), step
        if one is not None:
            assert (one["from"], one["to"]) == pytest.approx((first, last), abs=0.01)
            assert one["clipped"] == (begun < END_M or ended > route["length_m"] - END_M)
            (report,) = parse_reports(json.dumps([one["report"]]))
            assert isinstance(report, NoneSeen)
            wanted = cut_line(whole, first, last)
            assert float(distance_m(np.array(report.line[0]), wanted[0])) < 2
            assert float(distance_m(np.array(report.line[-1]), wanted[-1])) < 2
        begun = ended
    assert sum(one is not None for one in found) > 2
    line = [[24 + i / 1e5, 60 + i % 2 / 1e4] for i in range(4000)]
    long = {"length_m": 5000, "steps": [{"length_m": 5000}], "geometry": {"coordinates": line}}
    (one,) = node(snippet, long)
    parse_reports(json.dumps([one["report"]]))


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
        "id": "rp/aaaaaaaaaa", "kind": "camera", "month": "2026-11", "at": [24.944, 60.171],
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
const { merged, overlayOf, isOver } = await import(js + "own-cameras.mjs");
const [cameras, reports, box, sent, month] = given;
const held = reports.map((report) => ({ report, sent }));
const over = isOver(cameras, month);
return { all: merged(cameras, held), overlay: overlayOf(cameras, held, box) ?? null, over: held.map(over) };
"""


def of(*cameras: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(cameras)}


def test_own_cameras_when_reported_then_drawn_as_the_server_sees_them_and_taken_by_it(node: Node, demo: Area) -> None:
    found = node(OWN, [of(CAMERA), HELD, BOX, None, "2026-11"])
    assert [one["properties"]["id"] for one in found["all"]["features"]] == [
        "osm/node/1", "ss/aaaaaaaaaa", "ss/bbbbbbbbbb",
    ]  # fmt: skip
    assert [camera["id"] for camera in found["overlay"]["cameras"]] == ["rp/aaaaaaaaaa"], "only those of the area"
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
        {"id": TURNED["id"], "at": CAMERA["geometry"]["coordinates"], "type": "dome", "indoor": True, "direction": 90}
    ]
    assert [one["properties"]["id"] for one in turned["all"]["features"]] == ["ss/eeeeeeeeee"]
    assert node(OWN, [of(), [GONE, TURNED], BOX, None, "2026-11"])["overlay"] is None


def test_own_cameras_when_sent_then_kept_until_the_area_shows_them_or_a_month_has_passed(node: Node) -> None:
    reports = [HELD[0], GONE, TURNED, HELD[2], HELD[3]]
    assert node(OWN, [of(CAMERA), reports, BOX, None, "2026-11"])["over"] == [False] * 5
    assert node(OWN, [of(CAMERA), reports, BOX, "2026-10", "2026-11"])["over"] == [False, False, False, True, True]
    assert node(OWN, [of(CAMERA), reports, BOX, "2026-11", "2027-01"])["over"] == [True] * 5
    shown = CAMERA | {"properties": CAMERA["properties"] | {"status": "disputed", "sectors": [[58.5, 63]]}}
    new = CAMERA | {"properties": CAMERA["properties"] | {"id": "ss/aaaaaaaaaa"}}
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
