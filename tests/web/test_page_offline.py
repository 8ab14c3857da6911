"""The page on a phone that keeps it: without a server, brought up to date, and forgotten; and where nothing is kept."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import pytest
import small_areas
from browser_support import keep
from line import gone, half, instead
from listing import NAMES, search
from phones import in_another_tab, kept, on_this_phone, opened, over_plain_http
from serving import serving

from routing.area_folder import load, save
from routing.build import build_area
from routing.revise import revised
from routing.workspace import demo_extract
from web.offline import SEVERAL
from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser_support import Screen
    from conftest import OpenScreen
    from line import Line, Passed
    from playwright.sync_api import Browser
    from serving import Running

LEFT = """async () => ({
  storage: localStorage.length + sessionStorage.length,
  caches: await caches.keys(), workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@pytest.fixture
def own_server(demo_cache: Path, tmp_path: Path) -> Iterator[Running]:
    """A server that a test may end."""
    with serving(tmp_path, XDG_CACHE_HOME=str(demo_cache)) as running:
        yield running


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "ru"])
def test_page_when_kept_and_the_server_is_gone_then_it_opens_and_searches_and_draws(
    chromium: Browser, own_server: Running, lang: str
) -> None:
    screen = opened(chromium, own_server, lang)
    page = screen.page
    kept(screen)
    own_server.process.kill()
    own_server.process.wait()
    page.context.set_offline(offline=True)
    before = len(screen.watch.responses)
    for path in (f"/{lang}/", "/", "/en/"):
        page.goto(f"{own_server.url}{path}")
        screen.settle()
        assert page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime") > 0
    assert page.locator("html").get_attribute("lang") == "en"
    search(page, "end", NAMES["end"])
    screen.until("the place stands there", lambda: page.locator("#end").input_value())
    keep(page, f"offline-{lang}")
    late = screen.watch.responses[before:]
    assert late
    assert [reply.url for reply in late if not reply.from_service_worker] == []
    assert screen.watch.failures == []
    page.context.close()


LIBRARY = "/maplibre-gl.mjs"  # large, and the page is no less open without it


def rests(screen: Screen) -> list[int]:
    """List from which byte on the library was asked for."""
    ranges = [one.headers.get("range", "bytes=0-") for one in screen.watch.requests if one.url.endswith(LIBRARY)]
    return [int(wanted.removeprefix("bytes=").removesuffix("-")) for wanted in ranges]


def ask_to_keep(screen: Screen) -> None:
    on_this_phone(screen)
    screen.page.locator("#device-keep").tap()


def test_dialog_when_something_is_told_then_in_one_element_that_stays(chromium: Browser, own_server: Running) -> None:
    """A screen reader reads what changes in a live region that was there, not a region that comes with its text."""
    screen = opened(chromium, own_server)
    page = screen.page
    assert page.locator("#dialog [role=status]").count() == 1, "before it is ever opened"
    page.evaluate(
        """() => {
          const region = document.querySelector("#dialog [role=status]");
          window.told = [];
          const heed = () => window.told.push(region.textContent);
          new MutationObserver(heed).observe(region, { childList: true, characterData: true, subtree: true });
          const dialog = document.getElementById("dialog");
          new MutationObserver((changes) => {
            const gone = changes.flatMap(({ removedNodes }) => [...removedNodes]);
            if (gone.includes(region)) window.told.push("taken away");
          }).observe(dialog, { childList: true, subtree: true });
        }"""
    )
    kept(screen)
    on_this_phone(screen)
    page.locator("#area-file").set_input_files({"name": "x", "mimeType": "", "buffer": b"nothing of ours"})
    page.locator("#area-back").wait_for()
    words = words_in("en")
    told = page.evaluate("() => window.told.filter((one) => one !== '')")
    assert told[0] == words.t("device.keeping")
    assert told[1] in {words.t("device.kept"), words.t("device.promised")}
    assert told[-1] == words.t("device.refused.foreign")
    assert "taken away" not in told
    assert page.locator("#dialog [role=status], #dialog [role=alert]").count() == 1
    page.context.close()


def test_page_when_cut_while_it_is_being_kept_then_the_rest_of_the_file_is_fetched(
    chromium: Browser, line: Line
) -> None:
    line.faults[LIBRARY] = half
    screen = opened(chromium, line)
    ask_to_keep(screen)
    screen.until("it goes on", lambda: len([at for at in rests(screen) if at]) > 1)
    line.faults[LIBRARY] = gone
    told = screen.page.locator("#dialog-told")
    screen.until("that it failed", lambda: told.inner_text() == words_in("en").t("device.failed"))
    before, lists = len(rests(screen)), line.asked.count("/kept.json")
    del line.faults[LIBRARY]
    held = line.hold(LIBRARY)
    screen.page.locator("#device-keep").tap()
    screen.page.locator("#device-keep[aria-disabled=true]").tap(force=True)
    screen.until("it goes on", lambda: len(rests(screen)) > before)
    held.set()
    screen.until("the page is kept", lambda: screen.page.locator("#device-keep").count() == 0)
    asked = rests(screen)
    begins = [at for at in asked if at]
    assert begins == sorted(begins)
    assert [at > 0 for at in asked[before:]] == [True], "one request more, and that for the rest"
    assert line.asked.count("/kept.json") == lists + 1, "a second tap begins nothing"
    line.down()
    screen.open()
    assert screen.page.locator("#map-note").is_hidden(), "the library is whole"
    screen.page.context.close()


def test_page_when_a_file_comes_changed_then_it_is_not_kept(chromium: Browser, line: Line) -> None:
    def changed(reply: Passed) -> bytes:
        content = bytearray(brotli.decompress(reply.body))
        content[len(content) // 2] ^= 1
        return instead(200, bytes(content), "text/javascript")(reply)

    screen = opened(chromium, line)
    paper = "/paper.mjs"
    line.faults[paper] = changed
    ask_to_keep(screen)
    told = screen.page.locator("#dialog-told")
    screen.until("that it failed", lambda: told.inner_text() == words_in("en").t("device.failed"))
    held = """async (end) => {
      const cache = await caches.open((await caches.keys())[0]);
      return (await cache.keys()).some((one) => one.url.endsWith(end));
    }"""
    assert screen.page.evaluate(held, paper) is False
    line.faults.clear()
    screen.page.locator("#device-keep").tap()
    screen.until("the page is kept", lambda: screen.page.locator("#device-keep").count() == 0)
    assert screen.page.evaluate(held, paper) is True
    screen.page.context.close()


def test_page_when_kept_then_everything_else_still_asks_the_server(chromium: Browser, own_server: Running) -> None:
    screen = opened(chromium, own_server)
    kept(screen)
    screen.open()
    asked = screen.page.evaluate(
        """async () => Promise.all(['api/v1/area', 'healthz', 'en/walk'].map(async (path) => {
          const reply = await fetch(`/${path}`);
          return [path, reply.status, reply.headers.get('content-type')];
        }))"""
    )
    assert [status for _, status, _ in asked] == [200, 200, 405]
    screen.page.context.close()


def test_page_when_all_is_forgotten_then_nothing_is_left(chromium: Browser, own_server: Running) -> None:
    screen = opened(chromium, own_server)
    page = screen.page
    kept(screen)
    page.evaluate(
        "() => { localStorage.setItem('sidestep-reports', '{}'); sessionStorage.setItem('sidestep-x', 'y'); }"
    )
    assert page.evaluate(LEFT)["workers"] == 1
    on_this_phone(screen)
    page.locator("#device-forget").tap()
    keep(page, "forget")
    assert page.evaluate(LEFT)["workers"] == 1, "asked once more, before anything is gone"
    page.locator("#device-forget-now").tap()
    page.locator("#device-keep").wait_for()
    assert page.locator("#dialog-told").inner_text() != ""
    assert page.evaluate(LEFT) == {"storage": 0, "caches": [], "workers": 0}
    screen.shut()
    own_server.process.kill()
    own_server.process.wait()
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        page.reload()
    page.context.close()


CACHES = "async () => caches.keys()"


def renamed(line: Line, cache: str) -> str:
    """Let a version pass for another, in whose cache the same files are; give the name of that."""
    version = cache.rpartition(" ")[2]
    another = version[::-1]

    def of_another(reply: Passed) -> bytes:
        kind = "text/javascript" if reply.path.endswith(".js") else "application/json"
        return instead(200, reply.body.replace(version.encode(), another.encode()), kind)(reply)

    line.faults |= {"/sw.js": of_another, "/kept.json": of_another}
    return cache.replace(version, another)


def test_page_when_forgotten_and_kept_again_then_it_opens_without_a_server(chromium: Browser, line: Line) -> None:
    """While a tab is open the old worker lives on, and it has nothing any more."""
    screen = opened(chromium, line)
    page = screen.page
    kept(screen)
    on_this_phone(screen)
    page.locator("#device-forget").tap()
    page.locator("#device-forget-now").tap()
    page.locator("#device-keep").wait_for()
    screen.shut()
    kept(screen)
    line.down()
    screen.open()
    assert "Helsinki" in page.title()
    line.up()
    (name,) = page.evaluate(CACHES)
    page.evaluate("async (name) => caches.delete(name)", name)  # as a browser does that needs the room
    another = renamed(line, name)
    kept(screen)
    assert page.evaluate(CACHES) == [another]
    line.down()
    screen.open()
    assert "Helsinki" in page.title()
    page.context.close()


@pytest.mark.usefixtures("page_server")
def test_page_when_a_newer_version_is_there_then_it_waits_for_a_tap(
    chromium: Browser, shared_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "area"
    (built,) = [path.parent for path in (shared_folder / "cache").rglob("manifest.json")]
    shutil.copytree(built, folder)
    options = ("--area", str(folder))
    with serving(tmp_path / "one", *options, XDG_CACHE_HOME=str(shared_folder / "cache")) as first:
        screen = opened(chromium, first)
        kept(screen)
        port = first.port
        before = cameras_of(screen)
    area = load(folder)
    shutil.rmtree(folder)
    save(revised(area, area.cameras[1:]), folder)
    with serving(tmp_path / "two", *options, "--port", str(port), XDG_CACHE_HOME=str(shared_folder / "cache")):
        page = screen.page
        page.reload()
        screen.settle()
        assert cameras_of(screen) == before, "as it was kept"
        page.locator("#newer button").wait_for()
        page.evaluate("() => { window.untouched = true; }")
        page.wait_for_timeout(500)
        assert page.evaluate("() => window.untouched === true")
        keep(page, "newer")
        with page.expect_event("load"):
            page.locator("#newer button").tap()
        assert page.evaluate("() => window.untouched") is None
        screen.settle()
        assert cameras_of(screen) == before - 1
        assert len(page.evaluate("() => caches.keys()")) == 1, "what was before is gone"
        page.context.close()


def test_page_when_two_tabs_are_open_as_a_newer_takes_over_then_the_old_files_go_once_they_are_closed(
    chromium: Browser, line: Line
) -> None:
    screen = opened(chromium, line)
    page = screen.page
    kept(screen)
    (before,) = page.evaluate(CACHES)
    newer = renamed(line, before)
    other = in_another_tab(screen)
    page.reload()
    page.locator("#newer button").wait_for()
    with page.expect_event("load"):
        page.locator("#newer button").tap()
    screen.settle()
    assert page.evaluate(CACHES) == [before, newer], "the other tab may need a file of it"
    page.close()
    third = in_another_tab(screen)
    assert third.page.evaluate(CACHES) == [before, newer], "as before"
    other.page.close()
    third.page.close()
    last = in_another_tab(screen)
    last.until("one version", lambda: last.page.evaluate(CACHES) == [newer])
    last.page.context.close()


@pytest.mark.usefixtures("page_server")
def test_page_when_one_area_has_become_several_then_leads_to_them_after_a_tap(
    chromium: Browser, shared_folder: Path, tmp_path: Path
) -> None:
    cache = {"XDG_CACHE_HOME": str(shared_folder / "cache")}
    with serving(tmp_path / "one", **cache) as first:
        screen = opened(chromium, first)
        kept(screen)
        port = first.port
    folders = []
    for name in ("Bare", "Двор"):
        folders += ["--area", str(tmp_path / name)]
        save(build_area(demo_extract(), bbox=small_areas.BOX, name=name), tmp_path / name)
    with serving(tmp_path / "two", *folders, "--port", str(port), **cache) as several:
        page = screen.page
        page.goto(f"{several.url}/")
        screen.settle()
        assert "Helsinki" in page.title(), "as it was kept"
        page.locator("#newer button").wait_for()
        page.locator("#newer button").tap()
        page.wait_for_url(f"{several.url}/")
        page.get_by_role("link", name="Bare").wait_for()
        page.reload()
        assert page.get_by_role("link", name="Bare").is_visible()
        left = page.evaluate(LEFT)
        assert (left["caches"], left["workers"]) == ([], 0)
        with page.expect_navigation():
            page.get_by_role("link", name="Bare").tap()
        screen.settle()
        assert "Bare" in page.title()
        page.context.close()


def test_page_when_one_area_becomes_several_while_two_tabs_are_open_then_the_other_goes_on(
    chromium: Browser, line: Line
) -> None:
    screen = opened(chromium, line)
    page = screen.page
    kept(screen)
    before = page.evaluate(CACHES)
    several = (Path(__file__).parents[2] / "web" / "static" / SEVERAL).read_text(encoding="utf-8")
    line.faults["/sw.js"] = instead(200, several, "text/javascript")
    other = in_another_tab(screen)
    page.reload()
    page.locator("#newer button").tap()
    page.wait_for_url(f"{line.url}/")
    screen.settle()
    assert page.evaluate(CACHES) == before
    line.down()
    other.page.context.new_cdp_session(other.page).send("Network.clearBrowserCache")
    on_this_phone(other)  # by a module that comes late
    other.page.close()
    page.close()
    line.up()
    last = in_another_tab(screen)
    assert last.page.url == f"{line.url}/"
    last.until("nothing", lambda: last.page.evaluate(LEFT) == {"storage": 0, "caches": [], "workers": 0})
    last.page.context.close()


READING_THROWS = """Object.defineProperty(window, "caches", {
  get() { throw new DOMException("no", "SecurityError"); },
});"""


def test_page_when_the_browser_forbids_even_reading_its_caches_then_it_works_and_says_that_nothing_is_kept(
    chromium: Browser, page_server: Running
) -> None:
    screen = opened(chromium, page_server, scripts=(READING_THROWS,))
    page = screen.page
    search(page, "end", NAMES["end"])
    screen.until("the place stands there", lambda: page.locator("#end").input_value())
    on_this_phone(screen)
    assert page.locator("#device-state").inner_text() == words_in("en").t("device.state.unable")
    assert page.locator("#device-keep").count() == 0
    assert screen.watch.failures == []
    page.context.close()


REFUSES = """(() => {
  if (typeof CacheStorage === "undefined") return; // the empty page that comes first
  const refuse = (kind, names) => {
    for (const name of names) {
      kind.prototype[name] = () => Promise.reject(new DOMException("no", "%s"));
    }
  };
  refuse(CacheStorage, %s);
  refuse(Cache, %s);
})()"""


@pytest.mark.parametrize(
    ("name", "storage", "cache", "told"),
    [
        ("SecurityError", ["open"], [], "device.state.unable"),
        ("SecurityError", ["match"], [], "device.state.unable"),
        ("SecurityError", [], ["put"], "device.state.unable"),
        ("QuotaExceededError", ["open"], [], "device.full"),
        ("QuotaExceededError", [], ["put"], "device.full"),
    ],
)
def test_page_when_the_browser_refuses_to_keep_it_then_says_so_and_blames_no_line(
    chromium: Browser, page_server: Running, name: str, storage: list[str], cache: list[str], told: str
) -> None:
    screen = opened(chromium, page_server, scripts=(REFUSES % (name, storage, cache),))
    ask_to_keep(screen)
    said = screen.page.locator("#dialog-told")
    screen.until("word of it", lambda: said.get_attribute("class") == "warning")
    assert said.inner_text() == words_in("en").t(told)
    assert screen.watch.failures == []
    screen.page.context.close()


def test_dialog_when_the_browser_refuses_whatever_is_asked_then_opens_and_says_that_nothing_is_kept(
    chromium: Browser, page_server: Running
) -> None:
    everything = REFUSES % ("SecurityError", ["open", "has", "keys", "match", "delete"], ["match", "keys", "put"])
    screen = opened(chromium, page_server, "ru", scripts=(everything,))
    on_this_phone(screen)
    assert screen.page.locator("#device-state").inner_text() == words_in("ru").t("device.state.unable")
    assert screen.page.locator("#device-keep").count() == 0
    keep(screen.page, "refused")
    screen.page.context.close()
    there = "globalThis.CacheStorage && (CacheStorage.prototype.has = async () => true);"
    lists_refused = (REFUSES % ("SecurityError", ["open"], ["keys"]), there)
    screen = opened(chromium, page_server, scripts=lists_refused)
    on_this_phone(screen)
    assert screen.page.locator("#areas li").count() == 1
    assert screen.watch.failures == []
    screen.page.context.close()


def test_modules_when_read_then_caches_are_reached_in_one_place() -> None:
    """Where reading them throws, a page that does so in passing stays empty."""
    modules = sorted((Path(__file__).parents[2] / "web" / "static" / "js").rglob("*.mjs"))
    assert modules
    reached = re.compile(r"(?<![\w.])caches\.|\b(?:globalThis|window|self)\.caches\b")
    assert [path.name for path in modules if reached.search(path.read_text(encoding="utf-8"))] == ["cached.mjs"]


def cameras_of(screen: Screen) -> int:
    config: dict[str, Any] = json.loads(screen.page.locator("#config").text_content() or "")
    return int(config["area"]["cameras"])


def test_page_when_it_comes_over_plain_http_then_it_says_that_nothing_can_be_kept(
    chromium: Browser, page_server: Running
) -> None:
    with over_plain_http(chromium, page_server) as screen:
        on_this_phone(screen)
        assert "http" in screen.page.locator("#device-state").inner_text()
        assert screen.page.locator("#device-keep").count() == 0
        assert screen.watch.failures == []


def test_manifest_when_read_then_the_page_can_be_put_on_a_home_screen(device: OpenScreen) -> None:
    screen = device("ru").open()
    href = screen.page.locator("link[rel=manifest]").get_attribute("href")
    told = screen.page.evaluate("async (url) => (await fetch(url)).json()", href)
    assert (told["start_url"], told["scope"], told["display"], told["lang"]) == ("/ru/", "/", "standalone", "ru")
    assert screen.page.evaluate("async (url) => (await fetch(url)).status", told["icons"][0]["src"]) == 200
    assert demo_extract().exists()
