"""``sidestep route``: what it answers, in every form, and what it says of places and wishes that cannot be."""

from __future__ import annotations

import json
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from command_line import HERE, POSITION, THERE, Cli, Map, command, demo_of, fails

from routing.area_folder import load
from routing.model import ATTRIBUTION

if TYPE_CHECKING:
    from collections.abc import Callable


def test_route_when_why_is_asked_then_a_certificate_for_a_pair_with_a_way_past_all_and_for_one_without(
    cli: Cli,
) -> None:
    without = cli("route", "60.16990,24.93840", "60.17600,24.95000", "--why")
    assert (without.code, without.err) == (0, "")
    assert "No walk within the detour is past no mapped camera" in " ".join(without.out.split())
    past = cli("route", "60.17644,24.94006", "60.17360,24.95213", "--why")
    assert "A walk past no mapped camera exists within the detour" in " ".join(past.out.split())
    told = json.loads(cli("route", "60.17644,24.94006", "60.17360,24.95213", "--why", "--format", "json").out)
    assert told["certificate"]["within_detour"] is True
    assert told["certificate"]["walk"]["cameras"] == []
    assert "certificate" not in json.loads(cli("route", HERE, THERE, "--format", "json").out)


def test_route_when_asked_as_the_readme_begins_then_answers_as_it_shows(cli: Cli) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = readme.split("```text\n", 1)[1].split("…\n", 1)[0]
    assert "least seen" in shown
    assert cli("route", "60.16990,24.93840", "60.17600,24.95000").out.startswith(shown)


def test_route_when_text_then_says_first_which_places_were_understood(cli: Cli) -> None:
    result = cli("route", "Narinkkatori", "Senaatintori", "--via", "rautatientori")
    assert result.code == 0
    first = "From Narinkkatori (square) by Rautatientori (square) to Senaatintori (square)\n\n"
    assert result.out.startswith(f"{first}Helsinki centre: ")
    assert result.out.endswith(f"\n{ATTRIBUTION}\n")
    assert result.err == ""


def test_route_when_a_part_of_a_name_is_typed_then_says_what_for(cli: Cli) -> None:
    part = cli("route", "Narinkka", "Senaatintori")
    assert part.out.startswith('From Narinkka 2 (address), for "Narinkka", to Senaatintori (square)\n\n')
    part = cli("route", "Senaatintori", "Narinkka")
    assert part.out.startswith('From Senaatintori (square) to Narinkka 2 (address), for "Narinkka"\n\n')
    whole = cli("route", "  NARINKKATORI ", "Senatstorget")  # another case, and its other language
    assert whole.out.startswith("From Narinkkatori (square) to Senaatintori (square)\n\n")


def test_route_when_positions_are_typed_then_never_repeats_them(cli: Cli) -> None:
    mixed, plain = cli("route", HERE, "Senaatintori"), cli("route", HERE, THERE)
    assert mixed.out.startswith("From the position given to Senaatintori (square)\n\nHelsinki centre")
    assert plain.out.startswith("Helsinki centre")
    assert not POSITION.search(mixed.out + plain.out)


def test_route_when_json_then_as_the_contract_says(cli: Cli) -> None:
    answer = json.loads(cli("route", "Narinkkatori", "Senaatintori", "--format", "json").out)
    assert answer.keys() >= {"area", "routes", "front"}
    assert answer["area"].keys() == {
        "name", "osm_date", "cameras", "cameras_per_km2", "directions_known", "surveyed_share",
    }  # fmt: skip
    wanted = {
        "name", "length_m", "duration_s", "detour_m", "in_view_m", "in_view_s", "cameras", "cameras_in_view",
        "geometry", "steps", "risk", "cameras_could_recognise", "expected_recognitions", "recognition",
        "surveyed_share",
    }  # fmt: skip
    for route in answer["routes"]:
        assert route.keys() >= wanted
        assert route["cameras_in_view"] == len(route["cameras"])
        fields = {"text", "length_m", "name", "do", "turn", "compass", "way", "through", "cross", "keep"}
        assert {key for step in route["steps"] for key in step} == fields
    assert answer["routes"][0]["name"] == "shortest"
    assert answer["routes"][-1]["risk"] < answer["routes"][0]["risk"]
    for route in answer["routes"]:
        told = route["recognition"]
        assert 0 <= told["low"] <= told["default"] <= told["high"] <= 1


@pytest.mark.parametrize("form", ["text", "json", "geojson", "gpx"])
def test_route_when_written_to_a_file_then_the_same_and_nothing_else(cli: Cli, tmp_path: Path, form: str) -> None:
    shown = cli("route", "Narinkkatori", "Senaatintori", "--format", form)
    file = tmp_path / "work" / "walk"
    file.write_text("older")
    file.chmod(0o600)
    written = cli("route", "Narinkkatori", "Senaatintori", "--format", form, "-o", file)
    assert (written.code, written.out, written.err) == (0, "", "")
    assert file.read_text(encoding="utf-8") == shown.out
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_route_when_geojson_or_gpx_then_other_programs_read_the_same_walks(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "walk.geojson"
    assert cli("route", HERE, THERE, "--format", "geojson", "-o", file).code == 0
    frame = gpd.read_file(file)
    gpx = ET.fromstring(cli("route", HERE, THERE, "--format", "gpx").out)  # noqa: S314 - our own
    name = {"g": "http://www.topografix.com/GPX/1/1"}
    lines = [
        [(float(point.attrib["lon"]), float(point.attrib["lat"])) for point in track.findall(".//g:trkpt", name)]
        for track in gpx.findall("g:trk", name)
    ]
    assert len(lines) == len(frame) >= 2
    for line, shape in zip(lines, frame.geometry, strict=True):
        assert np.allclose(line, shapely.get_coordinates(shape), atol=1e-7)
    assert not gpx.findall(".//g:time", name)


@pytest.mark.parametrize(("detour", "limit"), [("30%", 1.3), ("0%", 1.0), ("5 %", 1.05)])
def test_route_when_detour_is_a_share_then_no_walk_is_longer(cli: Cli, detour: str, limit: float) -> None:
    routes = json.loads(cli("route", HERE, THERE, "--format", "json", "--detour", detour).out)["routes"]
    assert all(route["length_m"] <= routes[0]["length_m"] * limit + 0.5 for route in routes)
    assert (len(routes) == 1) == (detour == "0%")


@pytest.mark.parametrize(("detour", "extra_m"), [("400m", 400), ("6min", 504), ("0.1km", 100)])
def test_route_when_detour_is_an_amount_then_no_walk_is_longer(cli: Cli, detour: str, extra_m: float) -> None:
    routes = json.loads(cli("route", HERE, THERE, "--format", "json", f"--detour={detour}").out)["routes"]
    assert len(routes) > 1
    assert max(route["detour_m"] for route in routes) <= extra_m + 0.5


def test_route_when_via_is_given_then_passes_there_in_order(cli: Cli) -> None:
    answer = cli("route", HERE, THERE, "--via", "60.17130,24.94400", "--via", "60.16800,24.94700", "--format", "json")
    line = shapely.LineString(json.loads(answer.out)["routes"][0]["geometry"]["coordinates"])
    stops = [shapely.Point(24.944, 60.1713), shapely.Point(24.947, 60.168)]
    assert all(line.distance(stop) < 1e-3 for stop in stops)
    assert line.project(stops[0]) < line.project(stops[1])


def test_route_when_via_is_given_then_every_form_names_the_stops(cli: Cli) -> None:
    ends = (HERE, THERE, "--via", "Rautatientori", "--via", "60.16800,24.94700")
    text = cli("route", *ends)
    assert re.search(r"\n *\d+\. Reach stop 1: Rautatientori\n", text.out)
    assert re.search(r"\n *\d+\. Reach stop 2: \w+", text.out)  # a position is told by its street
    assert not POSITION.search(text.out)
    told = json.loads(cli("route", *ends, "--format", "json").out)
    assert told["via"][0]["name"] == "Rautatientori"
    for stop in told["via"]:
        line = shapely.LineString(told["routes"][0]["geometry"]["coordinates"])
        assert line.distance(shapely.Point(stop["at"])) < 1e-6
        assert 0 <= stop["moved_m"] < 100
    assert json.loads(cli("route", *ends, "--format", "geojson").out)["via"] == told["via"]
    name = {"g": "http://www.topografix.com/GPX/1/1"}
    gpx = ET.fromstring(cli("route", *ends, "--format", "gpx").out)  # noqa: S314 - our own
    points = gpx.findall("g:wpt", name)
    assert [point.findtext("g:name", "", name) for point in points] == [stop["name"] for stop in told["via"]]
    assert [point.findtext("g:type", "", name) for point in points] == ["via", "via"]
    assert [[float(point.attrib["lon"]), float(point.attrib["lat"])] for point in points] == [
        stop["at"] for stop in told["via"]
    ]


def test_route_when_sides_are_kept_then_json_says_so(cli: Cli) -> None:
    told = [
        json.loads(cli("route", "Narinkkatori", "Senaatintori", "--format", "json", *more).out)
        for more in ((), ("--keep-side",))
    ]
    assert [one["keep_side"] for one in told] == [False, True]
    assert [one["model"]["changed"] for one in told] == [{}, {}]


def test_nearest_when_a_kind_and_a_place_are_named_then_says_what_was_understood(cli: Cli) -> None:
    for listed in ("pharmacy, Kiasma", "Kiasma, pharmacy", "аптека,kiasma"):
        told = " ".join(cli("nearest", "Rautatientori", "--to", listed).out.split("\n\n")[0].split())
        parts = told.partition(" To: ")[2].split("; ")
        meant = 'pharmacy, for "аптека"' if "аптека" in listed else "pharmacy"
        assert sorted(parts) == ["Kiasma (museum)", meant]
    typed = cli("nearest", "Rautatientori", "--to", "60.17320,24.94110, Kiasma").out
    assert "To: position 1; Kiasma (museum)\n" in typed
    assert not POSITION.search(typed)


def test_route_when_answer_and_picture_name_one_file_then_refused_before_planning(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "work")
    picture, same = tmp_path / "work" / "a.svg", tmp_path / "link" / "a.svg"
    for place in ("Narinkkatori", "Xyzzyplugh"):  # the latter would be told first if a walk was planned
        arguments = ("route", place, "Senaatintori", "--plot", picture, "-o", same)
        fails(cli, tmp_path, 2, *arguments, says=["-o and --plot name the same file"])


def test_route_when_something_is_avoided_or_preferred_then_says_what_was_understood_and_how_far_it_is_met(
    cli: Cli,
) -> None:
    wishes = ("--avoid", "kaivokatu", "--avoid", "Kiasma:150m", "--prefer", "Mannerheimvägen", "--avoid-stairs")
    text = cli("route", "Narinkkatori", "Senaatintori", *wishes)
    assert text.out.startswith(
        "From Narinkkatori (square) to Senaatintori (square)\n"
        "Avoiding stairs, Kaivokatu, 150 m around Kiasma (museum)\n"
        "Preferring Mannerheimintie\n\nHelsinki centre: "
    )
    assert "\nOn what you wish to avoid: " in text.out
    routes = json.loads(cli("route", "Narinkkatori", "Senaatintori", *wishes, "--format", "json").out)["routes"]
    assert routes[-1]["avoided_m"] <= routes[0]["avoided_m"]
    plain = json.loads(cli("route", "Narinkkatori", "Senaatintori", "--format", "json").out)["routes"]
    assert "avoided_m" not in plain[0]
    assert all(route["length_m"] <= plain[0]["length_m"] * 1.3 + 0.5 for route in routes)


def test_route_when_a_place_to_avoid_is_typed_as_a_position_then_never_repeated(cli: Cli) -> None:
    for stdin, place in ((b"", "60.17124,24.94312:80m"), (b"geo:60.17124,24.94312:0.08km\n", "-")):
        result = cli("route", HERE, "Senaatintori", "--avoid", place, stdin=stdin)
        assert result.code == 0
        assert "\nAvoiding 80 m around the position given\n" in result.out
        assert not POSITION.search(result.out)


def test_route_when_the_way_back_is_asked_then_all_places_are_turned(cli: Cli) -> None:
    there = cli("route", "Narinkkatori", "Senaatintori", "--via", "Rautatientori", "--via", "Kaisaniemi (park)")
    back = cli("route", "Senaatintori", "Narinkkatori", "--via", "Rautatientori", "--reverse")
    assert back.out == cli("route", "Narinkkatori", "Senaatintori", "--via", "Rautatientori").out
    assert back.out != there.out


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("Kiasma:150", "needs its unit"),
        ("Kiasma:0m", "1 m to 5000 m"),
        ("Kiasma:6km", "1 m to 5000 m"),
        ("Xyzzyplugh", "called"),
        ("Xyzzyplugh:100m", "called"),
        ("", "no place was named"),
        (":100m", "no place was named"),
        ("24.9417012,60.1690512", "outside the area"),
        ("60.1690512,190.9417012:50m", "position"),
    ],
)
def test_route_when_a_wish_is_wrong_then_exit_2(cli: Cli, tmp_path: Path, wish: str, says: str) -> None:
    for option in ("--avoid", "--prefer"):
        fails(cli, tmp_path, 2, "route", HERE, THERE, option, wish, says=[says])


def test_route_when_places_come_by_standard_input_then_as_if_typed(cli: Cli) -> None:
    typed = cli("route", "Narinkkatori", "Senaatintori", "--via", "Rautatientori")
    read = cli("route", "-", "-", "--via", "-", stdin=b"Narinkkatori\n Rautatientori \r\nSenaatintori")
    assert read == typed
    assert typed.code == 0


@pytest.mark.parametrize(
    "text",
    [
        "60.16905, 24.94170",
        "60.16905 24.94170",
        "geo:60.16905,24.94170",
        "geo:0,0?q=60.16905,24.94170",
        "https://www.openstreetmap.org/?mlat=60.16905&mlon=24.94170#map=17/60.1/24.9",
        "https://www.google.com/maps/@60.16905,24.94170,17z",
        "https://yandex.ru/maps/?ll=24.94170%2C60.16905&z=17",
        "https://2gis.ru/geo/24.94170%2C60.16905",
    ],
)
def test_route_when_a_position_is_pasted_then_as_if_typed(cli: Cli, text: str) -> None:
    wanted = cli("route", HERE, THERE, "--format", "json")
    assert wanted.code == 0
    assert cli("route", text, THERE, "--format", "json") == wanted


def test_route_when_an_address_is_given_then_starts_near_it(cli: Cli, home: Path) -> None:
    at = next(p.lonlat for p in load(demo_of(home)).places if p.names[0] == "Aleksanterinkatu 13")
    lonlat = json.loads(cli("route", "aleksanterinkatu 13", THERE, "--format", "json").out)["routes"][0]["geometry"]
    assert shapely.Point(lonlat["coordinates"][0]).distance(shapely.Point(at)) < 1e-3
    assert cli("route", "13 Aleksanterinkatu", THERE).out.startswith("From Aleksanterinkatu 13 (address) to the pos")


@pytest.mark.parametrize(("lat", "lon"), [(-33.9, 151.2), (40.7, -74.0), (-33.4, -70.6), (-0.2, -0.5), (0.0, 0.0)])
def test_route_when_south_or_west_then_a_sign_is_no_option(cli: Cli, tmp_path: Path, lat: float, lon: float) -> None:
    made = Map(lat, lon)
    made.street("Long Street", (-300, 0), (300, 10))
    area, box = tmp_path / "south", f"{lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}"
    assert cli("area", "build", "--bbox", box, made.write(tmp_path / "south.osm"), "--out", area).code == 0
    start, end = made.typed(-200, 0), made.typed(200, 0)
    plain = cli("route", start, end, "--area", area, "--format", "json")
    assert 395 < json.loads(plain.out)["routes"][0]["length_m"] < 405
    for typed in (
        ("--area", area, "--format", "json", start, end),
        ("--area", area, "--format", "json", "--", start, end),
        ("--area", area, "--format=json", start.replace(",", " "), end.replace("-", "\u2212")),
    ):
        assert cli("route", *typed) == plain
    assert cli("route", start, end, "--via", made.typed(-250, 0), "--area", area).code == 0


def test_route_when_area_is_given_by_name_then_finds_what_was_built(cli: Cli, village: Map, tmp_path: Path) -> None:
    assert cli("area", "build", tmp_path / "village.osm").code == 0
    (tmp_path / "work" / "village").mkdir()  # of the same name, and no area
    for name in ("village", "Village", tmp_path / "home" / "data" / "sidestep" / "areas" / "village"):
        assert cli("route", village.typed(0, 0), village.typed(300, 0), "--area", name).code == 0


def test_route_when_no_camera_is_mapped_then_says_so_and_what_is_assumed(
    cli: Cli, village: Map, tmp_path: Path
) -> None:
    told = cli("area", "build", tmp_path / "village.osm", "--out", tmp_path / "area")
    assert "no camera is mapped here" in told.out
    ends = village.typed(0, 0), village.typed(300, 0)
    result = cli("route", *ends, "--area", tmp_path / "area")
    assert "Nothing is known" in result.out
    assert "by the shape of the city alone (an assumption)" in " ".join(result.out.split())
    (tmp_path / "none.toml").write_text('town = "none"\n')
    cli("area", "build", tmp_path / "village.osm", "--out", tmp_path / "bare", "--model", tmp_path / "none.toml")
    bare = cli("route", *ends, "--area", tmp_path / "bare").out
    assert "nothing is known of what watches it" in bare
    assert "recognised" not in bare


def test_route_when_called_again_then_quick(home: Path, record_property: Callable[[str, object], None]) -> None:
    del home
    began = time.monotonic()
    done = command("route", "Narinkkatori", "Senaatintori")
    record_property("seconds", round(time.monotonic() - began, 2))
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        (("95.1234,224.94123", THERE), "no such position"),
        (("124.94170,60.16905", THERE), "latitude comes first"),
        (("24.94170,60.16905", THERE), "swapped"),
        (("nan,24.94170", THERE), "two numbers"),
        (("inf,inf", THERE), "two numbers"),
        (("1e3,24.94170", THERE), "cannot be read"),
        (("59.91234,10.71234", THERE), "outside the area"),
        (("60.19876,24.95231", THERE), "outside the area"),
        ((HERE, HERE), "same"),
        ((HERE, "60.169050001,24.941700001"), "same"),
        (("24.94170,60.16905", THERE), "latitude comes first: were the two numbers swapped?"),
        ((HERE, THERE, "--vary=-1"), "--vary takes a whole number of up to nine digits, from 0 on"),
        ((HERE, THERE, "--vary", "-17"), "--vary takes a whole number of up to nine digits, from 0 on"),
        (("Senaatintori", "Senaatintori"), "same"),
        (("Xyzzyplugh", THERE), "called"),
        (("", THERE), "no place was named"),
        (("geo:60.169", THERE), "geo:lat,lon"),
        (("https://maps.app.goo.gl/abcdefgh", THERE), "short link"),
        (("x" * 5000, THERE), "called"),
        (("\x1b[31m\nSenaatintori\x00", THERE), "called"),
        (("60.1690512 24.9417012 7", THERE), "called that"),
    ],
)
def test_route_when_a_place_is_wrong_then_exit_2(cli: Cli, tmp_path: Path, ends: tuple[str, str], says: str) -> None:
    line = fails(cli, tmp_path, 2, "route", *ends, says=[says])
    assert "\x1b" not in line
    if ends[1] == THERE:
        fails(cli, tmp_path, 2, "route", HERE, THERE, "--via", ends[0])


def test_route_when_far_from_any_way_then_exit_2(cli: Cli, tmp_path: Path, village: Map) -> None:
    area = tmp_path / "area"
    box = "23.7,61.4,23.9,61.6"
    assert cli("area", "build", tmp_path / "village.osm", "--bbox", box, "--out", area).code == 0
    far, near = village.typed(900, 0), village.typed(0, 0)
    fails(cli, tmp_path, 2, "route", far, near, "--area", area, says=["the start", "way"])


def test_route_when_the_ends_do_not_connect_then_exit_3(cli: Cli, tmp_path: Path, village: Map) -> None:
    assert cli("area", "build", tmp_path / "village.osm", "--out", tmp_path / "area").code == 0
    ends = village.typed(10, 0), village.typed(10, 300)
    fails(cli, tmp_path, 3, "route", *ends, "--area", tmp_path / "area", says=["no walkable way"])


def test_route_when_a_name_is_ambiguous_then_choices_that_work(cli: Cli) -> None:
    result = cli("route", "K-Market", THERE)
    first, *choices = result.err.splitlines()
    assert (result.code, result.out) == (2, "")
    assert first.startswith('sidestep: "K-Market" may be any of')
    assert len(choices) > 1
    for choice in choices:
        assert cli("route", choice.strip(), THERE).code == 0


@pytest.mark.parametrize(
    ("stdin", "says"), [(b"", "no place was named"), (b"\n\n", "no place"), (b"\xff\xfe\n", "no text")]
)
def test_route_when_standard_input_is_no_place_then_exit_2(cli: Cli, tmp_path: Path, stdin: bytes, says: str) -> None:
    fails(cli, tmp_path, 2, "route", "-", "-", says=[says], stdin=stdin)
