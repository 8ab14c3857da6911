"""Whole plans: the page's own router gives the record that the library gives, to the last digit that is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import small_areas

from routing.build import build_area
from routing.errors import SidestepError
from routing.formats import as_record
from routing.hazard.parameters import ModelFile
from routing.model import Camera, LonLat, Overlay, RouteRequest
from routing.pack import pack_of
from routing.revise import overlaid, revised
from routing.router import parse_detour, plan, search, stops_of
from routing.search.front import Limits
from routing.workspace import demo_extract, released_cameras

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routing.area import Area
    from routing.plans import Plan, Score

    Node = Callable[..., Any]
    Rng = np.random.Generator

LABELS = 20_000_000  # more than any search here makes: the phone makes fewer, so a lower bound would part them
WHOLE = Limits(labels=LABELS, seconds=1e9)
DETOURS = ("30%", "0%", "5%", "12.5%", "60%", "150m", "400m", "0.3km", "2min", "6 min")
BATCH = 250  # plans that one Node.js makes: a pack is read once for each
SAMPLE, MANY = 60, 5_000

PLANS = """
const { readFileSync } = await import("node:fs");
const area = decodePack(new Uint8Array(readFileSync(given.pack)));
const before = [area.sideE6.slice(), area.cameras.length];
const told = given.requests.map((request) => {
  try {
    const found = plan(area, request, { labels: given.labels });
    const offered = [...found.routes, ...found.also];
    const routes = offered.map(({ name, score, lonlat }) => ({ name, score, lonlat: [...lonlat] }));
    const choices = found.choices.map(({ effortDm, seen }) => [[...effortDm], [...seen]]);
    return { record: asRecord(found), routes, front: found.front, stops: found.stops, choices };
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    return { error: error.code, message: error.message };
  }
});
const same = area.cameras.length === before[1] && area.sideE6.every((one, at) => one === before[0][at]);
return { told, same };
"""
EXPOSED = """
const { readFileSync } = await import("node:fs");
const area = decodePack(new Uint8Array(readFileSync(given.pack)));
const base = exposedOf(area);
const whole = JSON.stringify([...base.sideE6]);
const told = given.overlays.map((overlay) => {
  const { sideE6, riskE6, network, cameras } = overlaid(base, overlay);
  return { sides: [...sideE6], risk: [...riskE6], seen: [...network.seen], cameras: cameras.map((one) => one.id) };
});
return { told, same: JSON.stringify([...base.sideE6]) === whole && base.rows.size === 0 };
"""
NAMES = {
    "decodePack": "router/pack.mjs",
    "plan": "router/plan.mjs",
    "asRecord": "router/record.mjs",
    "RouteError": "router/errors.mjs",
}


@dataclass
class Packed:
    """An area, and the file that a phone has of it."""

    area: Area
    pack: Path


@pytest.fixture(scope="module")
def packed_demo(demo: Area, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return packed(demo, tmp_path_factory.mktemp("demo"))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("helsinki-centre.osm.pbf", marks=pytest.mark.long),
        "sf-downtown.osm.pbf",
        pytest.param("moscow-ostankino.osm.gz", marks=pytest.mark.long),
    ],
)
def packed_larger(test_data: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    area = build_area(test_data / request.param, camera_files=[released_cameras()])
    return packed(area, tmp_path_factory.mktemp("larger"))


def odd_areas(demo: Area, folder: Path) -> dict[str, Area]:
    """Make areas of which little is known, or more than usual."""
    surveyed = np.random.default_rng(8).choice([0.0, 0.25, 1.0], demo.graph.section_count).astype(np.float32)
    by_map, cameras = ModelFile(town="none"), small_areas.write_cameras(folder / "cameras.geojson")
    return {
        "surveyed": revised(demo, demo.cameras, surveyed=surveyed),
        "another month": revised(demo, demo.cameras[::3], month="2031-02"),
        "by the map alone": build_area(demo_extract(), camera_files=[released_cameras()], model_file=by_map),
        "no camera": build_area(demo_extract(), bbox=small_areas.BOX, name="Bare"),
        "nothing": build_area(demo_extract(), bbox=small_areas.BOX, name="Bare", model_file=by_map),
        "few": build_area(demo_extract(), bbox=small_areas.BOX, camera_files=[cameras]),
    }


def packed(area: Area, folder: Path) -> Packed:
    file = folder / "phone.pack"
    file.write_bytes(pack_of(area))
    return Packed(area, file)


def own_camera(rng: Rng, area: Area, number: int) -> Camera:
    """Make a camera as a person draws one on her map, or a record of one that the area has, changed."""
    tags = {"man_made": "surveillance", "surveillance": str(rng.choice(["public", "outdoor", "indoor"]))}
    tags["camera:type"] = str(rng.choice(["fixed", "dome", "panning"]))
    if rng.random() < 0.7:
        tags["camera:direction"] = str(int(rng.integers(360)))
    if rng.random() < 0.5:
        tags["camera:mount"] = str(rng.choice(["wall", "pole"]))
    known = area.cameras and rng.random() < 0.3
    at = area.graph.node_lonlat[rng.integers(area.graph.node_count)] + rng.normal(0, 1e-4, 2)
    return Camera(
        str(rng.choice([camera.id for camera in area.cameras])) if known else f"ss/own{number:07d}",
        LonLat(*at.tolist()),
        tags if rng.random() < 0.95 else {"man_made": "mast"},
        source=str(rng.choice(["report", "osm", "import:list"])),
        status=str(rng.choice(["confirmed", "confirmed", "unverified", "disputed", "removed"])),
        fr=str(rng.choice(["yes", "no", "unknown"])),
        last_seen=str(rng.choice(["2026-10", "2021-03"])) if rng.random() < 0.8 else None,
        evidence="seen",
        confirmations=int(rng.integers(3)),
    )


def place_in(rng: Rng, area: Area) -> LonLat:
    """Draw a place: on the street, at a crossing, in a yard, now and then outside the map."""
    box, node = area.manifest.bbox, area.graph.node_lonlat[rng.integers(area.graph.node_count)]
    kind = rng.random()
    if kind < 0.4:
        return LonLat(*node.tolist())
    if kind < 0.7:
        return LonLat(*(node + rng.normal(0, 5e-4, 2)).tolist())
    beyond = 0.05 if kind > 0.97 else 0.0
    return LonLat(
        float(rng.uniform(box.west - beyond, box.east + beyond)),
        float(rng.uniform(box.south - beyond, box.north + beyond)),
    )


def overlay_in(rng: Rng, area: Area) -> Overlay:
    """Draw cameras of a person's own, and some that she leaves out."""
    cameras = tuple(own_camera(rng, area, number) for number in range(int(rng.integers(4))))
    known = [camera.id for camera in area.cameras] or ["osm/node/1"]
    return Overlay(cameras, frozenset(map(str, rng.choice(known, int(rng.integers(6))))))


def request_in(rng: Rng, area: Area) -> RouteRequest:
    """Draw a request."""
    start, end = place_in(rng, area), place_in(rng, area)
    kind = rng.random()
    if kind < 0.03:
        end = start
    elif kind < 0.15:  # on one street, or on one edge
        end = LonLat(start.lon + float(rng.normal(0, 2e-4)), start.lat + float(rng.normal(0, 1e-4)))
    overlay = overlay_in(rng, area) if rng.random() < 0.3 else Overlay()
    front = rng.random()
    return RouteRequest(
        start,
        end,
        tuple(place_in(rng, area) for _ in range(int(rng.choice([0, 0, 0, 1, 2])))),
        parse_detour(str(rng.choice(DETOURS))),
        keep_side=bool(rng.random() < 0.25),
        overlay=overlay,
        front=front < 0.4,
        every=front < 0.2,
    )


def asked(request: RouteRequest) -> dict[str, object]:
    """Write a request as the page does."""
    return {
        "from": request.start,
        "to": request.end,
        "via": request.via,
        "detour": {"share": request.detour.share, "metres": request.detour.metres},
        "front": "every" if request.every else request.front,
        "keepSide": request.keep_side,
        "overlay": overlay_record(request.overlay),
    }


def overlay_record(overlay: Overlay) -> dict[str, object]:
    return {"cameras": [camera_record(one) for one in overlay.cameras], "off": sorted(overlay.off)}


def camera_record(camera: Camera) -> dict[str, object]:
    names = ("id", "lonlat", "tags", "source", "status", "fr", "first_seen", "last_seen", "confirmations", "evidence")
    return {name: getattr(camera, name) for name in (*names, "gone")}


def planned(node: Node, of: Packed, requests: list[RouteRequest]) -> list[dict[str, Any]]:
    """Plan in JavaScript."""
    given = {"pack": str(of.pack), "requests": [asked(one) for one in requests], "labels": LABELS}
    found = node(PLANS, given, seconds=1200, **NAMES)
    assert found["same"], "the area was changed"
    told: list[dict[str, Any]] = found["told"]
    return told


def answered(area: Area, request: RouteRequest) -> Plan | SidestepError:
    """Plan with the library."""
    try:
        return plan(area, request, WHOLE)
    except SidestepError as error:
        return error


def check(node: Node, of: Packed, requests: list[RouteRequest]) -> set[str]:
    """Compare plans with the library's; gives the codes of what went wrong, and of notes."""
    codes: set[str] = set()
    for request, told in zip(requests, planned(node, of, requests), strict=True):
        answer = answered(of.area, request)
        if isinstance(answer, SidestepError):
            assert (told.get("error"), told.get("message")) == (answer.code, str(answer)), request
            codes.add(answer.code)
            continue
        assert "error" not in told, (request, told)
        check_bare(told, answer)
        assert told["record"] == json.loads(json.dumps(as_record(answer))), request
        codes |= {note.code for note in answer.notes} | {route.name for route in answer.offered}
    return codes


def check_choices(node: Node, of: Packed, requests: list[RouteRequest]) -> None:
    """Compare what searches find: ends, efforts and what is seen, to the last whole number."""
    found = 0
    for request, told in zip(requests, planned(node, of, requests), strict=True):
        if "error" in told:
            continue
        area = overlaid(of.area, request.overlay)
        stops = stops_of(area, request)
        for one, stop in zip(told["stops"], stops, strict=True):
            assert one["distanceM"] == pytest.approx(stop.distance_m, abs=1e-6)
        if [(stop["section"], stop["q"]) for stop in told["stops"]] != [(stop.section, stop.q) for stop in stops]:
            continue  # two ways are equally near: rounding decides which
        networks = [area.network, area.network_of_sides] if request.keep_side else [area.network]
        choices = [search(network, stops, request.detour, WHOLE) for network in networks]
        assert told["choices"] == [[one.effort_dm.tolist(), one.seen.tolist()] for one in choices]
        found += 1
    assert found > len(requests) / 2


def check_bare(told: dict[str, Any], answer: Plan) -> None:
    """Compare what is not rounded yet."""
    names = [route.name for route in answer.offered]
    assert [route["name"] for route in told["routes"]] == names
    for one, route in zip(told["routes"], answer.offered, strict=True):
        assert numbers(one["score"]) == pytest.approx(numbers_of(route.score), rel=1e-6, abs=1e-9)
        assert np.array(one["lonlat"]) == pytest.approx(route.lonlat.ravel(), rel=0, abs=1e-11)
    front = [[one[name] for name in ("lengthM", "risk", "recognition", "inViewM", "cameras")] for one in told["front"]]
    assert np.array(front) == pytest.approx(np.array(answer.front), rel=1e-6, abs=1e-9)


def numbers(score: dict[str, Any]) -> list[float]:
    """List the numbers of a score in JavaScript."""
    risk = score["risk"]
    ranges = [risk["risk"], risk["recognition"], risk["expected"], risk["couldRecognise"]]
    ranges += [meeting["chance"] for meeting in score["meetings"]]
    return [
        *(score[name] for name in ("lengthM", "inViewM", "enclosedM", "endsInViewM")),
        risk["unmapped"],
        *(one[column] for one in ranges for column in ("low", "default", "high")),
        *(meeting[name] for meeting in score["meetings"] for name in ("atM", "inViewM", "ifThere")),
    ]


def numbers_of(score: Score) -> list[float]:
    """List the same of one of the library."""
    risk = score.risk
    ranges = [risk.risk, risk.recognition, risk.expected, risk.could_recognise]
    ranges += [meeting.chance for meeting in score.meetings]
    return [
        score.length_m, score.in_view_m, score.enclosed_m, score.ends_in_view_m, risk.unmapped,
        *(number for one in ranges for number in one),
        *(number for one in score.meetings for number in (one.at_m, one.in_view_m, one.if_there)),
    ]  # fmt: skip


def check_many(node: Node, of: Packed, count: int, seed: int) -> set[str]:
    rng = np.random.default_rng(seed)
    codes: set[str] = set()
    for first in range(0, count, BATCH):
        codes |= check(node, of, [request_in(rng, of.area) for _ in range(min(BATCH, count - first))])
    return codes


def test_plans_when_made_on_the_phone_then_are_the_librarys(node: Node, packed_demo: Packed) -> None:
    codes = check_many(node, packed_demo, SAMPLE, seed=1)
    assert codes >= {"shortest", "balanced", "least_seen", "also_1", "outside-area", "end-moved"}


def test_plans_when_made_in_larger_areas_then_are_the_librarys(node: Node, packed_larger: Packed) -> None:
    assert check_many(node, packed_larger, SAMPLE // 4, seed=2) >= {"shortest", "least_seen"}


@pytest.mark.long
def test_plans_when_made_five_thousand_times_then_are_the_librarys(node: Node, packed_demo: Packed) -> None:
    assert check_many(node, packed_demo, MANY, seed=3) >= {"no-better-within-detour", "same-place", "start-moved"}


@pytest.mark.long
def test_plans_when_made_often_in_larger_areas_then_are_the_librarys(node: Node, packed_larger: Packed) -> None:
    check_many(node, packed_larger, MANY // 10, seed=4)


def test_plans_when_little_is_known_of_an_area_then_are_the_librarys(
    node: Node, demo: Area, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    codes = set()
    for name, area in odd_areas(demo, folder).items():
        (folder / name).mkdir()
        codes |= check_many(node, packed(area, folder / name), SAMPLE // 5, seed=9)
    assert codes >= {"no-cameras", "by-shape"}


def test_searches_when_made_on_the_phone_then_find_the_same_whole_numbers(node: Node, packed_demo: Packed) -> None:
    rng = np.random.default_rng(5)
    check_choices(node, packed_demo, [request_in(rng, packed_demo.area) for _ in range(SAMPLE // 2)])


def test_area_when_overlaid_then_whole_numbers_are_the_librarys_and_the_base_is_as_it_was(
    node: Node, packed_demo: Packed
) -> None:
    rng = np.random.default_rng(6)
    overlays = [Overlay(), *(overlay_in(rng, packed_demo.area) for _ in range(SAMPLE // 2))]
    given = {"pack": str(packed_demo.pack), "overlays": [overlay_record(one) for one in overlays]}
    names = {"decodePack": NAMES["decodePack"], "exposedOf": "router/exposure.mjs", "overlaid": "router/revise.mjs"}
    found = node(EXPOSED, given, seconds=300, **names)
    assert found["same"]
    changed = 0
    for overlay, told in zip(overlays, found["told"], strict=True):
        area = overlaid(packed_demo.area, overlay)
        assert told["cameras"] == [camera.id for camera in area.cameras]
        assert told["sides"] == area.side_e6.ravel().tolist()
        assert told["risk"] == area.risk_e6.tolist()
        assert told["seen"] == area.network.seen.tolist()
        changed += area.side_e6 is not packed_demo.area.side_e6
    assert changed > len(overlays) / 2


def test_places_when_there_is_nothing_to_walk_then_errors_are_the_librarys(node: Node, packed_demo: Packed) -> None:
    box = packed_demo.area.manifest.bbox
    here = LonLat((box.west + box.east) / 2, (box.south + box.north) / 2)
    near = LonLat(here.lon + 1e-7, here.lat)
    far = LonLat(here.lon + 1.0, here.lat)
    requests = [RouteRequest(here, near), RouteRequest(here, far), RouteRequest(far, here)]
    requests += [RouteRequest(LonLat(here.lat, here.lon), here), RouteRequest(here, here, (far,))]
    requests += [RouteRequest(here, far, (near,)), RouteRequest(here, LonLat(here.lon, here.lat + 0.02))]
    assert check(node, packed_demo, requests) == {"same-place", "outside-area"}


def test_walk_when_a_forged_map_makes_it_endlessly_hard_then_too_long(node: Node, demo: Area, tmp_path: Path) -> None:
    """A search keeps something for each decimetre of effort: it would take all memory."""
    graph = replace(demo.graph, effort_dm=np.full(demo.graph.edge_count, 10**5, dtype=np.int32))
    request = RouteRequest(LonLat(24.93840, 60.16990), LonLat(24.95000, 60.17600))
    assert check(node, packed(replace(demo, graph=graph), tmp_path), [request]) == {"too-long"}


def test_place_when_it_is_nowhere_then_is_refused(node: Node) -> None:
    snippet = """try {
      stopsOf({}, { from: [NaN, 60], to: [24.9, 60] });
    } catch (error) { return [error.code, error.message]; }"""
    code, message = node(snippet, stopsOf="router/plan.mjs")
    assert (code, "position" in message) == ("bad-position", True)


def test_plan_when_its_search_is_cut_short_then_says_how_far_from_the_best_it_may_be(
    node: Node, packed_demo: Packed
) -> None:
    box = packed_demo.area.manifest.bbox
    far = RouteRequest(LonLat(box.west, box.south), LonLat(box.east, box.north), detour=parse_detour("20%"))
    snippet = PLANS.replace("labels: given.labels", "until: 0")
    (told,) = node(snippet, {"pack": str(packed_demo.pack), "requests": [asked(far)]}, **NAMES)["told"]
    (note,) = [one for one in told["record"]["notes"] if one["code"] == "stopped"]
    assert 0 < note["share"] < 1
    (whole,) = planned(node, packed_demo, [far])
    assert whole["choices"][0][1][-1] >= told["choices"][0][1][-1] * (1 - note["share"]) - 1


def test_area_when_prepared_then_plans_are_as_they_were(node: Node, packed_demo: Packed) -> None:
    rng = np.random.default_rng(7)
    requests = [request_in(rng, packed_demo.area) for _ in range(5)]
    snippet = PLANS.replace("const before", "prepare(area);\nconst before")
    given = {"pack": str(packed_demo.pack), "requests": [asked(one) for one in requests], "labels": LABELS}
    prepared = node(snippet, given, prepare="router/plan.mjs", **NAMES)
    assert [one.get("record") for one in prepared["told"]] == [
        one.get("record") for one in planned(node, packed_demo, requests)
    ]
