"""Text, JSON, GeoJSON and GPX of plans made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.formats import FORMATS, as_geojson, as_gpx, as_json, as_record
from routing.model import ATTRIBUTION, Camera, Coverage, LonLat
from routing.plans import Assumed, FrontPoint, Meeting, Note, Plan, Range, Risk, Route, Score, Step, Stop
from routing.text import as_text, picture

COVERAGE = Coverage("Kamppi", "2019-04-21", 221, 129.7, 0.0)
AREA_KEYS = {"name", "osm_date", "cameras", "cameras_per_km2", "directions_known", "surveyed_share"}
ROUTE_KEYS = {
    "name",
    "length_m",
    "duration_s",
    "detour_m",
    "in_view_m",
    "in_view_s",
    "risk",
    "cameras_could_recognise",
    "expected_recognitions",
    "recognition",
    "ranges",
    "surveyed_share",
    "ends_in_view_m",
    "enclosed_m",
    "cameras",
    "cameras_in_view",
    "in_view_spans_m",
    "meetings",
    "steps",
    "junctions",
}
LONLAT = np.array([[24.931234567891, 60.161234567891], [24.932, 60.17], [24.94, 60.171]])
NEVER = {"recognition": {"low": 0.0, "default": 0.0, "high": 0.0}}
GPX = "{http://www.topografix.com/GPX/1/1}"


def camera(number: int, **tags: str) -> Camera:
    tags = {key.replace("_", ":"): value for key, value in tags.items()}
    return Camera(f"osm/node/{number}", LonLat(24.93, 60.17), tags, last_seen="2019-04")


def route(name: str, length_m: float, in_view_m: float, *meetings: Meeting, detour_m: float = 0.0) -> Route:
    part = in_view_m / 5000
    risk = Risk(
        risk=Range(part / 4, part, 3 * part),
        recognition=Range(part / 4, part, 3 * part),
        unmapped=part / 2,
        expected=Range(part / 3, 1.01 * part, 3.2 * part),
        could_recognise=Range(0.0, float(len(meetings)), 2.0 * len(meetings)),
    )
    spans = np.array([[100.0, 100.0 + in_view_m]]) if in_view_m else np.empty((0, 2))
    score = Score(length_m, in_view_m, 30.0, min(40.0, in_view_m), meetings, spans, risk)
    steps = (
        Step(
            "Head north-east along Mannerheimintie",
            length_m - 400,
            "Mannerheimintie",
            "head",
            compass="north-east",
            way="street",
        ),
        Step("Cross, then turn left along the footway", 400.0, "", turn="left", way="footway", cross=True),
        Step("Arrive", 0.0, "", "arrive"),
    )
    return Route(name, score, detour_m, LONLAT, steps)


SHORTEST = route(
    "shortest",
    1404.04,
    612.0,
    Meeting(camera(1, camera_type="dome"), 100.0, 300.0),
    Meeting(camera(3), 420.0, 200.0),
    Meeting(camera(2), 600.0, 112.0),
)
LEAST_SEEN = route("least_seen", 1764.06, 86.0, Meeting(camera(1, camera_type="dome"), 1500.0, 86.0), detour_m=360.02)
FRONT = (FrontPoint(1404.0, 0.12345), FrontPoint(1764.1, 0.01721))
PLAN = Plan(
    COVERAGE,
    (SHORTEST, LEAST_SEEN),
    FRONT,
    (Note("steps", "Steps are not avoided."), Note("far", "It begins 60 m off.", 60.04)),
)
QUIET = Score(900.0, 0.0, 0.0, 0.0, (), np.empty((0, 2)))
BARE = Plan(Coverage("Inari", None, 0, float("nan"), float("nan")), (), ())


def lines(plan: Plan, **options: str) -> str:
    """Write the text with its line breaks undone."""
    return " ".join(as_text(plan, describe=options.get("describe")).split())


def test_json_when_written_then_the_contract_holds() -> None:
    whole = json.loads(as_json(PLAN))
    assert set(whole) == {"area", "routes", "front", "notes", "attribution", "keep_side"}
    assert set(whole["area"]) == AREA_KEYS
    assert [set(one) for one in whole["routes"]] == [ROUTE_KEYS | {"geometry"}] * 2
    assert [(point["length_m"], point["risk"]) for point in whole["front"]] == [(1404.0, 0.123), (1764.1, 0.0172)]
    assert whole["notes"] == [
        {"code": "steps", "text": "Steps are not avoided."},
        {"code": "far", "text": "It begins 60 m off.", "metres": 60.0},
    ]
    assert whole["attribution"] == ATTRIBUTION


def test_plan_when_it_passes_stops_then_every_form_tells_of_them() -> None:
    stops = (Stop("Bar <&\x1b>", LonLat(24.931, 60.162), 12.34), Stop("", LonLat(24.932, 60.163), 0.0))
    steps = (*SHORTEST.steps[:2], Step("Reach stop 1: Bar", 0.0, "Bar", "stop", stop=1), *SHORTEST.steps[1:])
    plan = replace(PLAN, routes=(replace(SHORTEST, steps=steps),), via=stops)
    told = [
        {"name": "Bar <&>", "at": [24.931, 60.162], "moved_m": 12.3},
        {"name": "", "at": [24.932, 60.163], "moved_m": 0.0},
    ]
    assert json.loads(as_json(plan))["via"] == json.loads(as_geojson(plan))["via"] == told
    assert [step.get("stop") for step in json.loads(as_json(plan))["routes"][0]["steps"]] == [None, None, 1, None, None]
    assert [step["text"] for step in json.loads(as_json(plan))["routes"][0]["steps"]][2] == "Reach stop 1: Bar"
    assert " 3. Reach stop 1: Bar\n" in as_text(plan)
    gpx = ET.fromstring(as_gpx(plan))  # noqa: S314 - our own
    assert [child.tag.removeprefix(GPX) for child in gpx] == ["metadata", "wpt", "wpt", "trk"]
    points = [[one.attrib["lat"], one.attrib["lon"], *(child.text for child in one)] for one in gpx.iter(f"{GPX}wpt")]
    assert points == [
        ["60.1620000", "24.9310000", "Bar <&>", "Stop 1", "via"],
        ["60.1630000", "24.9320000", "Stop 2", "Stop 2", "via"],
    ]


def test_plan_when_it_passes_nothing_then_no_form_tells_of_stops() -> None:
    assert "via" not in json.loads(as_json(PLAN))
    assert not any("stop" in step for route in json.loads(as_json(PLAN))["routes"] for step in route["steps"])
    assert "<wpt" not in as_gpx(PLAN)


def test_json_when_the_model_and_the_sides_are_known_then_told() -> None:
    changed = {"walk_speed_mps": (1.8, 1.35, 1.1)}
    plan = replace(PLAN, keep_side=True, assumed=Assumed("RU/Moscow", "", changed))
    for form in (as_json, as_geojson):
        whole = json.loads(form(plan))
        assert whole["keep_side"] is True
        assert whole["model"] == {
            "region": "RU/Moscow",
            "town": None,
            "changed": {"walk_speed_mps": {"low": 1.8, "default": 1.35, "high": 1.1}},
        }


def test_json_when_written_then_numbers_are_rounded_and_cameras_keep_their_order() -> None:
    first, last = json.loads(as_json(PLAN))["routes"]
    assert (first["length_m"], first["duration_s"], first["detour_m"]) == (1404.0, 1003, 0.0)
    assert (last["length_m"], last["in_view_m"], last["in_view_s"], last["detour_m"]) == (1764.1, 86.0, 61, 360.0)
    assert first["cameras"] == ["osm/node/1", "osm/node/3", "osm/node/2"]
    assert first["cameras_in_view"] == 3
    assert first["geometry"]["type"] == "LineString"
    assert first["geometry"]["coordinates"][0] == [24.9312346, 60.1612346]
    assert first["in_view_spans_m"] == [[100.0, 712.0]]
    assert first["meetings"][1] == {"camera": "osm/node/3", "at_m": 420.0, "in_view_m": 200.0, **NEVER}
    assert last["meetings"] == [{"camera": "osm/node/1", "at_m": 1500.0, "in_view_m": 86.0, **NEVER}]


def test_json_when_written_then_steps_hold_what_happens_and_how_it_is_said() -> None:
    steps = json.loads(as_json(PLAN))["routes"][0]["steps"]
    assert steps[1] == {
        "text": "Cross, then turn left along the footway",
        "length_m": 400.0,
        "name": "",
        "do": "go",
        "turn": "left",
        "compass": None,
        "way": "footway",
        "through": False,
        "cross": True,
        "keep": None,
    }
    assert {key: steps[0][key] for key in ("do", "turn", "compass", "way")} == {
        "do": "head",
        "turn": None,
        "compass": "north-east",
        "way": "street",
    }
    assert (steps[2]["do"], steps[2]["turn"], steps[2]["way"], steps[2]["cross"]) == ("arrive", None, "way", False)


def test_json_when_read_again_then_it_is_the_record() -> None:
    assert json.loads(as_json(PLAN)) == json.loads(json.dumps(as_record(PLAN)))


def test_json_when_shares_are_not_known_then_null() -> None:
    area = json.loads(as_json(BARE))["area"]
    assert area == {"name": "Inari", "osm_date": None, "cameras": 0, "surveyed_share": None} | dict.fromkeys(
        ("cameras_per_km2", "directions_known")
    )


def test_json_when_a_length_is_nearly_zero_then_never_minus_zero() -> None:
    assert "-0.0" not in as_json(replace(PLAN, routes=(replace(SHORTEST, detour_m=-0.01),)))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_formats_when_a_length_is_no_number_then_refused(kind: str, bad: float) -> None:
    broken = replace(SHORTEST, score=replace(SHORTEST.score, length_m=bad))
    with pytest.raises(ValueError, match="not finite"):
        FORMATS[kind](replace(PLAN, routes=(broken,)))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("plan", [PLAN, BARE, replace(PLAN, notes=(Note("two", "Zwei\nZeilen"),), routes=(SHORTEST,))])
def test_formats_when_written_then_one_newline_ends_them_and_no_word_promises(kind: str, plan: Plan) -> None:
    text = FORMATS[kind](plan)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "OpenStreetMap" in text
    assert not any(word in text.lower() for word in ("safe", "clean", "camera-free", "nan"))


def test_geojson_when_written_then_one_feature_a_route() -> None:
    whole = json.loads(as_geojson(PLAN))
    assert whole["type"] == "FeatureCollection"
    assert whole["attribution"] == ATTRIBUTION
    assert [set(feature) for feature in whole["features"]] == [{"type", "properties", "geometry"}] * 2
    assert [set(feature["properties"]) for feature in whole["features"]] == [ROUTE_KEYS] * 2
    assert {feature["type"] for feature in whole["features"]} == {"Feature"}
    assert len(whole["features"][0]["geometry"]["coordinates"]) == 3


def test_geojson_when_nothing_is_walked_then_the_line_has_two_positions() -> None:
    still = replace(SHORTEST, lonlat=LONLAT[:1])
    geometry = json.loads(as_geojson(replace(PLAN, routes=(still,))))["features"][0]["geometry"]
    assert geometry["coordinates"] == [[24.9312346, 60.1612346]] * 2


def test_gpx_when_written_then_tracks_without_times() -> None:
    named = replace(PLAN, coverage=replace(COVERAGE, name='<Kamp\x1bpi> & "Co"'))
    root = ET.fromstring(as_gpx(named).encode())  # noqa: S314 - our own XML
    assert root.tag == f"{GPX}gpx"
    assert root.attrib == {"version": "1.1", "creator": "sidestep"}
    assert [child.tag.removeprefix(GPX) for child in root] == ["metadata", "trk", "trk"]
    assert [child.tag.removeprefix(GPX) for child in root[0]] == ["name", "desc", "copyright"]
    assert root[0][0].text == '<Kamppi> & "Co"'
    assert root[0][2].attrib == {"author": "OpenStreetMap contributors"}
    assert root[0][2][0].text == "https://opendatacommons.org/licenses/odbl/1-0/"
    assert [child.tag.removeprefix(GPX) for child in root[2]] == ["name", "desc", "trkseg"]
    assert [track.findtext(f"{GPX}name") for track in root[1:]] == ["shortest", "least seen"]
    assert root[1][2][0].attrib == {"lat": "60.1612346", "lon": "24.9312346"}
    assert not any(element.tag.endswith("time") for element in root.iter())


def test_text_when_written_then_in_the_order_of_the_design() -> None:
    text = as_text(PLAN)
    wanted = ("Kamppi: 221", "Steps are not", "minutes", "In view:", "against shortest", "within 50 m", "Directions")
    places = [text.index(word) for word in (*wanted, ATTRIBUTION)]
    assert places == sorted(places)
    assert max(map(len, text.splitlines())) <= 80


def test_text_when_written_then_the_table_holds_the_numbers() -> None:
    rows = {line[:10].strip(): line[10:].split() for line in as_text(PLAN).splitlines()[7:10]}
    assert rows["shortest"] == ["17", "1,404", "0", "612", "437", "3"]
    assert rows["least seen"] == ["21", "1,764", "360", "86", "61", "1"]


def test_text_when_alternatives_differ_then_costs_and_savings_are_told() -> None:
    text = lines(PLAN)
    assert "Least seen, against shortest: +4 min, 86 % less risk, 526 m less in view, 2 cameras fewer." in text
    assert (
        "Of the metres in view, 40 m each lie within 50 m of the start or the end, where there is least to choose."
        in text
    )
    assert "Of the metres in view, 30 m each are counted only because the way is indoor" in text


def test_text_when_alternatives_are_alike_or_worse_then_said_so() -> None:
    more = route("balanced", 1410.0, 613.0, *SHORTEST.score.meetings, Meeting(camera(4), 1.0, 1.0), detour_m=6.0)
    assert "no more minutes, as much risk, 1 m more in view, 1 camera more." in lines(
        replace(PLAN, routes=(SHORTEST, more))
    )
    same = replace(SHORTEST, name="balanced")
    assert "no more minutes, as much risk, as much in view, as many cameras." in lines(
        replace(PLAN, routes=(SHORTEST, same))
    )


def test_text_when_ends_differ_then_each_is_named() -> None:
    other = replace(LEAST_SEEN, score=replace(LEAST_SEEN.score, ends_in_view_m=12.4, enclosed_m=0.0))
    text = lines(replace(PLAN, routes=(SHORTEST, other)))
    assert "40 m (shortest), 12 m (least seen) lie within" in text
    assert "30 m (shortest), 0 m (least seen) are counted only" in text


def test_text_when_one_route_then_nothing_is_compared() -> None:
    text = lines(replace(PLAN, routes=(SHORTEST,)))
    assert "against" not in text
    assert "Of the metres in view, 40 m lie within" in text


def test_text_when_a_camera_sees_the_walk_then_it_stands_under_its_step() -> None:
    text = as_text(PLAN)
    assert "Directions, least seen" in text
    assert " 1. Head north-east along Mannerheimintie, 1.4 km\n 2. Cross" in text
    assert "footway, 400 m\n    at 1,500 m: dome camera, 86 m in view, direction unknown" in text
    assert "on the map April 2019, osm/node/1" in lines(PLAN)
    assert text.index("at 1,500 m") < text.index(" 3. Arrive")


def test_text_when_another_route_is_asked_for_then_it_gets_the_directions() -> None:
    assert "Directions, shortest" in as_text(PLAN, describe="shortest")
    assert "Directions, least seen" in as_text(PLAN, describe="balanced")


def test_text_when_a_camera_is_known_well_then_all_is_told() -> None:
    known = Camera(
        "ss/abcdefghij",
        LonLat(24.9, 60.1),
        {"surveillance:type": "ALPR", "camera:direction": "120"},
        "report",
        "disputed",
        "yes",
        evidence="seen",
    )
    named = replace(known, tags={"camera:type": "fixed", "direction": "N\x1b[31mE"}, last_seen="2026-03")
    walk = route("shortest", 900.0, 50.0, Meeting(known, 10.0, 20.0), Meeting(named, 950.0, 30.0))
    text = lines(replace(PLAN, routes=(walk,)))
    assert "number plate camera, 20 m in view, looks 120°, disputed, face recognition, reported, date unknown," in text
    assert "fixed camera, 30 m in view, looks N[31mE, disputed, face recognition, reported March 2026, ss/" in text


def test_text_when_no_camera_sees_the_walk_then_only_no_mapped_one() -> None:
    quiet = replace(SHORTEST, score=Score(900.0, 0.0, 0.0, 0.0, (), np.empty((0, 2))), steps=())
    text = lines(replace(PLAN, routes=(quiet,)))
    assert "No mapped camera sees this walk." in text
    assert "Of the metres" not in text


def test_text_when_there_are_no_steps_then_cameras_are_still_listed() -> None:
    assert "at 600 m: camera of unknown type" in lines(replace(PLAN, routes=(replace(SHORTEST, steps=()),)))


def test_text_when_styled_then_only_headings_are_bold() -> None:
    styled = as_text(PLAN, style=True)
    assert styled.count("\x1b[1m") == styled.count("\x1b[0m") == 2
    assert styled.replace("\x1b[1m", "").replace("\x1b[0m", "") == as_text(PLAN)


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (
            COVERAGE,
            "Kamppi: 221 cameras mapped, 130 per km², none with a direction, data of April 2019. Nothing is known",
        ),
        (Coverage("A", "2019-04", 1, 0.31, 0.0), "A: 1 camera mapped, 0.3 per km², without a direction, data of April"),
        (Coverage("A", "spring", 1, 0.31, 1.0), "A: 1 camera mapped, 0.3 per km², with a direction, data of spring."),
        (Coverage("A", None, 1200, 12.0, 0.5), "A: 1,200 cameras mapped, 12 per km², 600 with a direction, data of un"),
        (Coverage("A", None, 9, 12.0, 1.0), "all with a direction"),
        (Coverage("A", None, 9, 12.0, 0.01), "1 with a direction"),
        (Coverage("A", None, 9, 12.0, 0.99), "8 with a direction"),
        (Coverage("A", None, 9, 12.0, 1.0, "2011-01", "2019-04"), "dated January 2011 to April 2019"),
        (Coverage("A", None, 9, 12.0, 1.0, "2019-04", "2019-04"), "dated April 2019,"),
        (Coverage("A", None, 9, 12.0, 1.0, surveyed_share=0.25), "streets surveyed for cameras: 25%"),
        (
            Coverage("A", "2019-04-21", 0, 0.0, 0.0),
            "A: no camera is mapped here, data of April 2019. Nothing is known.",
        ),
    ],
)
def test_text_when_coverage_differs_then_said_in_words(coverage: Coverage, said: str) -> None:
    assert said in lines(Plan(coverage, (), ()))


@pytest.mark.parametrize(
    ("length_m", "said"),
    [
        (3.6, "4 m"),
        (9.9, "10 m"),
        (12.0, "10 m"),
        (98.0, "100 m"),
        (344.0, "340 m"),
        (996.0, "1.0 km"),
        (1240.0, "1.2 km"),
    ],
)
def test_text_when_a_step_is_long_or_short_then_rounded_to_what_one_can_walk_by(length_m: float, said: str) -> None:
    walk = replace(SHORTEST, steps=(Step("Head north", length_m, ""), Step("Arrive", 0.0, "")))
    assert f" 1. Head north, {said}\n" in as_text(replace(PLAN, routes=(walk,)))


def test_picture_when_in_view_then_marks_stand_where_it_is() -> None:
    def draw(*spans: tuple[float, float]) -> str:
        array = np.array(spans, dtype=np.float64).reshape(-1, 2)
        return picture(Score(100.0, 0.0, 0.0, 0.0, (), array), 10)

    assert draw() == "··········"
    assert draw((0, 100)) == "██████████"
    assert draw((10, 24)) == "·█▓·······"
    assert draw((1, 3), (5, 9), (98, 100)) == "█········▓"


def test_picture_when_nothing_is_walked_then_still_drawn() -> None:
    assert picture(Score(0.0, 0.0, 0.0, 0.0, (), np.array([[0.0, 0.0]])), 1) == "·"
    still = replace(SHORTEST, score=Score(0.0, 0.0, 0.0, 0.0, (), np.empty((0, 2))))
    assert "shortest    ·\n" in as_text(replace(PLAN, routes=(still,)))


words = st.text(max_size=60)


@given(words, words, words, st.floats(0, 60_000), st.floats(0, 60_000))
def test_formats_when_any_names_and_lengths_then_all_can_be_read(
    area: str, note: str, street: str, length_m: float, in_view_m: float
) -> None:
    score = Score(length_m, in_view_m, 0.0, 0.0, (), np.array([[0.0, in_view_m]]))
    walk = Route("shortest", score, 0.0, LONLAT, (Step(f"Head north along {street}", length_m, street),))
    plan = Plan(replace(COVERAGE, name=area), (walk,), (), (Note("any", note),))
    assert json.loads(as_json(plan))["area"]["name"] == area
    assert json.loads(as_geojson(plan))["features"][0]["properties"]["steps"][0]["name"] == street
    ET.fromstring(as_gpx(plan).encode())  # noqa: S314 - our own XML
    assert as_text(plan).replace("\n", "").isprintable()


def test_text_when_risk_is_known_then_told_with_its_range_and_what_it_rests_on() -> None:
    text = lines(PLAN)
    assert (
        "shortest 12 % (3.1 % to 37 %), 6.1 % by cameras that nobody mapped; 3 mapped cameras could recognise you"
        in text
    )
    assert "recognise you (0 to 6)" in text
    assert "rest on assumptions" in text
    assert "assumptions" not in lines(replace(PLAN, routes=(replace(SHORTEST, score=QUIET),)))


def test_text_when_streets_were_surveyed_then_the_share_of_each_walk() -> None:
    surveyed = replace(PLAN, routes=(replace(SHORTEST, surveyed_share=0.625), replace(LEAST_SEEN, surveyed_share=0.0)))
    assert "looked for cameras: 62% (shortest), 0% (least seen)." in lines(surveyed)
    assert "looked for cameras" not in lines(PLAN)


def test_text_when_one_side_is_better_then_the_step_says_which() -> None:
    walk = replace(SHORTEST, steps=(Step("Head north, keep to the left side", 30.0, "", keep="left"),))
    assert "1. Head north, keep to the left side, 30 m" in lines(replace(PLAN, routes=(walk,)))


def test_json_when_written_then_risk_has_three_digits_and_its_range() -> None:
    first, _ = json.loads(as_json(PLAN))["routes"]
    assert first["risk"] == 0.122
    assert first["recognition"] == {"low": 0.0306, "default": 0.122, "high": 0.367, "unmapped": 0.0612}
    assert first["cameras_could_recognise"] == 3
    assert first["ranges"]["cameras_could_recognise"] == {"low": 0.0, "high": 6.0}
    assert set(first["ranges"]) == {"risk", "cameras_could_recognise", "expected_recognitions"}
    assert first["surveyed_share"] is None
