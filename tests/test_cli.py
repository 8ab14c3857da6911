"""The command line: what every command answers, what every failure reads like, and what is left behind: nothing."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import pty
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import geopandas as gpd
import matplotlib as mpl
import numpy as np
import osmium
import osmnx
import pyogrio
import pytest
import shapely
from pyarrow import parquet
from standin import Standin, busy, page, refused_url

import routing
from routing import __version__
from routing.area_folder import load
from routing.cameras import read_cameras, write_cameras
from routing.cli import run, sidestep
from routing.export import edges_frame
from routing.model import ATTRIBUTION, Camera, LonLat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DATA = Path(__file__).parents[1] / "data"
EXTRACT = DATA / "helsinki.osm.pbf"
BLOCK = "24.9400,60.1670,24.9480,60.1700"
HERE, THERE = "60.16905,24.94170", "60.17000,24.95240"  # Lasipalatsi, Senaatintori
COLUMNS = {"u", "v", "osm_way_id", "name", "length_m", "in_view_m"}
NEVER = re.compile(r"\b(safe|safely|safest|safety|camera-free|clean)\b", re.IGNORECASE)
POSITION = re.compile(r"-?\d{1,3}\.\d{3,}")


class Result(NamedTuple):
    code: int
    out: str
    err: str


Cli = "Callable[..., Result]"


def demo_of(home: Path) -> Path:
    (folder,) = (home / "cache" / "sidestep").glob("demo-*")
    return folder


def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MPLCONFIGDIR", mpl.get_cachedir())  # osmnx wakes it, and it would list fonts each time
    for kind in ("cache", "data", "config", "state"):
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(home / kind))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo area built, to be copied, and beside it one block of it."""
    home = tmp_path_factory.mktemp("built") / "home"
    with pytest.MonkeyPatch.context() as patch:
        at_home(home, patch)
        assert run(["area", "info"]) == 0
        assert run(["area", "build", "--bbox", BLOCK, str(EXTRACT), "--out", str(home.parent / "block")]) == 0
    return home


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Path) -> Path:
    own = tmp_path / "home"
    shutil.copytree(built, own)
    at_home(own, monkeypatch)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return own


@pytest.fixture
def block(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.parent / "block", tmp_path / "block"))


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    def call(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        result = Result(code, *capsys.readouterr())
        assert not NEVER.search(result.out + result.err)
        return result

    return call


def command(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    options = {"capture_output": True, "timeout": 60, "text": True, "encoding": "utf-8", **options}
    return subprocess.run([sys.executable, "-m", "sidestep_cli", *map(str, arguments)], **options)  # type: ignore[call-overload,no-any-return] # noqa: PLW1510


@pytest.fixture(autouse=True, scope="session")
def runnable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """``python -m sidestep_cli`` is the installed command, whatever is on PATH."""
    room = tmp_path_factory.mktemp("bin")
    (room / "sidestep_cli.py").write_text("from routing.cli import main\nmain()\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(room), str(DATA.parent)]))
        yield


def listing(folder: Path) -> dict[str, bytes]:
    """Return all that lies in a folder, hidden things too."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


def one_line(result: Result, code: int, *says: str) -> str:
    assert (result.code, result.out) == (code, "")
    assert re.fullmatch(r"sidestep: [^\n]{10,400}\n", result.err), result.err
    assert "Traceback" not in result.err
    assert "a bug of ours" not in result.err
    assert all(word in result.err for word in says), result.err
    return result.err


def fails(cli: Cli, tmp_path: Path, code: int, *arguments: object, says: Sequence[str] = (), **more: bytes) -> str:
    """Run what must fail in one line, show no position, and leave everything as it was."""
    before = listing(tmp_path)
    line = one_line(cli(*arguments, **more), code, *says)
    assert not POSITION.search(line.replace(str(tmp_path), ""))
    after = listing(tmp_path)
    assert after.keys() == before.keys()
    assert after == before
    return line


class Map:
    """A small map of streets, written as an extract: a name for every corner, metres from a middle."""

    def __init__(self, lat: float = 61.5, lon: float = 23.76) -> None:
        self.lat, self.lon = lat, lon
        self.nodes: list[str] = []
        self.ways: list[str] = []

    def at(self, east_m: float, north_m: float) -> tuple[float, float]:
        return self.lat + north_m / 111_195, self.lon + east_m / 111_195 / np.cos(np.radians(self.lat))

    def typed(self, east_m: float, north_m: float) -> str:
        lat, lon = self.at(east_m, north_m)
        return f"{lat:.6f},{lon:.6f}"

    def node(self, east_m: float, north_m: float, **tags: str) -> int:
        lat, lon = self.at(east_m, north_m)
        number = len(self.nodes) + 1
        inside = "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items())
        self.nodes.append(f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">{inside}</node>')
        return number

    def street(self, name: str, *corners: tuple[float, float]) -> None:
        refs = "".join(f'<nd ref="{self.node(*corner)}"/>' for corner in corners)
        tags = f'<tag k="highway" v="residential"/><tag k="name" v="{name}"/>'
        self.ways.append(f'<way id="{len(self.ways) + 1}" version="1">{refs}{tags}</way>')

    def write(self, path: Path) -> Path:
        path.write_text('<osm version="0.6">' + "".join(self.nodes + self.ways) + "</osm>", encoding="utf-8")
        return path


@pytest.fixture
def village(tmp_path: Path) -> Map:
    """Return two streets that do not meet, and not one camera."""
    made = Map()
    made.street("Rantatie", (0, 0), (200, 0), (400, 0))
    made.street("Saarentie", (0, 300), (400, 300))
    made.node(1500, 0)
    made.write(tmp_path / "village.osm")
    return made


# --- route ---


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
        assert sorted(parts) == ["Kiasma (museum)", "pharmacy"]
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
        "From Narinkkatori (square) to Senaatintori (square)\nAvoiding Kaivokatu, 150 m around Kiasma (museum)\n"
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


# --- area ---


def test_build_when_nothing_is_named_then_the_demo_area(cli: Cli, home: Path) -> None:
    told = cli("area", "build")
    assert told.code == 0
    assert told.out.startswith("Helsinki centre: 221 cameras mapped")
    folder = home / "data" / "sidestep" / "areas" / "helsinki-centre"
    assert f"folder: {folder}\n" in told.out
    assert ATTRIBUTION in told.out
    assert cli("area", "info", "helsinki-centre").out == told.out
    assert [path.name for path in folder.parent.iterdir()] == ["helsinki-centre"]


def test_info_when_no_area_is_named_then_the_demo_area(cli: Cli, home: Path) -> None:
    told = cli("area", "info")
    assert told.code == 0
    assert f"folder: {demo_of(home)}\n" in told.out
    assert re.search(r"^directed edges: \d+,\d{3}$", told.out, re.MULTILINE)


def test_build_when_box_and_camera_files_are_given_then_holds_both_and_only_the_box(cli: Cli, tmp_path: Path) -> None:
    files = []
    for number in (1, 2):
        files += ["--cameras", tmp_path / f"{number}.geojson"]
        tags = {"man_made": "surveillance", "surveillance:type": "camera"}
        write_cameras(files[-1], [Camera(f"ss/{'a' * 9}{number + 1}", LonLat(24.944, 60.168 + number / 1000), tags)])
    built = cli("area", "build", EXTRACT, "--bbox", BLOCK, *files, "--out", tmp_path / "area")
    assert built.code == 0
    area = load(tmp_path / "area")
    assert {camera.id for camera in area.cameras} >= {"ss/aaaaaaaaa2", "ss/aaaaaaaaa3"}
    west, south, east, north = map(float, BLOCK.split(","))
    lon, lat = area.graph.node_lonlat.T
    assert west <= lon.min() < lon.max() <= east
    assert south <= lat.min() < lat.max() <= north


def test_build_when_again_then_replaced_whole_and_vanished_cameras_listed(
    cli: Cli, village: Map, tmp_path: Path
) -> None:
    extract, area = tmp_path / "village.osm", tmp_path / "areas" / "village"
    camera = village.node(100, 5, man_made="surveillance", surveillance__type="camera", surveillance="public")
    village.write(extract)
    first = cli("area", "build", extract, "--out", area)
    assert "cameras: 1\n" in first.out
    assert "gone" not in first.out
    village.nodes.pop()
    village.street("Uusi katu", (400, 0), (400, 100))
    second = cli("area", "build", village.write(extract), "--out", area)
    assert f"cameras gone from the map since the last build, which stay in dispute: osm/node/{camera}\n" in second.out
    assert cli("area", "info", area).out == second.out
    assert load(area).graph.way_id.max() == 3
    assert [path.name for path in area.parent.iterdir()] == ["village"]


@pytest.mark.parametrize("layer", ["edges", "cameras"])
@pytest.mark.parametrize("form", ["geojson", "geopackage", "geoparquet", "graphml"])
@pytest.mark.parametrize("which", ["block", "village"])
def test_export_when_read_back_then_holds_the_whole_layer(
    cli: Cli, village: Map, block: Path, tmp_path: Path, which: str, form: str, layer: str
) -> None:
    del village, block  # they are there now
    suffix = {"geojson": "geojson", "geopackage": "gpkg", "geoparquet": "parquet", "graphml": "graphml"}[form]
    folder, file = tmp_path / which, tmp_path / "work" / f"export.{suffix}"
    if which == "village":
        assert cli("area", "build", tmp_path / "village.osm", "--out", folder).code == 0
    arguments = ("area", "export", folder, "--layer", layer, "--format", form, "-o", file)
    if form == "graphml" and layer == "cameras":
        fails(cli, tmp_path, 2, *arguments, says=["GraphML"])
        return
    file.write_text("older")
    assert cli(*arguments) == (0, "", "")
    assert list(file.parent.iterdir()) == [file]
    area = load(folder)
    if form == "graphml":
        graph = osmnx.load_graphml(file, edge_dtypes=routing.EDGE_DTYPES)
        assert graph.number_of_edges() == area.graph.edge_count
        frame = edges_frame(area)
        for name in ("length_m", "effort_m", "in_view_m", "risk", "risk_unmapped", "hazard"):
            told = [data[name] for *_, data in graph.edges(data=True)]
            assert sorted(told) == pytest.approx(sorted(frame[name].tolist()), rel=1e-9), name
        assert sorted(data.get("name", "") for *_, data in graph.edges(data=True)) == sorted(frame["name"].fillna(""))
        assert ATTRIBUTION in file.read_text(encoding="utf-8")
        return
    frame, said = read_export(file, form)
    assert said == ATTRIBUTION
    if layer == "cameras":
        assert len(frame) == len(area.cameras)
        assert (len(frame) > 0) == (which == "block")
        if len(frame):
            assert frame["id"].tolist() == [camera.id for camera in area.cameras]
        return
    assert set(frame.columns) >= COLUMNS
    assert frame["length_m"].tolist() == pytest.approx((area.graph.length_dm[order(area)] / 10).tolist())
    assert frame["in_view_m"].sum() == pytest.approx(area.in_view_dm.sum() / 10)
    assert sorted(set(frame["osm_way_id"])) == sorted(set(area.graph.way_id.tolist()))
    ends = {int(ref): at for ref, at in zip(area.graph.node_id, area.graph.node_lonlat, strict=True)}
    first = shapely.get_coordinates(shapely.get_point(frame.geometry.values, 0))
    assert np.allclose(first, [ends[u] for u in frame["u"]], atol=1e-6)


def order(area: object) -> list[int]:
    """Return the edges in the order in which networkx goes through them: by the node they leave."""
    graph = area.graph  # type: ignore[attr-defined]
    return sorted(range(graph.edge_count), key=lambda edge: int(graph.tail[edge]))


def read_export(file: Path, form: str) -> tuple[gpd.GeoDataFrame, str]:
    if form == "geoparquet":
        return gpd.read_parquet(file), parquet.read_schema(file).metadata[b"attribution"].decode()
    if form == "geopackage":
        return gpd.read_file(file), pyogrio.read_info(file)["layer_metadata"]["attribution"]
    return gpd.read_file(file), json.loads(file.read_text(encoding="utf-8"))["attribution"]


# --- cameras ---


def test_import_osm_when_read_back_then_checks_without_errors(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "work" / "cameras.geojson"
    told = cli("cameras", "import-osm", EXTRACT, "-o", file)
    assert told.code == 0
    assert told.out == f"{file}: {len(read_cameras(file))} cameras. {ATTRIBUTION}\n"
    assert len(read_cameras(file)) > 200
    checked = cli("cameras", "check", file)
    assert checked.code == 0
    assert ": 0 errors, " in checked.out
    assert list(file.parent.iterdir()) == [file]
    fails(cli, tmp_path, 2, "cameras", "import-osm", EXTRACT, "-o", file, "--bbox", BLOCK, says=["--overwrite"])
    assert cli("cameras", "import-osm", EXTRACT, "-o", file, "--bbox", BLOCK, "--overwrite").code == 0
    assert 0 < len(read_cameras(file)) < 200


def test_check_when_something_is_odd_then_a_warning_and_exit_0(cli: Cli, tmp_path: Path) -> None:
    tags = {"man_made": "surveillance", "camera:direction": "sideways"}
    write_cameras(tmp_path / "odd.geojson", [Camera("osm/node/1", LonLat(24.94, 60.17), tags)])
    result = cli("cameras", "check", tmp_path / "odd.geojson")
    assert result.code == 0
    assert re.search(r"^warning: .*odd.geojson, line \d+, feature 1: ", result.out, re.MULTILINE)
    assert re.search(r": 0 errors, [1-9]\d* warnings\n$", result.out)


def test_check_when_something_is_wrong_then_its_line_and_exit_4(cli: Cli, tmp_path: Path) -> None:
    write_cameras(tmp_path / "a.geojson", [Camera("osm/node/1", LonLat(24.94, 60.17), {"man_made": "surveillance"})])
    text = (tmp_path / "a.geojson").read_text().replace("24.94,60.17", "24.94,160.17")
    (tmp_path / "a.geojson").write_text(text)
    result = cli("cameras", "check", tmp_path / "a.geojson")
    assert (result.code, result.err) == (4, "")
    assert "a.geojson, line 2, feature 1: coordinates are not on the globe" in result.out
    assert not POSITION.search(result.out)
    assert cli("cameras", "check", tmp_path / "none.geojson").code == 4


# --- help ---


def commands(group: click.Group = sidestep, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_when_asked_then_shows_an_example_that_parses(cli: Cli, path: tuple[str, ...], flag: str) -> None:
    result = cli(*path, flag)
    assert (result.code, result.err) == (0, "")
    assert re.search(rf"^ +(?:.*\| )?{' '.join(('sidestep', *path))}( |$)", result.out, re.MULTILINE)
    assert max(map(len, result.out.splitlines())) <= 100


def test_version_when_asked_then_that_of_the_package(cli: Cli) -> None:
    assert cli("--version") == (0, f"sidestep, version {__version__}\n", "")


@pytest.mark.parametrize("path", [(), ("area",), ("cameras",)])
def test_command_when_no_command_is_named_then_help_and_exit_2(cli: Cli, path: tuple[str, ...]) -> None:
    result = cli(*path)
    assert (result.code, result.err) == (2, "")
    assert "Commands:" in result.out


# --- a place anywhere, from the stand-in of OpenStreetMap's services ---


@pytest.fixture(scope="module")
def served() -> Iterator[Standin]:
    with Standin(EXTRACT) as server:
        yield server


@pytest.fixture
def server(served: Standin) -> Standin:
    served.scripts.clear()
    served.requests.clear()
    return served


def urls(server: Standin) -> tuple[str, ...]:
    return "--nominatim-url", server.nominatim_url, "--overpass-url", server.overpass_url


def test_build_when_a_place_is_named_then_found_fetched_and_walked_in(cli: Cli, server: Standin, home: Path) -> None:
    told = cli("area", "build", "Kamppi, Helsinki", *urls(server))
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Kamppi, Helsinki: ")
    kept = load(home / "data" / "sidestep" / "areas" / "kamppi-helsinki").manifest
    assert f"area {kept.area_km2:.6f} km2" in str(
        osmium.io.Reader(str(next((home / "cache" / "sidestep" / "extracts").iterdir()))).header().get("generator")
    )
    walk = cli("route", "Narinkkatori", "Senaatintori", "--area", "kamppi-helsinki")
    assert walk.code == 0
    assert "Kamppi, Helsinki: " in walk.out
    asked = server.count()
    assert cli("area", "build", "Kamppi, Helsinki", *urls(server)).code == 0
    assert server.count() == asked
    assert sorted(path.name for path in (home / "data" / "sidestep" / "areas").iterdir()) == ["kamppi-helsinki"]


def test_build_when_a_box_is_given_then_fetched_and_named(cli: Cli, server: Standin, tmp_path: Path) -> None:
    box = ("--bbox", "24.9400,60.1680,24.9420,60.1690")
    assert cli("area", "build", "Kortteli", *box, *urls(server)).out.startswith("Kortteli: ")
    file = tmp_path / "cameras.geojson"
    assert cli("cameras", "import-osm", *box, "-o", file, *urls(server)).code == 0
    assert read_cameras(file)


@pytest.mark.parametrize(
    ("page_name", "behaviour", "code", "says"),
    [
        ("search", None, 2, "knows no place"),
        ("search", busy(429), 5, "too busy"),
        ("search", page(403), 5, "refuses"),
        ("search", page(200), 5, "not data"),
        ("interpreter", busy(504), 5, "too busy"),
        ("interpreter", page(500), 5, "failed inside"),
        ("status", busy(429), 5, "too busy"),
    ],
)
def test_build_when_a_service_fails_then_one_line_and_nothing_left(
    cli: Cli, server: Standin, tmp_path: Path, page_name: str, behaviour: object, code: int, says: str
) -> None:
    (tmp_path / "home" / "cache" / "sidestep" / "extracts").mkdir()
    place = "Kamppi, Helsinki" if behaviour else "Nowhere at all"
    if behaviour:
        server.script(page_name, forever=behaviour)
    fails(cli, tmp_path, code, "area", "build", place, *urls(server), "--max-wait", 0, says=[says])


@pytest.mark.parametrize("which", ["--nominatim-url", "--overpass-url"])
def test_build_when_a_service_is_down_then_one_line_and_nothing_left(
    cli: Cli, server: Standin, tmp_path: Path, which: str
) -> None:
    (tmp_path / "home" / "cache" / "sidestep" / "extracts").mkdir()
    more = (which, refused_url())
    fails(cli, tmp_path, 5, "area", "build", "Kamppi, Helsinki", *urls(server), *more, says=["refuses the connection"])
    fails(cli, tmp_path, 2, "area", "build", "Kamppi, Helsinki", *urls(server), which, "ftp://x", says=["https://"])


@pytest.mark.parametrize("source", ["nowhere.osm.pbf", "./kotikatu 5", "/home/me/secret", "60.1699,24.9384", "95,190"])
def test_build_when_a_file_is_mistyped_or_a_position_then_nobody_is_asked(
    cli: Cli, server: Standin, tmp_path: Path, source: str
) -> None:
    code = 2 if source[0].isdecimal() else 4
    fails(cli, tmp_path, code, "area", "build", source, *urls(server))
    assert server.count() == 0


# --- bad input: one line, the contract's exit code, nothing left behind ---


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"not a map",
        b"<osm",
        b"<osm version='0.6'></osm>",
        b"<osm version='0.6'><node id='x'/></osm>",
        (
            b"<osm version='0.6'><node id='1' lat='95' lon='500'/><node id='2' lat='95' lon='501'/><way id='1'>"
            b"<nd ref='1'/><nd ref='2'/><tag k='highway' v='footway'/></way></osm>"
        ),
        b"<osm version='0.6'><node id='1' lat='nan' lon='nan'/></osm>",
        b"<osm version='0.6'><way id='1'><nd ref='1'/><nd ref='2'/><tag k='highway' v='footway'/></way></osm>",
        b"\x00" * 1000,
        bytes(range(256)) * 50,
    ],
)
@pytest.mark.parametrize("name", ["map.osm", "map.osm.pbf", "map.osm.gz", "map.osm.bz2", "zip.osm.gz"])
def test_build_when_an_extract_is_garbage_then_exit_4(cli: Cli, tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(content) if name.startswith("zip") else content)
    fails(cli, tmp_path, 4, "area", "build", tmp_path / name, "--out", tmp_path / "area", says=[name])


@pytest.mark.parametrize("kept", [1, 13, 200, 5_000, 100_000, 400_000, 685_109])
def test_build_when_an_extract_is_truncated_then_exit_4(cli: Cli, tmp_path: Path, kept: int) -> None:
    (tmp_path / "map.osm.pbf").write_bytes(EXTRACT.read_bytes()[:kept])
    fails(cli, tmp_path, 4, "area", "build", tmp_path / "map.osm.pbf", "--out", tmp_path / "area", says=["map.osm.pbf"])


def test_build_when_a_file_is_a_folder_or_not_there_then_exit_4(cli: Cli, tmp_path: Path, village: Map) -> None:
    del village
    (tmp_path / "folder.osm").mkdir()
    for source in ("folder.osm", "none.osm"):
        fails(cli, tmp_path, 4, "area", "build", tmp_path / source, "--out", tmp_path / "area", says=[source])
        fails(cli, tmp_path, 4, "cameras", "import-osm", tmp_path / source, "-o", tmp_path / "x", says=[source])
    for file in ("folder.osm", "none.geojson"):
        arguments = ("area", "build", tmp_path / "village.osm", "--cameras", tmp_path / file)
        fails(cli, tmp_path, 4, *arguments, says=[file])
    far = ("--bbox", "10,10,11,11")
    fails(cli, tmp_path, 4, "area", "build", tmp_path / "village.osm", *far, says=["no way that one may walk"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["is empty"]),
        ("[", ["not JSON", "line 1"]),
        ("[]", ["FeatureCollection"]),
        ('{"type":"FeatureCollection","features":[\n\n{}]}', ["line 3, feature 1"]),
        ('{"type":"FeatureCollection","features":[NaN]}', ["NaN"]),
        ("[" * 100_000, ["deep"]),
    ],
)
def test_build_when_a_camera_file_is_none_then_exit_4_and_where(
    cli: Cli, tmp_path: Path, village: Map, text: str, says: list[str]
) -> None:
    del village
    (tmp_path / "c.geojson").write_text(text)
    arguments = ("area", "build", tmp_path / "village.osm", "--cameras", tmp_path / "c.geojson")
    fails(cli, tmp_path, 4, *arguments, says=["c.geojson", *says])


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        (("95.1234,224.94123", THERE), "no such position"),
        (("124.94170,60.16905", THERE), "latitude comes first"),
        (("24.94170,60.16905", THERE), "swapped"),
        (("nan,24.94170", THERE), "two numbers"),
        (("inf,inf", THERE), "two numbers"),
        (("1e3,24.94170", THERE), "called"),
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


@pytest.mark.parametrize(
    "arguments",
    [
        ("route",),
        ("route", HERE),
        ("route", HERE, THERE, "60.1690512,24.9417012"),
        ("route", HERE, THERE, "--colour"),
        ("route", HERE, THERE, "-x"),
        ("route", HERE, THERE, "-33.91234x"),
        ("route", HERE, THERE, "--format", "60.1690512,24.9417012"),
        ("route", HERE, THERE, "--detour"),
        ("route", HERE, THERE, "--detour=-5%"),
        ("route", HERE, THERE, "--detour", "-5%"),
        ("route", HERE, THERE, "--detour", "60.1690512,24.9417012"),
        ("route", HERE, THERE, "--detour", "nan%"),
        ("route", HERE, THERE, "--detour", ""),
        ("rout", HERE, THERE),
        ("60.1690512,24.9417012",),
        ("area", "build", "--bbox", "1,2,3"),
        ("area", "build", "--bbox", "25,60,24,61"),
        ("area", "build", "--bbox", "nan,60,25,61"),
        ("area", "build", "--bbox", "24.9400123,60.1670123,190,95"),
        ("area", "build", "--max-wait", "-1"),
        ("area", "build", "--max-wait", "long"),
        ("area", "build", "x" * 300),
        ("area", "build", "a\x07b"),
        ("area", "export"),
        ("area", "export", "--format", "shapefile", "-o", "x"),
        ("area", "plot"),
        ("area", "build", "--jobs", "0"),
        ("audit",),
        ("cameras", "check"),
        ("cameras", "import-osm", str(EXTRACT)),
    ],
)
def test_command_when_wrongly_used_then_exit_2(cli: Cli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    fails(cli, tmp_path, 2, *arguments)


@pytest.mark.parametrize("area", ["none", "", "x" * 300, "../nowhere", "none/at/all"])
def test_command_when_there_is_no_such_area_then_exit_4(cli: Cli, tmp_path: Path, area: str) -> None:
    fails(cli, tmp_path, 4, "area", "info", area)
    fails(cli, tmp_path, 4, "route", HERE, THERE, "--area", area)
    fails(cli, tmp_path, 4, "area", "export", area, "-o", "x.geojson")


# --- where an answer cannot go ---

OUTPUTS = {
    "folder": "is a folder",
    "": "is a folder",
    "none/walk.gpx": "No such file",
    "file/walk.gpx": "Not a directory",
    "/dev/full": "No space",
    "/proc/walk.gpx": "cannot be written",
    "x" * 300: "too long",
}


@pytest.mark.parametrize(("output", "says"), list(OUTPUTS.items()))
def test_command_when_output_cannot_be_written_then_exit_5(
    cli: Cli, tmp_path: Path, block: Path, output: str, says: str
) -> None:
    (tmp_path / "work" / "folder").mkdir()
    (tmp_path / "work" / "file").touch()
    fails(cli, tmp_path, 5, "route", HERE, THERE, "-o", output, says=[says])
    fails(cli, tmp_path, 5, "area", "export", block, "-o", output, says=[says])
    fails(cli, tmp_path, 5, "cameras", "import-osm", EXTRACT, "-o", output, says=[says])


def test_build_when_out_is_something_else_then_exit_4_at_once(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.build.read_extract", lambda *_args, **_more: pytest.fail("work was begun"))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text").touch()
    fails(cli, tmp_path, 4, "area", "build", EXTRACT, "--out", tmp_path / "thesis", says=["not an area"])
    fails(cli, tmp_path, 4, "area", "build", EXTRACT, "--out", tmp_path / "thesis" / "text", says=["not an area"])


@pytest.mark.parametrize("device", ["/dev/null", "fifo", "link"])
def test_output_when_a_device_pipe_or_link_then_never_replaced(
    cli: Cli, tmp_path: Path, block: Path, device: str
) -> None:
    path = tmp_path / device  # "/dev/null" stays itself
    if device == "fifo":
        os.mkfifo(path)
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as reader:
            assert cli("route", HERE, THERE, "-o", path).code == 0
            assert reader.communicate()[0].decode() == cli("route", HERE, THERE).out
        assert path.is_fifo()
        return
    if device == "link":
        path.symlink_to(tmp_path / "goal")
    cameras = ("cameras", "import-osm", EXTRACT, "--overwrite")
    for arguments in (("route", HERE, THERE), ("area", "export", block), cameras):
        assert cli(*arguments, "-o", path).code == 0
    assert path.is_symlink() if device == "link" else path.is_char_device()


@pytest.mark.parametrize("arguments", [("route", HERE, THERE), ("--help",), ("route", HERE, THERE, "--format", "json")])
def test_output_when_the_reader_has_gone_then_silence(arguments: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = command(*arguments, stdout=writes, capture_output=False, stderr=subprocess.PIPE)
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, "")


def test_output_when_the_disk_behind_it_is_full_then_exit_5() -> None:
    with Path("/dev/full").open("w") as full:
        done = command("route", HERE, THERE, stdout=full, capture_output=False, stderr=subprocess.PIPE)
    assert done.returncode == 5
    assert re.fullmatch(r"sidestep: [^\n]*No space left[^\n]*\n", done.stderr)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_command_when_a_stream_is_closed_then_still_works(tmp_path: Path, closed: str) -> None:
    line = f'{sys.executable} -m sidestep_cli route {HERE} {THERE} -o "{tmp_path}/walk" {closed}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "walk").stat().st_size > 1000


def test_output_when_the_terminal_lacks_a_sign_then_a_question_mark() -> None:
    done = command("route", HERE, THERE, env={**os.environ, "PYTHONIOENCODING": "latin-1"}, encoding="latin-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "In view: ? yes" in done.stdout


# --- areas that were damaged ---


def test_area_when_any_file_is_missing_then_exit_4(cli: Cli, tmp_path: Path, block: Path) -> None:
    for file in sorted(block.iterdir()):
        file.rename(tmp_path / "aside")
        line = one_line(cli("area", "info", block), 4, file.name)
        assert "copied" in line or "copy" in line
        (tmp_path / "aside").rename(file)
    assert cli("area", "info", block).code == 0


def test_area_when_any_byte_is_flipped_then_exit_4(cli: Cli, block: Path) -> None:
    draw = random.Random(20261123)  # noqa: S311 - where to damage
    for file in sorted(block.iterdir()):
        whole = file.read_bytes()
        for at in {0, len(whole) - 1, len(whole) // 2, *(draw.randrange(len(whole)) for _ in range(12))}:
            broken = bytearray(whole)
            broken[at] ^= 1 << draw.randrange(8)
            if file.suffix == ".json" and bytes(broken).split() == whole.split():
                continue  # one white space for another says the same
            file.write_bytes(broken)
            one_line(cli("area", "info", block), 4, str(block))
        file.write_bytes(whole)
    assert cli("area", "info", block).code == 0


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_area_when_a_file_is_cut_then_exit_4(cli: Cli, block: Path, cut: int) -> None:
    for file in sorted(block.iterdir()):
        whole = file.read_bytes()
        file.write_bytes(whole[:cut])
        one_line(cli("area", "info", block), 4, str(block))
        file.write_bytes(whole)


DEEP = "[" * 100_000
GARBAGE = [
    *("", "null", "[]", "{}", "{", "\x00", "1" * 5000),
    *('{"format": 1}', '{"format": 99}', '{"format": "1"}', '{"format": NaN}'),
    '{"format": "a\\nb"}',
    DEEP,
]


@pytest.mark.parametrize("text", GARBAGE)
def test_area_when_the_manifest_is_garbage_then_exit_4(cli: Cli, tmp_path: Path, block: Path, text: str) -> None:
    (block / "manifest.json").write_text(text)
    fails(cli, tmp_path, 4, "area", "info", block)
    fails(cli, tmp_path, 4, "route", HERE, THERE, "--area", block)


@pytest.mark.parametrize("damage", ["flip", "missing", "manifest", "manifest garbage", "all"])
def test_demo_when_damaged_then_made_anew(cli: Cli, home: Path, damage: str) -> None:
    wanted, folder = cli("route", HERE, THERE), demo_of(home)
    before = sorted(path.name for path in folder.iterdir())
    match damage:
        case "flip":
            (folder / "places.json").write_bytes((folder / "places.json").read_bytes().replace(b"a", b"b", 1))
        case "missing":
            (folder / "in_view_dm.npy").unlink()
        case "manifest":
            (folder / "manifest.json").unlink()
        case "manifest garbage":
            (folder / "manifest.json").write_text("{")
        case _:
            shutil.rmtree(folder)
            folder.mkdir()
    assert cli("route", HERE, THERE) == wanted
    assert sorted(path.name for path in demo_of(home).iterdir()) == before


def test_build_when_the_old_area_is_damaged_then_made_anew(cli: Cli, tmp_path: Path, village: Map) -> None:
    arguments = ("area", "build", tmp_path / "village.osm", "--out", tmp_path / "area")
    told = cli(*arguments)
    (tmp_path / "area" / "places.json").write_bytes(b"{}")
    assert cli("area", "info", tmp_path / "area").code == 4
    assert cli(*arguments) == told
    assert told.code == 0
    assert village.nodes


# --- a disk that fills, a hand that interrupts, two at once ---


@pytest.mark.parametrize("limit", [100, 1_500])  # the first array; the manifest, which comes last
def test_build_when_the_disk_fills_then_exit_5_and_the_old_area_stays(
    tmp_path: Path, village: Map, block: Path, limit: int
) -> None:
    assert village.nodes
    before = listing(tmp_path)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    for out in (block, tmp_path / "new"):
        for more in ((), ("--no-basemap",)):
            done = command("area", "build", tmp_path / "village.osm", "--out", out, *more, preexec_fn=small)
            one_line(Result(done.returncode, done.stdout, done.stderr), 5, "written")
    assert listing(tmp_path) == before


@pytest.mark.parametrize("form", ["geojson", "graphml", "geopackage", "geoparquet"])
def test_export_when_the_disk_fills_then_exit_5_and_the_old_file_stays(tmp_path: Path, block: Path, form: str) -> None:
    (tmp_path / "work" / "streets").write_text("older")
    before = listing(tmp_path)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    done = command("area", "export", block, "--format", form, "-o", "streets", preexec_fn=small)
    one_line(Result(done.returncode, done.stdout, done.stderr), 5, "written")
    assert listing(tmp_path) == before


def test_build_when_a_real_disk_is_full_then_exit_5_and_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    mount = f"mount -t tmpfs -o size=300k sidestep-test {tmp_path}/disk"
    alone = ["unshare", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*alone, mount], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    script = f"""{mount}; cd {tmp_path}/disk; {sys.executable} -m sidestep_cli area build --out area; code=$?
        echo left: $(ls -A); exit $code"""
    done = subprocess.run([*alone, script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (5, "left:\n")
    one_line(Result(5, "", done.stderr), 5, "written")


INTERRUPT = """
import os, signal, sys, time
import {module} as module
from routing.cli import run
real = module.{name}
def interrupted(*args, **more):
    result = real(*args, **more)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
    return result
module.{name} = interrupted
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [("routing.build", "read_extract"), ("routing.looking", "hazards_in_tiles"), ("routing.looking", "prior_of"),
     ("routing.area_folder", "_write_files"), ("routing.area_folder", "_hash_of"),
     ("routing.area_folder", "write_cameras")],
)  # fmt: skip
def test_build_when_interrupted_then_nothing_left_and_the_old_area_stays(
    tmp_path: Path, village: Map, block: Path, module: str, name: str
) -> None:
    assert village.nodes
    before = listing(tmp_path)
    code = INTERRUPT.format(module=module, name=name)
    for out in (block, tmp_path / "new") if name == "_write_files" else (block,):
        arguments = [sys.executable, "-c", code, "area", "build", tmp_path / "village.osm", "--out", out]
        done = subprocess.run(arguments, capture_output=True, timeout=60, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")
    assert listing(tmp_path) == before


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_build_when_a_signal_comes_from_outside_then_exit_130(tmp_path: Path, sent: signal.Signals) -> None:
    arguments = [sys.executable, "-m", "sidestep_cli", "area", "build", "--out", str(tmp_path / "areas" / "new")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 30
        while not list(tmp_path.glob("areas/*/*.npy")) and time.monotonic() < end:  # it begins to write
            time.sleep(0.001)
        process.send_signal(sent)
        out, err = process.communicate(timeout=30)
    whole = process.returncode == 0  # it was quicker than the signal
    assert process.returncode in {0, 130}
    assert b"Traceback" not in out + err
    assert [path.name for path in (tmp_path / "areas").iterdir()] == (["new"] if whole else [])


def test_demo_when_two_build_it_at_once_then_both_succeed(home: Path) -> None:
    shutil.rmtree(home / "cache")
    arguments = [sys.executable, "-m", "sidestep_cli", "route", HERE, THERE]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    answers = [(*process.communicate(timeout=60), process.returncode) for process in both]
    assert answers[0] == answers[1]
    assert answers[0][1:] == (b"", 0)
    assert [path.name for path in (home / "cache" / "sidestep").iterdir()] == [demo_of(home).name]


def test_demo_when_another_put_it_there_meanwhile_then_taken(
    cli: Cli, home: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from routing import workspace

    folder, real = demo_of(home), workspace.save
    shutil.rmtree(folder)

    def slower(area: object, goal: Path) -> None:
        shutil.copytree(demo_of(built), goal)
        monkeypatch.setattr(Path, "exists", lambda path: path != goal and os.path.exists(path))  # noqa: PTH110
        real(area, goal)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace, "save", slower)
    assert cli("area", "info").code == 0
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


# --- what may be known of a walk, and by whom ---

WATCHED = """
import sys
events, opened = set(), set()
def watch(event, args):
    if event.startswith("socket."):
        events.add(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        opened.add(str(args[0]))
sys.addaudithook(watch)
from routing.cli import run
code = run(sys.argv[1:])
heavy = {"geopandas", "networkx", "osmium", "osmnx", "pandas", "pyproj", "requests", "shapely", "tqdm"}
heavy |= {"scipy.sparse", "scipy.spatial", "scipy.special"}  # numba itself looks at scipy's version and linalg
# numba tries whether it might cache
numbas = tuple(f"/routing/{folder}__pycache__" for folder in ("", "hazard/", "search/"))
written = {path for path in opened if not path.endswith(numbas)}
print(code, sorted(heavy & set(sys.modules)), sorted(events), sorted(written), file=sys.stderr)
"""


@pytest.mark.parametrize("form", ["text", "json", "geojson", "gpx"])
def test_route_when_warm_then_no_socket_no_file_no_heavy_library(tmp_path: Path, form: str) -> None:
    before = listing(tmp_path)
    arguments = [sys.executable, "-c", WATCHED, "route", HERE, "Senaatintori", "--format", form]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == "0 [] [] []\n"
    assert listing(tmp_path) == before


CANARIES = ("60.169123", "24.941987", "60.170456", "24.952654", "senaatintor", "narinkkat")


@pytest.mark.parametrize(
    "arguments",
    [
        ("60.169123,24.941987", "60.170456,24.952654"),
        ("geo:60.169123,24.941987", "Senaatintori", "--via", "Narinkkatori"),
        ("60.169123,24.941987", "60.170456,24.952654", "--format", "json", "-o", "walk"),
        ("60.169123,24.941987", "60.169123,24.941987"),
        ("60.169123,24.941987", "60.170456,124.952654"),
        ("24.941987,60.169123", "60.170456,24.952654"),
        ("60.169123,24.941987", "60.170456,24.952654", "60.170456,24.952654"),
        ("60.169123,24.941987", "60.170456,24.952654", "--detour", "60.170456,24.952654"),
        ("60.169123,24.941987", "60.170456,24.952654", "-o", "none/walk"),
        ("60.169123;24.941987x", "60.170456,24.952654"),
    ],
)
def test_route_when_it_ends_then_places_are_nowhere_but_in_the_answer(
    cli: Cli, home: Path, caplog: pytest.LogCaptureFixture, arguments: tuple[str, ...]
) -> None:
    before = listing(home)
    with caplog.at_level(logging.DEBUG):
        result = cli("route", *arguments)
    assert listing(home) == before
    for canary in CANARIES:
        assert canary not in result.err.casefold()
        assert canary not in caplog.text.casefold()


def test_bug_when_it_holds_a_place_then_only_its_kind_and_line_are_told(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("60.169123 Kotikatu")

    monkeypatch.setattr("routing.router.plan", broken)
    monkeypatch.delenv("SIDESTEP_DEBUG", raising=False)
    result = cli("route", HERE, THERE)
    assert (result.code, result.out) == (1, "")
    assert re.fullmatch(r"sidestep: a bug of ours \(RuntimeError in test_cli.py, line \d+\);[^\n]*\n", result.err)
    assert "60.1" not in result.err
    assert "Kotikatu" not in result.err


# --- what a terminal shows meanwhile ---


def on_terminal(*arguments: object) -> tuple[int, str, str]:
    """Run a command whose standard error is a terminal; return its exit code, output, and what the terminal got."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sidestep_cli", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux's word for a terminal that nobody holds any more
                break
            if not part:
                break
            shown += part
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, out.decode(), shown.decode()


def test_build_when_on_a_terminal_then_shows_a_bar_for_each_piece_of_work(tmp_path: Path) -> None:
    code, out, shown = on_terminal("area", "build", EXTRACT, "--bbox", BLOCK, "--out", tmp_path / "area")
    assert code == 0
    assert out.startswith("helsinki: ")
    for piece in ("reading helsinki.osm.pbf", "joining ways", "looking out of the cameras"):
        assert piece in shown
    assert re.search(r"\r {20,}\r$", shown), "a bar was left behind"


def test_route_when_on_a_terminal_then_never_waits_in_silence(home: Path) -> None:
    shutil.rmtree(home / "cache")
    code, out, shown = on_terminal("route", HERE, THERE)
    assert (code, out[:15]) == (0, "Helsinki centre")
    assert "reading helsinki.osm.pbf" in shown
    assert "planning the walk" in shown
    assert not POSITION.search(shown)


def test_export_when_on_a_terminal_then_says_what_was_written(tmp_path: Path, block: Path) -> None:
    code, out, shown = on_terminal("area", "export", block, "-o", tmp_path / "streets.geojson")
    assert (code, out) == (0, "")
    assert shown.rstrip().endswith(f"streets.geojson: written. {ATTRIBUTION}")
