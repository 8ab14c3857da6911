"""Files and links that the page makes: any text in them, the server's own points, and links that nobody breaks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from browser_support import END, START, marked
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.formats import as_geojson, as_gpx, as_json
from routing.model import LonLat, RouteRequest
from routing.router import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.area import Area

    Node = Callable[..., Any]

EXAMPLES = settings(max_examples=20)  # each a batch, since starting Node.js costs more than what it works out
NAMES = ("shortest", "balanced", "least_seen", "also_1", "also_12")
GPX = {"": "http://www.topografix.com/GPX/1/1"}
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets

degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
wishes = st.tuples(degrees, degrees, st.integers(0, 100), st.sampled_from(NAMES))
number = st.from_regex(r"-?\d{0,4}(\.\d{0,10})?", fullmatch=True)
almost = st.builds(
    lambda close, text, *fields: close(text.format(*fields)),
    st.sampled_from([marked, marked, str]),
    st.just("#r={},{};{},{}{}{}"),
    number, number, number, number,
    st.sampled_from(["", ";", ";30", ";30%", ";101", ";-1", ";1e1", ";0x1"]),
    st.sampled_from(["", ";least_seen", ";other", ";also_3", ";also_0", ";also_111", ";%", "%E0%A4%A", ";__proto__"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def planned(demo: Area) -> dict[str, Any]:
    """A plan, as the page gets it and as the server writes it."""
    found = plan(demo, RouteRequest(LonLat(*START), LonLat(*END)))
    return {"reply": json.loads(as_json(found)), "gpx": as_gpx(found), "geojson": json.loads(as_geojson(found))}


@EXAMPLES
@example(["", "#", "#r=", "#r=;", "#r=%", "%", "#r=1,2;3,4;;", marked("#r=NaN,NaN;Infinity,0;30;balanced"), "#sheet"])
@given(st.lists(st.text() | st.text().map("#r={}".format) | almost, min_size=1, max_size=60))
def test_fragment_when_it_is_anything_then_read_refused_or_left_alone(node: Node, fragments: list[str]) -> None:
    found = node("return given.map((one) => fromFragment(one))", fragments, fromFragment="files.mjs")
    for fragment, held in zip(fragments, found, strict=True):
        if held is None:
            assert not fragment.startswith("#r=")
        elif held != "broken":
            for lon, lat in (held["start"], held["end"]):
                assert -180 <= lon <= 180
                assert -90 <= lat <= 90
            assert 0 <= held["detour"] <= 100
            assert held["chosen"] in {*NAMES, "also_3"}


@EXAMPLES
@given(st.lists(wishes, min_size=1, max_size=60))
def test_fragment_when_written_and_read_then_the_same_to_a_metre(node: Node, wished: list[Any]) -> None:
    snippet = """return given.map(([start, end, detour, chosen]) => {
      const text = toFragment({ start: { lonlat: start }, end: { lonlat: end }, detour }, chosen);
      const sent = [text, encodeURI(text), encodeURIComponent(text).replace("%23", "#")];
      return [text, ...sent.map((one) => fromFragment(one))];
    })"""
    found = node(snippet, wished, toFragment="files.mjs", fromFragment="files.mjs")
    for (start, end, detour, chosen), (text, *read) in zip(wished, found, strict=True):
        assert re.fullmatch(r"#r=[-\d.,;]+[a-z_]+\d*;[a-z]{3}", text), "a character that a messenger would escape"
        for held in read:
            assert held["start"] == pytest.approx(start, abs=1e-5)
            assert held["end"] == pytest.approx(end, abs=1e-5)
            assert (held["detour"], held["chosen"]) == (detour, chosen)


def test_fragment_when_cut_or_mistyped_then_no_other_walk(node: Node) -> None:
    whole = marked("#r=24.94583,60.16744;24.93592,60.16945;30;least_seen")
    wish = {"start": {"lonlat": [24.94583, 60.16744]}, "end": {"lonlat": [24.93592, 60.16945]}, "detour": 30}
    assert node("return toFragment(given, 'least_seen')", wish, toFragment="files.mjs") == whole
    cut = [whole[:length] for length in range(len("#r"), len(whole))]
    other = [whole.replace("60.169", "60.196"), whole.replace(";30;", ";3;"), f"{whole}.", f"{whole}a", whole.upper()]
    escaped = [quote(whole, safe="#")[:length] for length in range(len("#r"), len(whole))]
    found = node(
        "return given.map((one) => fromFragment(one))", [*cut, *escaped, *other, whole], fromFragment="files.mjs"
    )
    assert found.pop() == {
        "start": [24.94583, 60.16744],
        "end": [24.93592, 60.16945],
        "detour": 30,
        "chosen": "least_seen",
    }
    assert found == ["broken"] * len(found)


def test_fragment_when_an_end_is_missing_then_there_is_no_link(node: Node) -> None:
    snippet = "try { toFragment(given, 'shortest'); } catch (error) { return String(error); }"
    wish = {"start": None, "end": None, "detour": 30}
    assert node(snippet, wish, toFragment="files.mjs") == "Error: a link needs both ends"


def test_gpx_when_made_on_the_device_then_has_the_points_of_the_servers(node: Node, planned: dict[str, Any]) -> None:
    words = {"name": "Незаметный", "summary": "1 км", "coverage": "221 камера"}
    snippet = "return given.plan.routes.map((route) => asGpx(given.plan, route, given.words))"
    files = node(snippet, {"plan": planned["reply"], "words": words}, asGpx="files.mjs")
    server = ET.fromstring(planned["gpx"]).findall("trk", GPX)  # noqa: S314 - our own file
    assert len(files) == len(server)
    for text, track in zip(files, server, strict=True):
        gpx = ET.fromstring(text)  # noqa: S314 - our own file
        points = [point.attrib for point in gpx.iterfind(".//trkpt", GPX)]
        meant = [point.attrib for point in track.iterfind(".//trkpt", GPX)]
        assert [_degrees(point) for point in points] == [_degrees(point) for point in meant]
        assert gpx.findtext("trk/name", namespaces=GPX) == words["name"]
        assert not re.search(r"<time|\d\d:\d\d", text)


def _degrees(point: dict[str, str]) -> tuple[float, float]:
    return float(point["lon"]), float(point["lat"])


@EXAMPLES
@example(["]]>", "&amp;", "<", '"', "\x00", "\ufffe", "\uffff", "\x1f", "\r\n", "\x85\u2028"])
@given(st.lists(st.text(), min_size=1, max_size=30))
def test_gpx_when_names_hold_anything_then_still_xml(node: Node, planned: dict[str, Any], texts: list[str]) -> None:
    snippet = """return given.texts.map((text) => {
      const plan = { ...given.plan, area: { name: text } };
      return asGpx(plan, plan.routes[0], { name: text, summary: text, coverage: text });
    })"""
    files = node(snippet, {"plan": planned["reply"], "texts": texts}, asGpx="files.mjs")
    for text, file in zip(texts, files, strict=True):
        gpx = ET.fromstring(file)  # noqa: S314 - our own file
        told = NOT_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")  # as every XML reader reads lines
        for where in ("metadata/name", "metadata/desc", "trk/name", "trk/desc"):
            assert (gpx.findtext(where, namespaces=GPX) or "") == told


def test_geojson_when_made_on_the_device_then_the_same_walks_as_the_servers(
    node: Node, planned: dict[str, Any]
) -> None:
    found = json.loads(node("return asGeoJson(given)", planned["reply"], asGeoJson="files.mjs"))
    server = planned["geojson"]
    assert found["type"] == server["type"] == "FeatureCollection"
    walks = [feature for feature in server["features"] if feature["geometry"]["type"] == "LineString"]
    assert [feature["geometry"] for feature in found["features"]] == [feature["geometry"] for feature in walks]
    for feature, meant in zip(found["features"], walks, strict=True):
        same = feature["properties"].keys() & meant["properties"].keys()
        assert {"name", "length_m", "in_view_m"} <= same
        assert {key: feature["properties"][key] for key in same} == {key: meant["properties"][key] for key in same}
    assert (found["attribution"], found["area"]) == (server["attribution"], server["area"])
